"""Runs that start from trained weights."""
