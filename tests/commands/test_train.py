"""train.py's command line: help, misuse and failure."""

import sys

import pytest

from ganspeech.commands import train as command

TINY = ["--corpus", "folder", "--budget.steps", "1"]


def exit_status(arguments):
    """What a shell would see of `python train.py ARGUMENTS`."""
    try:
        return command.main(arguments)
    except SystemExit as exit:
        return exit.code


def test_help_shows_experiments_flags_and_an_example(capsys):
    assert exit_status(["--help"]) == 0
    text = capsys.readouterr().out
    for expected in ("vocoder_hifigan_v1", "--generator.width", "--budget.minutes", "Example:"):
        assert expected in text
    assert exit_status(["vocoder_vocos", "--generator", "hifigan-v2", "--help"]) == 0
    assert "--generator.upsample-rates" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["vocoder_dem"], "nearest is 'vocoder_demo'"),
        (["--generator", "hifigan"], "nearest is 'hifigan-v"),
        (["--objective", "hinge", "minimax"], "needs one name"),
        (["--discriminators"], "needs names, or 'none'"),
        (["--generator.widht", "3"], "--generator.width"),
        (["--generator.width", "wide"], "invalid"),
        (["--rules.precision", "float16"], "invalid"),
    ],
)
def test_misuse_exits_with_2_and_names_what_is_near(arguments, told, capsys):
    assert exit_status(arguments) == 2
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([*TINY, "--corpus.root", "/nowhere"], "/nowhere"),
        ([*TINY, "--budget.batch-size", "3", "--rules.accumulate", "2"], "use a multiple of"),
        ([*TINY, "--distributed.processes", "2"], "distributed.coordinator"),
    ],
)
def test_failure_exits_with_1_and_one_line(arguments, told, capsys, tmp_path):
    assert exit_status([*arguments, "--run", str(tmp_path / "run")]) == 1
    error = capsys.readouterr().err.strip()
    assert error.startswith("error: ") and told in error and "\n" not in error
    assert not (tmp_path / "run").exists()


def test_values_that_a_part_refuses_are_one_line(capsys):
    assert exit_status(["--budget.batch-size", "0"]) in (1, 2)
    assert "budget.batch_size must be at least 1, not 0" in capsys.readouterr().err.replace(
        "\n", " "
    )
    assert "train.py" not in sys.modules
