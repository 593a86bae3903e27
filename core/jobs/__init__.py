"""Jobs: work that is slow or may fail half-way, done to its end whatever happens to the process."""
