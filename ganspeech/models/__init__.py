"""Trained models: a vocoder, a voice and a recognizer that work, save and read their own files."""
