"""Explore: read-only SQL on the warehouse, for analysts."""
