"""Contenders: what is measured. Each function runs in a process of its own and answers in plain JSON."""
