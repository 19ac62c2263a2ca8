"""Shapes and types of batches, which need no corpus."""

from collections.abc import Mapping

import jax
import numpy as np

BatchShapes = Mapping[str, jax.ShapeDtypeStruct]


def floats(*shape: int) -> jax.ShapeDtypeStruct:
    """Shape of a float32 array."""
    return jax.ShapeDtypeStruct(shape, np.float32)


def integers(*shape: int) -> jax.ShapeDtypeStruct:
    """Shape of an int32 array."""
    return jax.ShapeDtypeStruct(shape, np.int32)


def utterances(size: int, samples: int, labels: int) -> BatchShapes:
    """Shapes of a batch of `ganspeech.data.buckets.bucketed`.

    `samples` are those of its bucket, `labels` the most that an utterance of the bucket has.
    """
    return {
        "audio": floats(size, samples),
        "clean": floats(size, samples),
        "samples": integers(size),
        "labels": integers(size, labels),
        "label_lengths": integers(size),
        "speaker": integers(size),
    }
