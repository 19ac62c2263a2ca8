"""Vocoders of other projects."""
