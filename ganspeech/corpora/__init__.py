"""Corpora made of raw recordings: cut, measured, matched with their texts, chosen, written."""
