"""Billing: real exports in, trusted facts out."""
