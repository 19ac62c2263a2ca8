"""Voices of other projects."""
