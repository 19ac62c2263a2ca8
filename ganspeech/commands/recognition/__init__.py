"""Commands of trained recognizers."""
