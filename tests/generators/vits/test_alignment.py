"""Tokens, frames, and how likely frames are of each token."""

import math

import jax.numpy as jnp
import numpy as np
import pytest

from ganspeech.generators.vits.alignment import align, log_likelihoods, spread, whole_ends
from ganspeech.generators.vits.durations import frames_of
from ganspeech.generators.vits.parts import Encoded

pytestmark = pytest.mark.accelerator

rng = np.random.default_rng(0)


def test_frames_are_whole_and_at_least_one():
    logarithms = jnp.log(jnp.array([[0.2, 2.0, 2.1, 9.0], [1e-9, 5.5, 1.0, 1.0]]))
    lengths = jnp.array([4, 2])
    assert frames_of(logarithms, lengths).tolist() == [[1, 2, 3, 9], [1, 6, 0, 0]]
    assert frames_of(logarithms, lengths, 0.5).tolist() == [[1, 1, 2, 5], [1, 3, 0, 0]]
    nearest = frames_of(logarithms, lengths, rounding="nearest")
    assert nearest.tolist() == [[1, 2, 2, 9], [1, 6, 0, 0]]
    # 0.2 counts as 1, and 1 + 2 + 2.1 + 9 ends after 14.1.
    carried = frames_of(logarithms, lengths, rounding="carried")
    assert carried.tolist() == [[1, 2, 2, 9], [1, 6, 0, 0]]
    slow = frames_of(jnp.log(jnp.full((1, 9), 1.4)), jnp.array([8]), rounding="carried")
    assert slow.tolist() == [[1, 2, 1, 2, 1, 1, 2, 1, 0]]
    broken = jnp.array([[jnp.nan, 0.0, jnp.inf, 1e3]])
    for rounding in ("up", "carried"):
        frames = frames_of(broken, jnp.array([4]), rounding=rounding)
        assert frames.tolist() == [[0, 1, 0, 0]]


def test_each_frame_gets_its_tokens_numbers():
    x = jnp.arange(1.0, 7.0).reshape(2, 3, 1)
    frames = jnp.array([[2, 0, 1], [1, 3, 2]])
    assert spread(x, frames, 5)[..., 0].tolist() == [[1, 1, 3, 0, 0], [4, 5, 5, 5, 6]]


def test_ends_are_whole_and_leave_each_token_a_frame():
    ends = jnp.array([[0.2, 0.4, 3.6, 9.0], [2.4, 2.6, 7.0, 0.0], [8.0, 9.0, 9.5, 9.9]])
    lengths, frames = jnp.array([4, 2, 4]), jnp.array([9, 5, 6])
    found = whole_ends(ends, lengths, frames)
    assert found[0].tolist() == [1, 2, 4, 9]
    assert found[1, :2].tolist() == [2, 5]
    assert found[2].tolist() == [3, 4, 5, 6]


def test_as_many_frames_as_tokens_leave_no_choice():
    ends = jnp.array([[4.0, 4.0, 4.0, 4.0]])
    assert whole_ends(ends, jnp.array([4]), jnp.array([4])).tolist() == [[1, 2, 3, 4]]


def test_known_ends_are_the_alignment():
    ends = jnp.array([[1.6, 3.1, 5.0], [0.9, 4.0, 0.0]])
    nothing = Encoded(*3 * (jnp.zeros((2, 3, 1)),))
    path = align(nothing, jnp.zeros((2, 6, 1)), jnp.array([3, 2]), jnp.array([5, 4]), ends)
    assert path.tolist() == [
        [[1, 1, 0, 0, 0, 0], [0, 0, 1, 0, 0, 0], [0, 0, 0, 1, 1, 0]],
        [[1, 0, 0, 0, 0, 0], [0, 1, 1, 1, 0, 0], [0, 0, 0, 0, 0, 0]],
    ]


def test_likelihoods_are_those_of_the_normal_distribution():
    frames, mean, log_std = (
        rng.normal(size=shape).astype("f4") for shape in ((2, 4, 3), (2, 5, 3), (2, 5, 3))
    )
    found = log_likelihoods(frames, mean, log_std)
    distance = (frames[:, None] - mean[:, :, None]) / np.exp(log_std)[:, :, None]
    wanted = -0.5 * (distance**2 + math.log(2 * math.pi)) - log_std[:, :, None]
    np.testing.assert_allclose(found, wanted.sum(-1), rtol=1e-4, atol=1e-3)
