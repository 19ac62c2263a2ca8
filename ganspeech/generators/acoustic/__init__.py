"""Acoustic models: mels from text, and the vocoder that speaks them."""
