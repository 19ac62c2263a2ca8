"""Tasks: what is generated from what, one file each."""
