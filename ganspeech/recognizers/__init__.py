"""Speech recognizers and word classifiers, decoding and language models."""
