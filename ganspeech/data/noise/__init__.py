"""Noise and rooms that speech is heard in."""
