"""Speech is told from silence by its level."""

import numpy as np
import pytest

from ganspeech.data.unlabeled.voice_activity import speech_frames

RATE = 8000


def recording(*parts, noise=1e-3, seed=0):
    """Bursts and pauses, pairs of seconds and level, over noise."""
    rng = np.random.default_rng(seed)
    audio = [np.full(round(seconds * RATE), level) for seconds, level in parts]
    audio = np.concatenate(audio) * rng.normal(size=sum(map(len, audio)))
    return (audio + noise * rng.normal(size=len(audio))).astype(np.float32)


@pytest.mark.parametrize("rate", [50, 100])
@pytest.mark.parametrize("gain", [1.0, 0.1])
def test_pauses_are_removed_but_for_what_is_around_speech(rate, gain):
    audio = gain * recording((1, 0), (1, 0.2), (0.5, 0), (1, 0.2), (1, 0))
    found = speech_frames(audio, RATE, rate)
    assert len(found) == round(4.5 * rate)
    seconds = np.flatnonzero(found) / rate
    assert abs(seconds[0] - 0.9) < 0.04 and abs(seconds[-1] - 3.6) < 0.04
    assert abs(found.sum() / rate - 2.4) < 0.1


def test_short_pauses_are_parts_of_words_and_clicks_are_none():
    audio = recording((1, 0), (0.5, 0.2), (0.15, 0), (0.5, 0.2), (1, 0), (0.01, 0.2), (1, 0))
    found = speech_frames(audio, RATE, 100)
    assert found[100:215].all() and not found[240:].any()


def test_a_recording_without_pauses_is_all_speech():
    rng = np.random.default_rng(0)
    audio = recording(*((0.1, level) for level in rng.uniform(0.05, 0.3, 30)))
    assert speech_frames(audio, RATE, 100).all()


def test_an_offset_is_no_speech_and_silence_has_none():
    assert not speech_frames(np.full(RATE, 0.1, np.float32), RATE, 100).any()
    assert not speech_frames(np.zeros(RATE, np.float32), RATE, 100).any()
    assert len(speech_frames(np.zeros(0, np.float32), RATE, 100)) == 0


def test_frames_count_the_last_part_of_one():
    assert len(speech_frames(recording((0.5, 0.1))[:-1], RATE, 50)) == 25
    assert len(speech_frames(np.ones(1, np.float32), RATE, 50)) == 1


def test_a_rate_of_nothing_is_refused():
    with pytest.raises(ValueError, match="rates must be above 0"):
        speech_frames(np.zeros(9, np.float32), RATE, 0)
