"""Alerts: who is told of what, when, and where they already look."""
