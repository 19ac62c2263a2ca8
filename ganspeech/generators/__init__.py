"""Generators: networks that make audio, features or pictures; one file per paper."""
