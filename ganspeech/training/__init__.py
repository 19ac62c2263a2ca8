"""Running the game: over devices and processes, with checkpoints and a record of what happened."""
