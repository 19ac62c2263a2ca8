"""Output of all recognizers, for the CTC loss."""

from typing import NamedTuple

from jaxtyping import Array, Float, Int


class CTCOutput(NamedTuple):
    """Output of a recognizer; a step stands for `stride` frames of the features."""

    representation: Float[Array, "batch steps width"]
    """Last layer before the symbols; zero beyond an utterance's end."""
    logits: Float[Array, "batch steps symbols"]
    """Logits of every symbol, the blank first; float32. Undefined beyond an utterance's end."""
    lengths: Int[Array, " batch"]
    """Number of steps of each utterance."""


def steps_of(frames, stride: int):
    """Number of steps of `frames` frames, for integers and for arrays."""
    return -(-frames // stride)
