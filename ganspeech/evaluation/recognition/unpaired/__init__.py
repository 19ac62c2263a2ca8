"""Scores of recognition without labels: errors, a score that needs no labels, what went wrong."""
