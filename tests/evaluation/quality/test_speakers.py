"""Speaker similarity: the same voice is near, another one is not, silence has none."""

import importlib.util

import numpy as np
import pytest

from ganspeech.audio import write_audio
from ganspeech.audio.quality import Undefined
from ganspeech.data.readers.embedded import say
from ganspeech.evaluation.quality import speakers
from ganspeech.evaluation.quality.speakers import (
    SIMILARITY,
    SimilarityTo,
    embedding,
    speaker_similarity,
    speech_of,
)

needs_weights = pytest.mark.skipif(
    importlib.util.find_spec(speakers.PACKAGE) is None, reason="needs Resemblyzer"
)


@pytest.fixture(scope="module")
def spoken():
    """Two sentences by each of a man and a woman of espeak-ng, and their rate."""
    texts = ("The north wind and the sun argued.", "Please call me tomorrow at seven.")
    voices = ("en-us+m3", "en-us+f1")
    made = [*say([(voice, text, 50, 160) for voice in voices for text in texts])]
    return [audio for audio, _ in made], made[0][1]


@needs_weights
def test_one_voice_is_nearer_to_itself(spoken, tmp_path):
    (man, man_again, woman, woman_again), rate = spoken
    assert np.linalg.norm(embedding(man, rate)) == pytest.approx(1, abs=1e-5)
    assert speaker_similarity(man, man, rate) == pytest.approx(1, abs=1e-5)
    alike = speaker_similarity(man, man_again, rate), speaker_similarity(woman, woman_again, rate)
    different = speaker_similarity(man, woman, rate), speaker_similarity(man_again, woman, rate)
    assert min(alike) > max(different) + 0.05
    for number, audio in enumerate((man, man_again)):
        write_audio(tmp_path / f"{number}.wav", audio, rate)
    to_man = SimilarityTo(tuple(sorted(tmp_path.glob("*.wav"))))
    assert to_man(man, man_again, rate) > to_man(man, woman, rate) + 0.05


@needs_weights
def test_level_and_silence_matter_little(spoken):
    (man, *_), rate = spoken
    silence = np.zeros(rate, np.float32)
    later = np.concatenate([silence, 0.3 * man, silence])
    assert speaker_similarity(man, later, rate) > 0.95
    assert len(speech_of(later)) < len(later) - rate


@pytest.mark.parametrize("audio", [np.zeros(0, np.float32), np.zeros(9000, np.float32)])
def test_silence_has_no_speaker(audio):
    with pytest.raises(Undefined, match="silence"):
        embedding(audio, 16000)


def test_an_absent_package_is_named(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert SIMILARITY.missing_packages() == ["resemblyzer"]
    speakers._weights.cache_clear()
    with pytest.raises(ValueError, match="pip install resemblyzer"):
        speakers._weights()
