"""Recordings beyond full scale: a rule for each, and words about it."""

import numpy as np
import pytest
import soundfile

from ganspeech.audio.decoding import BLOCK, AudioFileError, survey
from ganspeech.audio.files import read_audio
from ganspeech.audio.full_scale import scale_of

TONE = (0.5 * np.sin(2 * np.pi * 440 * np.arange(8000) / 16000)).astype(np.float32)
LOUD = "beyond full scale, divided by its peak"


@pytest.mark.parametrize("bits", [16, 24, 32])
@pytest.mark.parametrize("level", [1.0, 0.05])
def test_integers_stored_as_floats_are_as_loud_as_integers(tmp_path, bits, level):
    full = 2.0 ** (bits - 1)
    path, notes = tmp_path / "a.wav", list[str]()
    soundfile.write(path, np.round(level * TONE * full), 16000, subtype="DOUBLE")
    audio, _ = read_audio(path, note=notes.append)
    np.testing.assert_allclose(audio, level * TONE, atol=2e-5)
    assert notes == [f"integers stored as floats, divided by {full:.0f}"]


@pytest.mark.parametrize("peak", [1.2, 3.0, 20_000.5, 1e6])
def test_other_floats_beyond_full_scale_are_divided_by_their_peak(tmp_path, peak, capsys):
    path = tmp_path / "a.wav"
    soundfile.write(path, TONE * 2 * peak, 16000, subtype="FLOAT")
    audio, _ = read_audio(path)
    np.testing.assert_allclose(audio, 2 * TONE / np.abs(2 * TONE).max(), atol=1e-6)
    assert capsys.readouterr().err == f"{path}: {LOUD}\n"


def test_within_full_scale_nothing_changes_and_rounding_is_not_worth_a_word():
    audio = np.array([[1.0], [-1.0], [0.5]], np.float32)
    assert _rule(audio) == (1, "")
    assert _rule(audio * np.float32(1.0001)) == (pytest.approx(1.0001), "")


def test_the_rule_takes_blocks(tmp_path):
    quiet, loud = np.zeros(2 * BLOCK, np.float32), np.full(2 * BLOCK, 20_000.0, np.float32)
    said = "integers stored as floats, divided by 32768"
    for blocks in ((quiet, loud), (loud, quiet)):
        soundfile.write(tmp_path / "a.wav", np.concatenate(blocks), 16000, subtype="FLOAT")
        found = survey(tmp_path / "a.wav")
        assert (found.divisor, found.notes) == (2.0**15, (said,))


def _rule(audio):
    return scale_of(float(np.abs(audio).max()), lambda: np.mean(audio == np.round(audio)))


def test_what_no_scale_reaches_is_refused(tmp_path):
    soundfile.write(tmp_path / "a.wav", TONE * 1e30, 16000, subtype="FLOAT")
    with pytest.raises(AudioFileError, match=r"a\.wav holds samples up to 5e\+29, beyond any"):
        read_audio(tmp_path / "a.wav")
