"""Running: what a month has cost until now, beyond what bills know of it yet."""
