"""Tasks: the inputs and outputs of games, one file each."""
