"""Texts, the symbols a network writes them in, and pronunciations."""
