"""The phase-primed decoder of a VITS: its size, its ends, and that all of it learns."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ganspeech.audio import AudioSpec, log_mel
from ganspeech.generators.primed_decoder import PrimedDecoder

SPEC = AudioSpec(sample_rate=8000, n_fft=128, hop_length=32, win_length=128, n_mels=20, fmax=4000.0)
LATENT, FRAMES = 6, 24
TINY = PrimedDecoder(width=8, magnitude_blocks=1, blocks=1, iterations=4, settling=1)
rng = np.random.default_rng(0)
FRAMES_OF_TWO = jnp.asarray(rng.normal(size=(2, FRAMES, LATENT)).astype("f4"))


@pytest.fixture(scope="module")
def variables():
    """Weights far from the first ones, so that every frame sounds of its own."""
    shapes = jax.eval_shape(
        lambda: TINY.init(jax.random.key(0), FRAMES_OF_TWO, SPEC, jnp.zeros((2, 3)))
    )
    draw = np.random.default_rng(1).normal
    return jax.tree.map(lambda leaf: jnp.asarray(draw(0, 0.3, leaf.shape), "f4"), shapes)


def test_the_default_size_is_what_the_docstring_says():
    shapes = jax.eval_shape(
        lambda: PrimedDecoder().init(jax.random.key(0), jnp.zeros((1, 8, 192)), AudioSpec())
    )
    assert sum(leaf.size for leaf in jax.tree.leaves(shapes)) == pytest.approx(2.73e6, rel=0.002)


def test_every_frame_is_a_hop_of_audio(variables):
    audio = TINY.apply(variables, FRAMES_OF_TWO, SPEC, jnp.zeros((2, 3)))
    assert audio.shape == (2, FRAMES * SPEC.hop_length) and audio.dtype == jnp.float32
    assert np.isfinite(audio).all() and np.abs(audio).max() > 1e-3


def test_what_follows_an_end_is_silent_and_changes_nothing_far_before_it(variables):
    speaker, lengths = jnp.zeros((2, 3)), jnp.array([FRAMES, 16])
    whole = TINY.apply(variables, FRAMES_OF_TWO, SPEC, speaker, lengths)
    other = FRAMES_OF_TWO.at[1, 16:].set(9.0)
    np.testing.assert_array_equal(TINY.apply(variables, other, SPEC, speaker, lengths), whole)
    alone = TINY.apply(variables, FRAMES_OF_TWO[1:, :16], SPEC, speaker[1:])
    # A window is four hops, and iterations carry what an end is like a little further.
    before = 10 * SPEC.hop_length
    scale = np.abs(alone).max()
    np.testing.assert_allclose(whole[1, :before], alone[0, :before], atol=1e-2 * scale)
    after = np.abs(whole[1, (16 + 4) * SPEC.hop_length :])
    assert after.max() < 1e-2 * scale


def test_it_knows_speakers(variables):
    one, other = (
        TINY.apply(variables, FRAMES_OF_TWO, SPEC, jnp.eye(3)[jnp.array([n, n])]) for n in (0, 1)
    )
    assert np.abs(one - other).max() > 1e-3


def test_all_of_it_learns(variables):
    real = jnp.asarray(rng.normal(size=(2, FRAMES * SPEC.hop_length)).astype("f4")) * 0.1

    def loss(variables, latent):
        made = TINY.apply(variables, latent, SPEC, jnp.ones((2, 3)), jnp.array([FRAMES, 16]))
        return jnp.mean(jnp.abs(log_mel(made, SPEC) - log_mel(real, SPEC)))

    gradients = jax.grad(loss, (0, 1))(variables, FRAMES_OF_TWO)
    for path, leaf in jax.tree_util.tree_leaves_with_path(gradients):
        assert np.isfinite(leaf).all() and np.any(leaf != 0), path
    # Frames after an end hear of no loss.
    assert not np.any(gradients[1][1, 16:])
