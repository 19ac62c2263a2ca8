"""Lines of metrics: those before a damaged one."""

import pytest

from ganspeech.runs.metrics import metric_lines

WHOLE = '{"step": 1, "generator/mel": 2.5}\n{"step": 2, "generator/mel": NaN}\n'


@pytest.mark.parametrize(
    "damaged",
    [b'{"step": 3, "gen', b"\xff", b"[" * 9999, b"7", b"{}", b'{"step": NaN}', b'{"step": "a"}',
     b'{"step": 1' + b"0" * 400 + b"}", b'{"step": 1e999}'],
)  # fmt: skip
def test_lines_before_a_damaged_one_are_read(tmp_path, damaged):
    path = tmp_path / "metrics.jsonl"
    path.write_bytes(WHOLE.encode() + damaged + b'\n{"step": 4}\n')
    assert [line["step"] for line in metric_lines(path)] == [1, 2]


def test_without_a_file_there_is_none(tmp_path):
    assert metric_lines(tmp_path / "metrics.jsonl") == []
