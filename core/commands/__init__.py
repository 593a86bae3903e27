"""Commands: what `python -m core` can do, each a thin way into core."""
