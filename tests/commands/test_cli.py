"""The command line itself: its list of commands, its output, its imports."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import ganspeech
from ganspeech.commands.cli import COMMANDS, command, main

ROOT = Path(__file__).resolve().parents[2]


def test_the_list_of_commands_says_what_each_does(capsys):
    assert main(["--help"]) == 0
    overview = capsys.readouterr().out
    for name, known in COMMANDS.items():
        summary = known.summary.rstrip(".")
        assert f"  {name} " in overview and known.summary in overview
        # As its own help begins.
        assert " ".join(command(name).__doc__.split()).startswith(summary), name
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"ganspeech {ganspeech.__version__}\n"


def test_help_has_an_example(capsys):
    for name in ("vocode", "mel"):
        with pytest.raises(SystemExit) as exit:
            main([name, "--help"])
        assert exit.value.code == 0
        assert f"ganspeech {name} recordings" in capsys.readouterr().out


WRITES = """
import sys
from ganspeech.process.errors import guard

def main():
    for _ in range(int(sys.argv[1])):
        print("a line")
    return 0

sys.exit(guard(main))
"""


@pytest.mark.parametrize("lines", [1, 10_000])
@pytest.mark.parametrize(
    "redirection, status, told",
    [
        ("| true; exit ${PIPESTATUS[0]}", 141, ""),
        ("> /dev/full", 1, "error: standard output: No space left on device\n"),
        (">&-", 1, "error: standard output: Bad file descriptor\n"),
        ("> /dev/null", 0, ""),
    ],
)
def test_standard_output_that_cannot_be_written(redirection, status, told, lines):
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full on this system")
    written = f"'{sys.executable}' -c '{WRITES}' {lines} {redirection}"
    result = subprocess.run(
        ["bash", "-c", written], cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True, text=True,
    )  # fmt: skip
    assert (result.returncode, result.stderr) == (status, told)


def test_the_package_is_light_to_import():
    code = "import sys, json, ganspeech; print(json.dumps(sorted(sys.modules)))"
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(json.loads(result.stdout))
    assert loaded.isdisjoint({"jax", "flax", "numpy"})
