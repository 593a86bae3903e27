"""Kills: a migration whose processes are killed at random moments, again and again, and what is true at its end."""
