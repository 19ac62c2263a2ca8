"""Loss terms: plain functions from arrays to one float32 number."""
