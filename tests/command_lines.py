"""Command lines as people type them, parsed as far as can be without doing them."""

import functools
import shlex
from typing import Any

import pytest
import tyro

from ganspeech import experiments
from ganspeech.ablation import request
from ganspeech.commands import cli
from ganspeech.commands.eval_quality import Quality
from ganspeech.commands.eval_recognition import Recognition
from ganspeech.commands.profile import ProfileSettings
from ganspeech.commands.speakers.eval_conversion import Conversion
from ganspeech.commands.train import DEFAULT, TrainSettings
from ganspeech.config import flags

PLACEHOLDERS = {"[EXPERIMENT]": [], "[--flags]": [], "HOST:PORT": ["localhost:1234"]}
OURS = {
    "ganspeech": [],
    "python train.py": ["train"],
    "python eval.py": ["eval"],
    "train.py": ["train"],
    "eval.py": ["eval"],
}
"""First words of commands of this project, and the command of `ganspeech` that they are."""


def parse(line: str) -> Any:
    """Settings of a command that is right: of train and profile, eval, ablate; 0 of others."""
    first = next(first for first in OURS if line.startswith(f"{first} "))
    words = [*OURS[first], *shlex.split(line.removeprefix(first))]
    name, *rest = [part for word in words for part in PLACEHOLDERS.get(word, [word])]
    assert name in cli.COMMANDS
    if "--help" in rest:
        with pytest.raises(SystemExit, match="0"):
            cli.command(name)(rest, name)
        return 0
    if name == "train":
        experiment = rest.pop(0) if rest[:1] and rest[0][0] != "-" else DEFAULT
        swapped, rest = flags.swap_parts(experiments.load(experiment), rest)
        return flags.parse(TrainSettings(swapped), rest, prog=name, description="")
    if name == "profile":
        swapped, rest = flags.swap_parts(experiments.load(rest[0]), rest[1:])
        return flags.parse(ProfileSettings(swapped), rest, prog=name, description="")
    if name == "eval":
        kinds = {"quality": Quality, "recognition": Recognition, "conversion": Conversion}
        return tyro.extras.subcommand_cli_from_dict(kinds, args=rest)
    if name == "ablate":
        read = request.read(rest)
        assert read.rows
        return read
    run = cli.command(name)
    parsed = functools.wraps(run)(lambda *_, **__: 0)
    status = tyro.cli(parsed, args=rest, config=(tyro.conf.FlagCreatePairsOff,))
    assert status == 0
    return status
