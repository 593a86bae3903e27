"""Figures: what an alert may be about, one kind a file."""
