"""Trained runs of one task side by side: settings, curves, scores, sounds."""
