"""`ganspeech eval`: a run, plain folders, or texts, scored."""

import difflib
import json
from collections.abc import Callable, Sequence

import tyro

from ganspeech.commands.eval_quality import Quality
from ganspeech.commands.eval_recognition import Recognition
from ganspeech.commands.speakers.eval_conversion import Conversion
from ganspeech.evaluation.pages.output import require_targets, write
from ganspeech.process.errors import UsageError, guard
from ganspeech.process.misuse import in_one_line, require_once

KINDS: dict[str, Callable] = {
    "quality": Quality,
    "recognition": Recognition,
    "conversion": Conversion,
}
"""What can be scored, by name."""


def main(arguments: Sequence[str]) -> int:
    """Scores, as eval.py does; returns the exit status: 2 on misuse, 1 and one line on failure."""
    return guard(lambda: eval(arguments, "eval.py"))


def eval(arguments: Sequence[str], prog: str) -> int:
    """Scores a run, plain folders, or texts; returns the exit status."""
    given = arguments[0] if arguments else ""
    if given and not given.startswith("-") and given not in KINDS:
        near = difflib.get_close_matches(given, KINDS, n=1, cutoff=0.0)[0]
        raise UsageError(f"nothing is scored by {given!r}; the nearest is {near!r}")
    require_once(arguments)
    with in_one_line():
        request: Quality | Recognition | Conversion = tyro.extras.subcommand_cli_from_dict(
            KINDS,
            prog=prog,
            description="Scores a run, plain folders, or texts.",
            args=list(arguments),
        )
    require_targets(request.json, request.page)
    report = request()
    print(report.text)
    if request.json is not None:
        write(request.json, json.dumps(report.content, indent=2, allow_nan=False) + "\n")
    if request.page is not None:
        write(request.page, report.page())
    return 0
