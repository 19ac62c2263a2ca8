"""The command line of `python -m ganspeech`."""

from collections.abc import Callable, Sequence
from importlib import import_module

import tyro

from ganspeech.process.errors import guard

COMMANDS = {
    "vocode": "vocode",
    "mel": "mel",
    "vocoders": "vocoders",
    "transcribe": "transcribe",
    "listen": "listen",
    "say": "say",
    "import": "import_",
    "export": "export",
    "ablate": "ablate",
}
"""Names of commands, and of the file of each, which holds a function of the same name."""
PROGRAM = "python -m ganspeech"
SWITCHES = (tyro.conf.FlagCreatePairsOff,)


def main(arguments: Sequence[str]) -> int:
    """Runs a command; returns the exit status: 2 on misuse, 1 and one line on failure."""
    return guard(lambda: _main(arguments))


def _main(arguments: Sequence[str]) -> int:
    name, rest = "".join(arguments[:1]), arguments[1:]
    if name == "ablate":  # its flags are those of an experiment
        return command(name)(tuple(rest))
    if name in COMMANDS:
        return tyro.cli(command(name), prog=f"{PROGRAM} {name}", args=rest, config=SWITCHES)
    return tyro.extras.subcommand_cli_from_dict(
        {name: command(name) for name in COMMANDS},
        prog=PROGRAM,
        description=f"Uses what was trained. Example: {PROGRAM} vocode in.wav out.wav",
        args=list(arguments),
        config=SWITCHES,
    )


def command(name: str) -> Callable[..., int]:
    """The function of a command. Only its file is imported: those of training take a second."""
    return getattr(import_module(f"ganspeech.commands.{COMMANDS[name]}"), COMMANDS[name])
