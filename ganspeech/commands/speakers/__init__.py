"""Commands about the speakers of voices."""
