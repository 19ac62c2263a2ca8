"""The commands of `ganspeech`: one file each, and what they share in files.py."""
