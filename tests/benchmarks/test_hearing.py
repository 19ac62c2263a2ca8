"""The benchmark of recognizers: a line for each way, and few recordings refused."""

import re

import pytest
from tones import RATE, word

from ganspeech.audio import write_audio

pytest.importorskip("pocketsphinx", reason="what is compared with needs the extra: .[eval]")

import hearing


def test_every_way_has_its_line(tmp_path, capsys):
    for n in range(5):
        write_audio(tmp_path / f"{n}.wav", word("low", 0.3 + 0.02 * n), RATE)
    hearing.main([str(tmp_path), "--rounds", "2", "--cores", "1"])
    printed = capsys.readouterr().out
    assert printed.startswith("5 recordings, 1.7 s, 1 cores")
    found = re.findall(r"^  (.+?) +\S+ \(.+\) times real time; (\S+) \(", printed, re.MULTILINE)
    assert dict(found)["PocketSphinx"] == "1.0" and len(found) == 3


def test_few_recordings_are_refused(tmp_path, capsys):
    write_audio(tmp_path / "a.wav", word("low"), RATE)
    with pytest.raises(SystemExit):
        hearing.main([str(tmp_path)])
    assert "has 1 recordings; give 5 or more" in capsys.readouterr().err
