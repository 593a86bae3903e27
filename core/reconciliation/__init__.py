"""Reconciliation: what the bill counts, beside what CloudWatch, logs and inventories count of the same."""
