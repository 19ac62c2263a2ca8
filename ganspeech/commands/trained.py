"""The models that commands use unless others are named."""

DEFAULT = "primed-16k"
"""The vocoder."""
RECOGNIZER = "digits-16k"
"""The recogniser."""
