"""Errors of recognized texts."""
