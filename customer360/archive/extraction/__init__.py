"""Reading text out of untrusted files, in children that may die: limits on memory, processor time and wall time."""
