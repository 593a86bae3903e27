"""Dashboard: what the pages share, and the process that serves them."""
