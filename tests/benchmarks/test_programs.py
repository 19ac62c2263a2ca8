"""The reader of programs for GPUs finds what it should, and nothing wrong in small updates."""

import dispatch
import programs
import pytest
from small_experiments import small


@pytest.mark.parametrize(
    "name",
    [
        "wavegan_digits",
        pytest.param("vocoder_hifigan_v1", marks=pytest.mark.slow),
        pytest.param("enhancement_cmgan", marks=pytest.mark.slow),
    ],
)
def test_nothing_is_plainly_wrong(name):
    found = programs.read(small(name, "bfloat16"))
    assert found.faults == [] and found.called == []
    count = found.counts
    assert count["convolution"] > 10 and count["reduce"] > 50
    assert 0 < found.half <= count["convolution"] + count["dot_general"]
    assert len(found.row()) == len(programs.COLUMNS)
    assert programs.read(small(name)).half == 0


def test_unknown_names_are_told(capsys):
    with pytest.raises(SystemExit) as raised:
        programs.main(["vocoder_hifigan"])
    assert raised.value.code == 2 and "no experiments vocoder_hifigan" in capsys.readouterr().err


def test_dispatches_are_timed_both_ways(capsys):
    assert dispatch.main(["--rounds", "2", "--calls", "2", "--samples", "64"]) == 0
    assert "pmap / jit(shard_map): " in capsys.readouterr().out
