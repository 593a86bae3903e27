"""Costs: what was spent, on what, and how that changed."""
