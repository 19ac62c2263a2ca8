"""Convolutions, and stacks of them."""
