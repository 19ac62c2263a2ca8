"""Listening tests: blind sounds in a page, answers of people, their statistics."""
