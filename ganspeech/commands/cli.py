"""The command line of `python -m ganspeech`."""

from collections.abc import Sequence

import tyro

from ganspeech.commands.ablate import ablate
from ganspeech.commands.export import export
from ganspeech.commands.import_ import import_
from ganspeech.commands.listen import listen
from ganspeech.commands.mel import mel
from ganspeech.commands.say import say
from ganspeech.commands.transcribe import transcribe
from ganspeech.commands.vocode import vocode
from ganspeech.commands.vocoders import vocoders
from ganspeech.entry import guard


def main(arguments: Sequence[str]) -> int:
    """Runs a command; returns the exit status: 2 on misuse, 1 and one line on failure."""
    return guard(lambda: _main(arguments))


def _main(arguments: Sequence[str]) -> int:
    if list(arguments[:1]) == ["ablate"]:  # its flags are those of an experiment
        return ablate(tuple(arguments[1:]))
    return tyro.extras.subcommand_cli_from_dict(
        {
            "vocode": vocode,
            "mel": mel,
            "vocoders": vocoders,
            "transcribe": transcribe,
            "listen": listen,
            "say": say,
            "import": import_,
            "export": export,
            "ablate": ablate,
        },
        prog="python -m ganspeech",
        description="Uses what was trained. Example: python -m ganspeech vocode in.wav out.wav",
        args=list(arguments),
        config=(tyro.conf.FlagCreatePairsOff,),
    )
