"""VITS, text to speech end to end (Kim et al. 2021)."""
