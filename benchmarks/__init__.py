"""Benchmarks: each figure of docs/benchmarks.md by one command, beside its peer in one run."""
