"""Readers of corpora, one layout per file."""
