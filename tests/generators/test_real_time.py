"""The vocoder for live use: what it may see, and what it starts as."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ganspeech.audio import SPEECH_16K, AudioSpec
from ganspeech.generators.real_time import RealTimeVocos
from ganspeech.models.vocoder import Vocoder

SPEC = AudioSpec(sample_rate=8000, n_fft=128, hop_length=32, win_length=128, n_mels=20, fmax=4000.0)
TINY = RealTimeVocos(width=8, blocks=2, iterations=2)


def mel(frames, spec=SPEC):
    noise = np.random.default_rng(0).uniform(size=(1, frames, spec.n_mels))
    return (spec.silence * noise).astype(np.float32)


@pytest.fixture(scope="module")
def variables():
    return jax.jit(TINY.init, static_argnums=2)(jax.random.key(0), mel(8), SPEC)


def test_size_and_latency_are_what_the_docstring_says():
    shapes = jax.eval_shape(
        lambda: RealTimeVocos().init(jax.random.key(0), jnp.zeros((1, 8, 80)), SPEECH_16K)
    )
    assert set(shapes) == {"params"}
    assert sum(leaf.size for leaf in jax.tree.leaves(shapes)) == pytest.approx(1.91e6, rel=0.005)
    vocoder = Vocoder(RealTimeVocos(), shapes, SPEECH_16K)
    assert vocoder.foresight.latency(SPEECH_16K) == pytest.approx(0.08)


def test_nothing_after_its_foresight_changes_a_frame(variables):
    apply = jax.jit(lambda m: TINY.apply(variables, m, SPEC))
    whole, future = mel(40), Vocoder(TINY, variables, SPEC).foresight.future
    cut = whole.copy()
    cut[:, 30:] = SPEC.silence
    early = slice(0, (30 - future) * SPEC.hop_length)
    np.testing.assert_allclose(apply(whole)[0, early], apply(cut)[0, early], atol=1e-5)


@pytest.mark.parametrize("sizes", [(40,), (1,) * 40, (0, 3, 17, 20)])
def test_a_stream_in_any_chunks_is_exactly_the_whole(variables, sizes):
    vocoder, whole = Vocoder(TINY, variables, SPEC), mel(40)[0]
    stream = vocoder.stream(chunk_frames=6)
    ends = np.cumsum(sizes)
    made = [stream.feed(whole[end - size : end]) for size, end in zip(sizes, ends)]
    audio = np.concatenate([*made, stream.finish()])
    np.testing.assert_array_equal(audio, vocoder(whole, spec=SPEC))
    with pytest.raises(ValueError, match="this stream is finished"):
        stream.feed(whole)


def test_a_stream_of_nothing_is_nothing(variables):
    assert Vocoder(TINY, variables, SPEC).stream().finish().shape == (0,)


def test_training_hears_what_a_stream_makes(variables):
    # Rounding differs, which iterations amplify in noise: only the beginning is compared closely.
    offline = TINY.apply(variables, mel(40), SPEC)[0]
    streamed = Vocoder(TINY, variables, SPEC)(mel(40)[0], spec=SPEC)
    np.testing.assert_allclose(streamed[:128], offline[:128], atol=1e-3)
    power = [np.square(audio.reshape(-1, 320)).mean(axis=1) for audio in (offline, streamed)]
    np.testing.assert_allclose(power[0], power[1], rtol=0.3)


def test_bfloat16_weights_give_float32_audio(variables):
    halved = jax.tree.map(lambda leaf: leaf.astype(jnp.bfloat16), variables)
    whole = TINY.apply(halved, mel(40), SPEC)
    streamed = Vocoder(TINY, halved, SPEC)(mel(40)[0], spec=SPEC)
    assert whole.dtype == streamed.dtype == np.float32
    assert np.isfinite(whole).all() and np.isfinite(streamed).all()


@pytest.mark.parametrize("fields", [{"iterations": 0}, {"look_ahead": -1}])
def test_impossible_settings_are_named(fields):
    with pytest.raises(ValueError, match=r"generator\.iterations must be at least 1"):
        RealTimeVocos(**fields)
