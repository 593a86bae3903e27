"""Media: what was uploaded, made ready to be watched at any bandwidth."""
