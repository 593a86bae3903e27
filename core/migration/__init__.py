"""Migration: videos go from one provider to another while people watch them, and back."""
