"""Normalization of weights and of activations."""
