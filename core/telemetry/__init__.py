"""Telemetry: what players tell of how watching went."""
