"""Pages of the documentation's site that are made from the program: see docs/hooks.py."""
