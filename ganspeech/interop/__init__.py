"""Vocoders of other ecosystems: their weights in, ours out."""
