"""Edges of the shipped voice's sound: quiet begins and ends, and lengths that its phonemes say.

Measured on `kathleen-16k`: the first and the last 40 ms are 28 to 36 dB below the utterance (the
recordings it learned from: 28 in the median), and an initial [j] or [n] may begin after them.
Neighboring samples differ by at most 0.017 there, where a [j] begins and an [s] dies away; in
speech by 0.2 to 0.8. What is tested fails for all of these texts once 4 frames are cut from either
end.
"""

import dataclasses

import numpy as np
import pytest

from ganspeech.load import load_voice

SHORT = ("Yes.", "A.", "No?", "Hello there.")
NORMAL = ("The last refugee had passed.", "Please put the kettle on, and bring me seven cups.")
EDGE, TIP = 0.04, 0.005
"""Seconds of an edge, and of its very end."""
SPEEDS = (0.25, 0.5, 0.8, 1.0, 1.25, 2.0, 4.0)


@pytest.fixture(scope="module")
def voice():
    return load_voice()


@pytest.fixture(scope="module")
def spoken(voice):
    """Sentences by their texts, without the silence after them."""
    found = [sentence for text in (*SHORT, " ".join(NORMAL)) for sentence in voice.stream(text)]
    assert [sentence.text for sentence in found] == [*SHORT, *NORMAL]
    return {one.text: one.audio[: sum(one.frames) * voice.spec.hop_length] for one in found}


def rms(audio) -> float:
    return float(np.sqrt(np.mean(np.square(audio, dtype=np.float64))))


@pytest.mark.parametrize("text", [*SHORT, *NORMAL])
def test_sound_begins_and_ends_quietly(voice, spoken, text):
    audio = spoken[text]
    edge, tip = round(EDGE * voice.sample_rate), round(TIP * voice.sample_rate)
    speech = rms(audio)
    assert speech > 0.05
    # 25 dB below, which leaves 3 dB to the worst beginning and 5 to the worst end.
    assert max(rms(audio[:edge]), rms(audio[-edge:])) < speech / 10**1.25
    # What sound is left at the very ends is the noise floor, so nothing is cut off.
    assert rms(audio[:tip]) < 0.01 and rms(audio[-tip:]) < 0.01
    # A click is a step of the waveform, also from the silence before and to that after it.
    steps = np.abs(np.diff(audio, prepend=np.float32(0), append=np.float32(0)))
    assert steps[:edge].max() < 0.02 and steps[-edge:].max() < 0.05 < steps.max() / 2


@pytest.mark.parametrize("text", ["Yes.", "A."])
def test_short_words_are_as_long_as_their_phonemes(voice, text):
    lengths = []
    for speed in SPEEDS:
        (sentence,) = voice.stream(text, speed=speed)
        assert min(sentence.frames) >= 1 and len(sentence.frames) == len(sentence.symbols)
        assert len(sentence.audio) == sum(sentence.frames) * voice.spec.hop_length
        lengths.append(len(sentence.audio))
    assert lengths == sorted(set(lengths), reverse=True)
    # Half the speed is twice as long, but for the rounding of each symbol to whole frames.
    frames = dict(zip(SPEEDS, np.array(lengths) // voice.spec.hop_length))
    assert abs(frames[0.5] - 2 * frames[1.0]) <= len(sentence.symbols)
    # 0.54 and 0.43 s when it was made; a word that is swallowed or drawn out is outside.
    assert 0.3 < lengths[SPEEDS.index(1.0)] / voice.sample_rate < 0.9
    slower = dataclasses.replace(voice, length_scale=2 * voice.length_scale)
    assert len(slower.say(text)) == lengths[SPEEDS.index(0.5)]
