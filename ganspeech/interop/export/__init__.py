"""Vocoders as programs for other runtimes."""
