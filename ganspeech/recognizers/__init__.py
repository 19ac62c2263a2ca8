"""Networks that say what was said."""
