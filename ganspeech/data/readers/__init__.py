"""Readers of corpora, one layout a file."""
