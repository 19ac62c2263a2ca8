"""Generative adversarial networks for speech, in JAX."""

__version__ = "0.1.0"
