"""Blocks that several networks share; every layer computes in the dtype of its own weights."""
