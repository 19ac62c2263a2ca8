"""Phases for magnitudes that have none."""
