"""Shapes and types of batches, and batches of noise, which need no corpus."""

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


def made_batch(shapes: BatchShapes, seed: int = 0) -> dict[str, np.ndarray]:
    """Batch of noise in these shapes, which the `play` of their task takes.

    Recordings are as long as their arrays; half of the labels are in use, which alternate between
    two symbols; every speaker and class is the first.
    """
    rng = np.random.default_rng(seed)
    batch = {
        name: (0.1 * rng.standard_normal(shape.shape)).astype(np.float32)
        if shape.dtype == np.float32
        else np.zeros(shape.shape, np.int32)
        for name, shape in shapes.items()
    }
    if "samples" in batch:
        batch["samples"] += batch["audio"].shape[1]
        # Symbol 0 is CTC's blank.
        batch["labels"] += 1 + np.arange(batch["labels"].shape[1], dtype=np.int32) % 2
        batch["label_lengths"] += (batch["labels"].shape[1] + 1) // 2
    return batch
