"""Ablations: rows of one experiment, trained, scored and compared."""
