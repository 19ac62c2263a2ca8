"""Phases of `benchmarks/accelerator.py`, each a program of its own."""
