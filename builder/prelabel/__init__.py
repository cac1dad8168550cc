"""Suggestions for annotators, one module per way to make them."""
