"""Commands of recognition without labels."""
