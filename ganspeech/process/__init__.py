"""What any program needs of its process: errors, signals, memory, the environment, provenance."""
