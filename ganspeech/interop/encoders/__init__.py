"""Encoders of speech of Hugging Face transformers."""
