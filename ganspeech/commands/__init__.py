"""The commands of `python -m ganspeech`: one file each, and what they share in files.py."""
