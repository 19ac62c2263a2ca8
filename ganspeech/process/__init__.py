"""The process: errors, signals, memory, the environment, provenance."""
