"""Tasks that go on from what was read without labels."""
