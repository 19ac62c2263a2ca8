"""Voice conversion: pieces are the whole, speakers matter, and what cannot convert says why."""

import dataclasses

import jax
import numpy as np
import pytest
from small_voices import SPEC, of_speaking, voice

from ganspeech.audio import magnitude, stft
from ganspeech.audio.pieces import magnitude_pieces
from ganspeech.audio.spec import AudioSpec
from ganspeech.generators.primed_decoder import PrimedDecoder
from ganspeech.models import conversion
from ganspeech.models.conversion import _converted

PRIMED = PrimedDecoder(width=8, magnitude_blocks=1, blocks=1, iterations=2, settling=1)


def noise(samples):
    return np.random.default_rng(0).uniform(-0.5, 0.5, samples).astype(np.float32)


def as_one(model, audio, source, target):
    """A recording in one window, by the network itself."""
    hop = model.spec.hop_length
    padded = np.pad(audio, (0, -len(audio) % hop))
    frames = len(padded) // hop
    linear = np.asarray(magnitude(stft(padded, model.spec)))[:frames]
    length = frames + 40
    linear = np.pad(linear, ((0, 40), (0, 0)))[None]
    drawn = np.zeros((1, length, model.network.latent), np.float32)
    arguments = (linear, np.array([frames], np.int32), source, target, drawn)
    made = np.asarray(_converted(model.network, model.ready, *arguments, model.spec))
    return np.clip(made[0, : len(audio)], -1, 1)


@pytest.fixture(scope="module", params=["hifigan", "primed"])
def model(request):
    """A tiny voice of two speakers, whose output depends much on its input."""
    made, rng = voice(speaker_width=3), np.random.default_rng(1)
    if request.param == "primed":
        spec = dataclasses.replace(SPEC, padding="same")
        made = dataclasses.replace(voice(speaker_width=3, decoder=PRIMED), spec=spec)
    variables = made.variables
    spread = jax.tree.map(lambda leaf: rng.normal(0, 0.4, leaf.shape).astype("f4"), variables)
    return dataclasses.replace(made, variables=spread)


@pytest.mark.parametrize("samples", [700, 3073, 7003])
def test_pieces_are_the_whole(model, samples, monkeypatch):
    monkeypatch.setattr(conversion, "WINDOWS", (384, 768))
    audio = noise(samples)
    one, other = np.eye(2, dtype=np.float32)[:, None]
    whole = as_one(model, audio, one, other)
    pieces = np.split(audio, range(933, samples, 933))
    made = [*model.convert_pieces(pieces, speaker="1", source="ann")]
    assert samples < 4000 or len(made) > 1
    assert np.std(whole) > 1e-2
    np.testing.assert_allclose(np.concatenate(made), whole, atol=1e-4)
    at_once = model.convert(audio, speaker="1", source="ann")
    np.testing.assert_allclose(at_once, whole, atol=1e-4)


def test_speakers_matter_and_nobody_is_the_mean_of_all(model):
    audio = noise(1000)
    same = model.convert(audio, speaker="ann", source="ann")
    assert np.abs(same - model.convert(audio, speaker="1", source="ann")).max() > 1e-4
    nobody = model.convert(audio, speaker="ann")
    np.testing.assert_array_equal(
        nobody, model.convert(audio, speaker="ann", source={"ann": 0.5, "1": 0.5})
    )
    assert np.abs(nobody - same).max() > 1e-4


def test_it_is_the_same_every_time_but_for_noise(model):
    audio = noise(3000)
    given = {"speaker": "1", "source": "ann"}
    still = model.convert(audio, **given)
    np.testing.assert_array_equal(still, model.convert(audio, seed=5, **given))
    drawn = model.convert(audio, noise=1.0, seed=5, **given)
    pieces = model.convert_pieces(np.split(audio, [1100]), noise=1.0, seed=5, **given)
    np.testing.assert_allclose(np.concatenate([*pieces]), drawn, atol=1e-4)
    assert np.abs(still - drawn).max() > 1e-3
    assert np.abs(drawn - model.convert(audio, noise=1.0, seed=6, **given)).max() > 1e-3


def test_any_audio_is_long_enough():
    made = voice(speaker_width=3).convert(noise(3), speaker="1")
    assert made.shape == (3,) and np.isfinite(made).all()


@pytest.mark.parametrize(
    "changes, told",
    [
        ({"speaker": "tim"}, "no speaker 'tim'"),
        ({"source": "tim"}, "no speaker 'tim'"),
        ({"noise": -1.0}, "noise must be from 0 to 2, not -1.0"),
        ({"seed": -1}, "seed must be an integer of at least 0, not -1"),
        ({"audio": noise(0)}, "audio of 0 samples is too short"),
        ({"audio": np.full(900, np.nan)}, "NaN or infinite samples"),
        ({"audio": np.zeros((1, 900))}, r"audio must be \[samples\], not \[1, 900\]"),
    ],
)
def test_bad_input_is_refused(changes, told):
    given = {"audio": noise(900), "speaker": "1", "source": "ann"} | changes
    with pytest.raises(ValueError, match=told):
        voice(speaker_width=3).convert(**given)


def test_voices_that_cannot_convert_say_why():
    with pytest.raises(ValueError, match="single speaker"):
        voice().convert(noise(900), speaker="1")
    with pytest.raises(ValueError, match=r"no posterior encoder.*tts_posterior.*--for-conversion"):
        of_speaking(voice(speaker_width=3)).convert_pieces([], speaker="1")


def test_magnitudes_in_pieces_are_those_of_the_whole():
    spec = AudioSpec(
        sample_rate=8000, n_fft=256, hop_length=64, win_length=256, n_mels=20, fmax=4e3
    )
    audio = noise(9000)
    pieces = [*magnitude_pieces(np.split(audio, range(500, 9000, 500)), spec, frames=32)]
    assert len(pieces) > 3
    whole = np.asarray(magnitude(stft(audio, spec)))
    np.testing.assert_allclose(np.concatenate(pieces), whole, atol=1e-4)
