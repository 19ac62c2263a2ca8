"""Encoders of speech that learned from audio alone: wav2vec 2.0, HuBERT, WavLM."""
