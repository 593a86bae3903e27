"""Sources: places that bills and measurements come from, and where their files are worked on."""
