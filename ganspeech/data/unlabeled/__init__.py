"""Speech and texts for recognition without labels: phones, segments, silence, what is kept."""
