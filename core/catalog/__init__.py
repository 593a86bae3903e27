"""Catalog: the platform's videos, and where the bytes of each are."""
