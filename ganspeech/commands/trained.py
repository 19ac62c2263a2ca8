"""The vocoder that a command uses unless another is named."""

DEFAULT = "primed-16k"
