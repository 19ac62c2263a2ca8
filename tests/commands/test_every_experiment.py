"""Every experiment is trained to its end by its command, which says nothing but what it should."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from small_commands import command

from ganspeech import experiments

ROOT = Path(__file__).resolve().parents[2]
QUICK = "dcgan_mnist"
EXPECTED = (
    r".*\d+%\|.*| +",  # bars, and their end
    r"\w+: used \d+: resampled from \d+ to \d+ Hz .*",
    r"transcripts: skipped \d+: of another speaker .*",  # where a recipe names its speakers
    r"transcripts: skipped \d+: longer than the longest bucket .*",  # which is small here
    r"{run}: step 2, [\d.]+ minutes of training",
)


@pytest.fixture(scope="session")
def environment(tmp_path_factory) -> dict[str, str]:
    return {**os.environ, "GANSPEECH_CACHE": str(tmp_path_factory.mktemp("cache"))}


@pytest.mark.parametrize(
    "name",
    [
        name if name == QUICK else pytest.param(name, marks=pytest.mark.slow)
        for name in experiments.names()
    ],
)
def test_a_run_to_its_end_leaves_standard_error_clean(name, environment, tmp_path):
    run = tmp_path / "run"
    (tmp_path / "corpus").mkdir()
    done = subprocess.run(
        [sys.executable, "train.py", *command(name, tmp_path / "corpus", run)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=500,
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    expected = "|".join(EXPECTED).replace("{run}", re.escape(str(run)))
    lines = [line for line in re.split(r"[\r\n]+", done.stderr) if line]
    assert [line for line in lines if not re.fullmatch(expected, line)] == []
