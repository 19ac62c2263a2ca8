"""One file per experiment; each docstring gives paper, command, time and score."""
