"""What is generated from what: one file per task."""
