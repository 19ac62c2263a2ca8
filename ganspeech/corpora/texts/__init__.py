"""Texts of recordings: read, divided among clips, compared with what is said."""
