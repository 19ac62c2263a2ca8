"""Corpora on disk, prepared once and cut into batches."""
