"""What could cost less: one file a rule, each a question to the grounds."""
