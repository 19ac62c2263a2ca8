"""The adversarial game: its contract, its rules, its state, its losses and its update."""
