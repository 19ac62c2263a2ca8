"""Commands on corpora."""
