"""Scoring of checkpoints beside the training that writes them."""
