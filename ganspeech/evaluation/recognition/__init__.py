"""Error rates of recognized texts."""
