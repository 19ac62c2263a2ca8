"""Streams: whatever the chunks, every generator's audio is that of the whole utterance."""

import jax
import numpy as np
import pytest
from flax import linen as nn
from small import one_of_each_class

from ganspeech.audio import AudioSpec
from ganspeech.config.registry import VOCODERS
from ganspeech.generators.primed import PrimedVocos
from ganspeech.models.stream import Reach, Stream, measure_reach
from ganspeech.models.vocoder import LONG_FRAMES, Vocoder
from ganspeech.tasks.vocoding import vocode

SPEC = AudioSpec(sample_rate=8000, n_fft=64, hop_length=16, win_length=64, n_mels=8, fmax=4000)
CHUNKS = {
    "ones": [1] * 200,
    "steady": [7] * 26,
    "uneven": [0, 1, 90, 3, 0, 40, 11, 13],
    "all": [161],
    "short": [2, 3],
}


def mel(frames, seed=0):
    noise = np.random.default_rng(seed).uniform(size=(frames, SPEC.n_mels))
    return (SPEC.silence * noise).astype(np.float32)


@pytest.fixture(scope="module", params=one_of_each_class(VOCODERS), ids=lambda g: type(g).__name__)
def vocoder(request):
    init = jax.jit(request.param.init, static_argnums=2)
    return Vocoder(request.param, init(jax.random.key(0), mel(16)[None], SPEC), SPEC)


@pytest.mark.parametrize("chunks", CHUNKS.values(), ids=CHUNKS.keys())
def test_any_chunks_give_the_whole(vocoder, chunks):
    whole = mel(sum(chunks))
    stream = vocoder.stream(chunk_frames=8)
    ends = np.cumsum(chunks)
    pieces = [stream.feed(whole[end - size : end]) for size, end in zip(chunks, ends)]
    audio = np.concatenate([*pieces, stream.finish()])
    offline = vocoder(whole, spec=SPEC)
    assert audio.shape == offline.shape
    np.testing.assert_allclose(audio, offline, rtol=0, atol=1e-5 * max(1, np.abs(offline).max()))
    # Nothing waits for longer than the reach says.
    made = np.cumsum([len(piece) for piece in pieces]) // SPEC.hop_length
    np.testing.assert_array_equal(made, np.maximum(0, ends - vocoder.foresight.future))


def test_reach_is_no_larger_than_it_must_be(vocoder):
    frames, reach = 256, vocoder.foresight
    changed = mel(frames)
    changed[128] *= 0.1
    apply = jax.jit(lambda m: vocoder.generator.apply(vocoder.variables, m, SPEC))
    both = [np.asarray(apply(m[None]))[0] for m in (mel(frames), changed)]
    touched = np.flatnonzero(np.abs(both[0] - both[1]).reshape(frames, -1).max(axis=1))
    last = 128 + reach.past if isinstance(reach, Reach) else frames
    assert touched[0] >= 128 - reach.future and touched[-1] <= last
    assert reach.latency(SPEC) == pytest.approx((1 + reach.future) * 16 / 8000)


def test_windows_start_where_hops_and_transforms_line_up():
    # Every 128 frames, which is no part of the 64 that utterances are rounded to.
    spec = AudioSpec(
        sample_rate=8000, n_fft=128, hop_length=25, win_length=128, n_mels=8, fmax=4000
    )
    primed = PrimedVocos(width=8, magnitude_blocks=1, blocks=1, iterations=2, settling=1)
    whole = mel(320)
    variables = primed.init(jax.random.key(0), whole[None], spec)
    vocoder = Vocoder(primed, variables, spec)
    assert vocoder.foresight.period == 128
    stream = vocoder.stream(chunk_frames=8)
    pieces = [stream.feed(whole[start : start + 20]) for start in range(0, 320, 20)]
    audio, offline = np.concatenate([*pieces, stream.finish()]), vocoder(whole, spec=spec)
    np.testing.assert_allclose(audio, offline, rtol=0, atol=1e-5 * np.abs(offline).max())


def test_only_a_first_phase_depends_on_the_position():
    primed = PrimedVocos(width=8, magnitude_blocks=1, blocks=1, iterations=2, settling=1)
    variables = primed.init(jax.random.key(0), mel(16)[None], SPEC)
    assert measure_reach(primed, variables, SPEC).period == 4


class Mean(nn.Module):
    """Audio of the mean over all frames, which no stream can know."""

    @nn.compact
    def __call__(self, log_mel, spec):
        audio = log_mel.mean(axis=(1, 2), keepdims=True)[..., 0]
        return audio.repeat(log_mel.shape[1] * spec.hop_length, axis=1)


def test_what_needs_the_whole_utterance_is_refused():
    with pytest.raises(ValueError, match="Mean cannot be streamed"):
        measure_reach(Mean(), {}, SPEC)


def test_a_stream_refuses_what_it_cannot_take():
    reach = Reach(past=1, future=1, period=1)
    stream = Stream(lambda mel: np.zeros((1, mel.shape[1] * 16)), SPEC, reach)
    with pytest.raises(ValueError, match=r"\[frames, 8\], not \[3, 5\]"):
        stream.feed(np.zeros((3, 5), np.float32))
    with pytest.raises(ValueError, match="NaN"):
        stream.feed(np.full((3, 8), np.nan, np.float32))
    assert len(stream.feed(mel(3))) == 2 * 16
    assert len(stream.finish()) == 16
    for more in (lambda: stream.feed(mel(3)), stream.finish):
        with pytest.raises(ValueError, match="finished"):
            more()
    with pytest.raises(ValueError, match="chunk_frames"):
        Stream(lambda mel: mel, SPEC, reach, 0)


def test_long_features_are_vocoded_by_pieces():
    primed = PrimedVocos(width=8, magnitude_blocks=1, blocks=1, iterations=1, settling=1)
    variables = primed.init(jax.random.key(0), mel(16)[None], SPEC)
    vocoder, whole = Vocoder(primed, variables, SPEC), mel(LONG_FRAMES + 100)
    made = vocoder(whole, spec=SPEC)
    at_once = vocode(primed, variables, whole[None], SPEC)[0]
    assert made.shape == at_once.shape
    np.testing.assert_allclose(made, at_once, rtol=0, atol=1e-5 * np.abs(at_once).max())
