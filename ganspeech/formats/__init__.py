"""Readers and writers of other projects' file formats, which run nothing in the files."""
