"""Uploads: a person's file becomes a video of the platform, whatever happens on the way."""
