"""`ganspeech profile` as users type it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ganspeech.commands.cli import main

ROOT = Path(__file__).resolve().parents[2]
SMALL = ["--generator", "vocos", "--generator.width", "8", "--generator.blocks", "1"]
SMALL += ["--discriminators", "multi-period", "--discriminators.0.channels", "4"]
SMALL += ["--discriminators.0.max-channels", "4", "--budget.batch-size", "2"]


@pytest.mark.slow
def test_the_command_line_prints_a_table_and_writes_a_page(tmp_path):
    page = tmp_path / "pages" / "profile.html"
    done = subprocess.run(
        [sys.executable, "-m", "ganspeech", "profile", "vocoder_demo", *SMALL, "--page", str(page)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "GANSPEECH_CACHE": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    for expected in ("generator Vocos", "discriminator MultiPeriodDiscriminator", "peak memory"):
        assert expected in done.stdout
    assert done.stderr == f"written: {page}\n"
    assert "<svg" in page.read_text(encoding="utf-8")


def test_without_compiling_there_is_no_peak(capsys):
    assert main(["profile", "vocoder_demo", *SMALL, "--compile", "False"]) == 0
    told = capsys.readouterr().out
    assert "update" in told and "peak memory" not in told


@pytest.mark.parametrize(
    "arguments, told",
    [
        ([], "name an experiment: asgan_digits, boundaries_codes"),
        (["--compile", "False"], "name an experiment: asgan_digits, boundaries_codes"),
        (["vocoder_dem"], "the nearest is 'vocoder_demo'"),
        (["vocoder_demo", "--page", "."], "--page . is a folder: name a file"),
    ],
)
def test_misuse_is_one_line(arguments, told, capsys):
    assert main(["profile", *arguments]) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ") and told in error and error.count("\n") == 1
