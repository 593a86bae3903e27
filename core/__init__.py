"""Phyght Cloud Storage: everything the platform can do, with no user interface."""
