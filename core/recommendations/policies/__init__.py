"""Policies: which storage class each object lies in, and when."""
