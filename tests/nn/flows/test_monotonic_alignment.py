import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ganspeech.nn.flows.monotonic_alignment import monotonic_alignment

pytestmark = pytest.mark.accelerator


def best_by_trying(scores: np.ndarray) -> np.ndarray:
    """The best of all paths through `[symbols, frames]`."""
    symbols, frames = scores.shape
    paths = []
    for starts in itertools.combinations(range(1, frames), symbols - 1):
        said = np.searchsorted(np.array(starts), np.arange(frames), side="right")
        paths.append((scores[said, np.arange(frames)].sum(), tuple(said)))
    return np.eye(symbols)[list(max(paths)[1])].T


def test_equals_the_best_of_all_paths_in_a_padded_batch():
    sizes = [(3, 7), (1, 4), (5, 5), (4, 9), (2, 9)]
    rng = np.random.default_rng(0)
    # What lies beyond an example is as tempting as can be.
    scores = np.full((len(sizes), 6, 11), 100.0, np.float32)
    for row, (symbols, frames) in zip(scores, sizes, strict=True):
        row[:symbols, :frames] = rng.normal(size=(symbols, frames))
    lengths, frame_lengths = (jnp.array(column) for column in zip(*sizes, strict=True))
    paths = np.asarray(jax.jit(monotonic_alignment)(jnp.array(scores), lengths, frame_lengths))
    for path, row, (symbols, frames) in zip(paths, scores, sizes, strict=True):
        expected = np.zeros_like(path)
        expected[:symbols, :frames] = best_by_trying(row[:symbols, :frames])
        np.testing.assert_array_equal(path, expected)


def test_a_long_utterance_gets_every_symbol_once_in_order():
    scores = jax.random.normal(jax.random.key(0), (2, 120, 500))
    path = np.asarray(monotonic_alignment(scores, jnp.array([120, 77]), jnp.array([500, 301])))
    for row, symbols, frames in zip(path, (120, 77), (500, 301), strict=True):
        said = row[:, :frames].argmax(0)
        assert said[0] == 0 and said[-1] == symbols - 1
        assert set(np.diff(said)) == {0, 1}
        np.testing.assert_array_equal(row.sum(0), np.arange(500) < frames)


def test_nothing_is_learned_through_it_and_nothing_breaks_without_a_path():
    scores = jax.random.normal(jax.random.key(0), (2, 4, 3))
    lengths, frame_lengths = jnp.array([4, 0]), jnp.array([3, 2])

    def total(scores):
        return (scores * monotonic_alignment(scores, lengths, frame_lengths)).sum()

    path = monotonic_alignment(scores, lengths, frame_lengths)
    np.testing.assert_array_equal(path.sum(1), [[1, 1, 1], [1, 1, 0]])
    np.testing.assert_array_equal(jax.grad(total)(scores), path)
