"""Tokens, frames, and how likely frames are of each token."""

import math

import jax.numpy as jnp
import numpy as np
import pytest

from ganspeech.generators.vits.alignment import log_likelihoods, spread
from ganspeech.generators.vits.durations import frames_of

pytestmark = pytest.mark.accelerator

rng = np.random.default_rng(0)


def test_frames_are_whole_and_at_least_one():
    logarithms = jnp.log(jnp.array([[0.2, 2.0, 2.1, 9.0], [1e-9, 5.5, 1.0, 1.0]]))
    lengths = jnp.array([4, 2])
    assert frames_of(logarithms, lengths).tolist() == [[1, 2, 3, 9], [1, 6, 0, 0]]
    assert frames_of(logarithms, lengths, 0.5).tolist() == [[1, 1, 2, 5], [1, 3, 0, 0]]
    nearest = frames_of(logarithms, lengths, round_up=False)
    assert nearest.tolist() == [[1, 2, 2, 9], [1, 6, 0, 0]]
    broken = jnp.array([[jnp.nan, 0.0, jnp.inf, 1e3]])
    assert frames_of(broken, jnp.array([4])).tolist() == [[0, 1, 0, 0]]


def test_each_frame_gets_its_tokens_numbers():
    x = jnp.arange(1.0, 7.0).reshape(2, 3, 1)
    frames = jnp.array([[2, 0, 1], [1, 3, 2]])
    assert spread(x, frames, 5)[..., 0].tolist() == [[1, 1, 3, 0, 0], [4, 5, 5, 5, 6]]


def test_likelihoods_are_those_of_the_normal_distribution():
    frames, mean, log_std = (
        rng.normal(size=shape).astype("f4") for shape in ((2, 4, 3), (2, 5, 3), (2, 5, 3))
    )
    found = log_likelihoods(frames, mean, log_std)
    distance = (frames[:, None] - mean[:, :, None]) / np.exp(log_std)[:, :, None]
    wanted = -0.5 * (distance**2 + math.log(2 * math.pi)) - log_std[:, :, None]
    np.testing.assert_allclose(found, wanted.sum(-1), rtol=1e-4, atol=1e-3)
