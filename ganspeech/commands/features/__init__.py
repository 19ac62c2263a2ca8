"""The command that makes features, and what makes them."""
