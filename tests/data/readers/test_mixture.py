"""Several corpora as one: each holds out its own, and what is shown is of all."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from ganspeech.data.prepare import prepare
from ganspeech.data.readers.folder import AudioFolder
from ganspeech.data.readers.mixture import Mixture


@pytest.fixture
def parts(tmp_path, monkeypatch) -> tuple[AudioFolder, ...]:
    monkeypatch.setenv("GANSPEECH_CACHE", str(tmp_path / "cache"))
    for folder, count in (("a", 5), ("b", 3)):
        (tmp_path / folder).mkdir()
        for number in range(count):
            tone = 0.3 * np.sin(np.arange(4000) * (0.1 + 0.01 * number))
            soundfile.write(tmp_path / folder / f"{folder}{number}.wav", tone, 8000)
    (tmp_path / "b" / "broken.wav").write_text("no audio")
    return AudioFolder(str(tmp_path / "a"), held_out=2), AudioFolder(str(tmp_path / "b"), 1)


def names(recordings):
    return [Path(recording.id).name for recording in recordings]


def test_each_corpus_keeps_its_own_recordings_out(parts):
    mixture = Mixture(parts)
    prepared = prepare(mixture, 8000, minimum_seconds=0.1, progress=False)
    assert names(prepared.train) == ["a0", "a1", "a2", "b0", "b1"]
    assert names(prepared.held_out) == ["a3", "b2", "a4"]  # in turn
    assert mixture.held_out == 3 and len(mixture.utterances()) == 9
    assert [name for names in prepared.problems.skipped.values() for name in names] == ["broken"]


def test_the_fingerprint_is_of_all(parts):
    def fingerprint(*corpora):
        return prepare(Mixture(corpora), 8000, minimum_seconds=0.1, progress=False).fingerprint

    both = fingerprint(*parts)
    assert both == fingerprint(*parts)
    assert len({both, fingerprint(parts[0]), fingerprint(parts[1])}) == 3
