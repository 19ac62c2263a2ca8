"""Public corpora, fetched, verified and unpacked in the layouts that the readers know."""
