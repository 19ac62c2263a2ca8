"""Invertible layers, and the alignment of VITS."""
