"""Storage: one bucket at one provider, whoever that is."""
