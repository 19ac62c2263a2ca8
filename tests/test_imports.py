"""Commands import what they use, and no import, flag or experiment wakes a device."""

import os
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
MAY = {
    name: {"optax"}
    for name in (
        *("train", "ablate", "eval", "export", "listen", "profile"),
        *("unpaired-labels", "unpaired-boundaries", "language-model", "pseudo-labels"),
    )
}
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

WITHOUT_DEVICES = """
import contextlib, importlib, io, pkgutil
import ganspeech
for module in pkgutil.walk_packages(ganspeech.__path__, "ganspeech."):
    if module.name != "ganspeech.__main__":
        importlib.import_module(module.name)
from ganspeech import experiments
from ganspeech.commands.cli import COMMANDS, main
from ganspeech.config.registry import MENUS
for name in experiments.names():
    experiments.load(name)
arguments = [[name, "--help"] for name in COMMANDS]
for part, menu in MENUS.items():
    if "." not in part:
        arguments += [["train", f"--{part}", name, "--help"] for name in menu]
for each in arguments:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
        main(each)
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


def test_what_does_not_compute_wakes_no_device():
    # JAX fails with a traceback where it initializes devices of a platform that does not exist.
    environment = {**os.environ, "JAX_PLATFORMS": "no_device"}
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_DEVICES], capture_output=True, text=True, env=environment
    )
    assert done.returncode == 0 and "Traceback" not in done.stderr, done.stderr
