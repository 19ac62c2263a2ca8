"""From texts to phonemes."""
