"""Noise and rooms around speech."""
