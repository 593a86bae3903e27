"""Recommendations: what could cost less, with its proof."""
