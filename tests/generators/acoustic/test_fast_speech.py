"""FastSpeech: what it is told, that padding changes nothing, and that a vocoder speaks its mels."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from spoken_tones import MEL_SMALL, MEL_TASK, SPEC, TEXT

from ganspeech.generators.acoustic.vocoded import TAIL, Vocoded
from ganspeech.generators.primed import PrimedVocos

TOKENS = jnp.array([[1, 2, 3, 4, 1, 0, 0]])
COUNT = jnp.array([5])
FRAMES = jnp.array([20])
ENDS = jnp.array([[4.0, 8.0, 12.0, 16.0, 20.0, 0.0, 0.0]])


@pytest.fixture(scope="module")
def variables():
    """Drawn, and larger than at first, so that everything has an effect."""
    fresh = jax.jit(lambda key: MEL_SMALL.init(key, *MEL_TASK.example()))(jax.random.key(0))
    rng = np.random.default_rng(0)
    return jax.tree.map(lambda leaf: leaf + 0.1 * rng.normal(size=leaf.shape), fresh)


@pytest.fixture(scope="module")
def mels():
    return jnp.asarray(np.random.default_rng(1).normal(-5, 2, (1, 24, 16)), jnp.float32)


def taught(variables, mels, network=MEL_SMALL, speakers=None):
    static = TEXT.size, SPEC, 8
    return network.apply(variables, TOKENS, COUNT, mels, FRAMES, speakers, *static, ENDS)


def spoken(variables, tokens, count, frames):
    """Log-mels of a text, each of whose symbols lasts two frames."""
    told = MEL_SMALL.apply(variables, tokens, count, None, TEXT.size, method="encode").mean
    drawn = jnp.pad(jnp.repeat(told[:, :5], 2, axis=1), ((0, 0), (0, frames - 10), (0, 0)))
    return MEL_SMALL.apply(variables, drawn, jnp.array([10]), SPEC, method="decode_mels")


def test_padding_changes_nothing_and_is_silent(variables):
    short, long = (spoken(variables, TOKENS[:, :n], COUNT, f) for n, f in ((5, 10), (7, 30)))
    np.testing.assert_allclose(short[:, :10], long[:, :10], rtol=1e-4, atol=1e-4)
    np.testing.assert_array_equal(long[:, 10:], np.float32(SPEC.silence))
    assert np.asarray(short).std() > 0


def test_prosody_is_heard_in_the_recording_and_told_to_the_decoder(variables, mels):
    usual, louder = (taught(variables, mels + more) for more in (0.0, 2.0))
    np.testing.assert_array_equal(usual.path.sum(axis=2), [[4, 4, 4, 4, 4, 0, 0]])
    assert np.abs(usual.log_mel - louder.log_mel)[:, :20].max() > 1e-3
    # Of the last symbol, and of its neighbors in the decoder's context.
    later = taught(variables, mels.at[:, 16:20].add(2.0))
    changed = np.abs(usual.log_mel - later.log_mel).max(axis=(0, 2))
    assert changed[16:20].min() > 1e-4 and changed[20:].max() == 0


def test_frames_beyond_the_end_of_a_recording_do_not_matter(variables, mels):
    usual, other = (taught(variables, mels.at[:, 20:].add(more)) for more in (0.0, 3.0))
    for name, one, two in zip(usual._fields, usual, other, strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-5, atol=1e-5, err_msg=name)


def test_the_prosody_learns_nothing_from_its_prediction(variables, mels):
    def loss(params):
        return taught({"params": params}, mels).prosody_loss.sum()

    slopes = jax.grad(loss)(variables["params"])
    assert not any(map(np.any, jax.tree.leaves(slopes["reference_encoder"])))
    assert any(map(np.any, jax.tree.leaves(slopes["prosody_predictor"])))


def test_several_speakers_begin_as_one_and_can_be_blended(variables, mels):
    several = dataclasses.replace(MEL_SMALL, speaker_width=3)
    one, other, blend = jnp.array([[1.0, 0.0]]), jnp.array([[0.0, 1.0]]), jnp.array([[0.5, 0.5]])
    task = dataclasses.replace(MEL_TASK, speakers=("a", "b"))
    fresh = jax.jit(lambda key: several.init(key, *task.example()))(jax.random.key(0))["params"]
    known = {"params": {**fresh, **variables["params"]}}
    usual = taught(variables, mels)
    for speakers in (one, other):
        begun = taught(known, mels, several, speakers)
        np.testing.assert_array_equal(begun.log_mel, usual.log_mel)

    drawn = np.random.default_rng(3).normal(size=(3, 16))
    learned = known["params"] | {"speaker_projection": {"kernel": jnp.asarray(drawn, jnp.float32)}}
    a, b, middle = (taught({"params": learned}, mels, several, s) for s in (one, other, blend))
    assert np.abs(a.log_mel - b.log_mel)[:, :20].max() > 1e-2
    assert np.abs(a.duration_loss - b.duration_loss).max() > 1e-4
    assert np.abs(middle.log_mel - a.log_mel)[:, :20].max() > 1e-3

    def hidden(speakers):
        found = several.apply(
            {"params": learned}, TOKENS, COUNT, speakers, TEXT.size, method="encode"
        )
        return found.hidden

    np.testing.assert_allclose(hidden(blend), (hidden(one) + hidden(other)) / 2, atol=1e-4)
    assert not np.any(hidden(one)[:, 5:])
    with pytest.raises(ValueError, match=r"--generator\.speaker-width is 3, but no speaker was"):
        taught({"params": learned}, mels, several)


def test_a_vocoder_speaks_its_mels(variables):
    network = Vocoded(MEL_SMALL, PrimedVocos(8, 1, 1, 1, 1))
    told = jnp.asarray(np.random.default_rng(2).normal(size=(1, 12, 16)), jnp.float32)
    lengths = jnp.array([10])

    def speak(key):
        return network.init_with_output(key, told, lengths, None, SPEC, method="decode_drawn")

    audio, made = jax.jit(speak)(jax.random.key(0))
    assert audio.shape == (1, 12 * 64) and np.any(audio[:, : 10 * 64])
    assert not np.any(audio[:, 10 * 64 :])
    own = {"params": made["params"]["acoustic"]}
    mels = MEL_SMALL.apply(own, told, lengths, SPEC, method="decode_mels")
    mels = jnp.pad(mels, ((0, 0), (0, TAIL), (0, 0)), constant_values=SPEC.silence)
    expected = network.vocoder.apply({"params": made["params"]["vocoder"]}, mels, SPEC)
    np.testing.assert_allclose(audio[:, : 10 * 64], expected[:, : 10 * 64], atol=1e-4)


@pytest.mark.parametrize(
    "changes, told",
    [
        ({"blocks": 0}, r"generator\.blocks must be at least 1, not 0"),
        ({"predictor_dropout": 1.0}, r"generator\.predictor_dropout must be from 0 to below 1"),
        ({"heads": 3}, r"generator\.width, 16, must be a multiple of heads, 3"),
        ({"mels": 20}, "20 mel bands given, but n_mels is 16"),
    ],
)
def test_impossible_sizes_are_named(changes, told):
    network = dataclasses.replace(MEL_SMALL, **changes)
    with pytest.raises(ValueError, match=told):
        jax.eval_shape(lambda key: network.init(key, *MEL_TASK.example()), jax.random.key(0))
