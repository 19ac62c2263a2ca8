"""Commands import what they use: slow modules, and who may have them before it works."""

import subprocess
import sys

import pytest

from ganspeech.commands.cli import COMMANDS

SLOW = (
    "grain",
    "librosa",
    "matplotlib",
    "numba",
    "optax",
    "orbax",
    "scipy.signal",
    "scipy.stats",
    "tensorboardX",
    "torch",
)
MAY = {name: {"optax"} for name in ("train", "ablate", "eval", "export", "listen")}
"""Slow modules that a command may import before it works; it may import more once it does."""

HELP = """
import contextlib, io, sys
from ganspeech.commands import cli
with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):
    cli.main({arguments!r})
print(*[name for name in {slow!r} if name in sys.modules])
"""
SPEAK = """
import sys
from ganspeech import load_voice
load_voice().say("Good morning.")
print(*[name for name in {slow!r} if name in sys.modules])
"""


def slow_modules(program: str) -> set[str]:
    """Slow modules that a process has imported when the program ends."""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


@pytest.mark.parametrize("name", COMMANDS)
def test_help_imports_little(name):
    program = HELP.format(arguments=[name, "--help"], slow=SLOW)
    assert slow_modules(program) <= MAY.get(name, set())


def test_the_list_of_commands_imports_nothing():
    program = HELP.format(arguments=["--help"], slow=(*SLOW, "jax", "flax", "numpy", "tyro"))
    assert slow_modules(program) == set()


def test_speaking_imports_nothing_of_what_trains():
    assert slow_modules(SPEAK.format(slow=SLOW)) == set()
