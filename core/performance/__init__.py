"""Performance: questions about delivery, as viewers have it."""
