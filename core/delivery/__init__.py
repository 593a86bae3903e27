"""Delivery: from any link of a video to what a browser can play."""
