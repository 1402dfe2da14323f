"""The real Elasticsearch of the tests: its slim distribution, a JRE from a wheel, and a test-only analysis plugin."""
