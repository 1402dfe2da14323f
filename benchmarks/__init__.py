"""Side-by-side measurements. Each figure is a ratio or a latency of one run; nothing here is a test."""
