"""CTC output: the answer that all recognizers give."""

from typing import NamedTuple

from jaxtyping import Array, Float, Int


class CTCOutput(NamedTuple):
    """One step of the answer stands for `stride` frames of the features."""

    representation: Float[Array, "batch steps width"]
    """The last layer before the symbols; zero behind an utterance's end."""
    logits: Float[Array, "batch steps symbols"]
    """Logits of every symbol, the blank first; float32. Undefined behind an utterance's end."""
    lengths: Int[Array, " batch"]
    """The steps that an utterance has."""


def steps_of(frames, stride: int):
    """The steps that so many frames become, for numbers and for arrays."""
    return -(-frames // stride)
