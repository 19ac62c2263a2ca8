"""`ganspeech listening`: answers of a listening test."""

import json as json_module
from pathlib import Path
from typing import Annotated

import tyro

from ganspeech.process.errors import UsageError


def listening(
    results: Annotated[
        tuple[Path, ...], tyro.conf.Positional, tyro.conf.arg(metavar="FILE [FILE ...]")
    ],
    json: Path | None = None,
    unscreened: bool = False,
) -> int:
    """Reads answers of a listening test: means and intervals over listeners.

    The files are what the page written by `compare` with `--listening` saves, one a listener, all
    of one test. Of ratings (mushra) it prints means; listeners who rate the hidden reference below
    90 in more than 15 % of trials are named and left out, as ITU-R BS.1534-3 recommends. Of pairs
    (ab) it prints preferences with a binomial test.

    Example: ganspeech listening results/*.json

    Args:
        results: Files of answers.
        json: Write everything here, the mean ratings of each sentence too.
        unscreened: Keep the listeners that would be left out; they are named all the same.
    """
    from ganspeech.evaluation.listening.answers import read_results
    from ganspeech.evaluation.listening.table import tables
    from ganspeech.evaluation.pages.output import require_targets, write

    if not results:
        raise UsageError("name at least one file of answers")
    require_targets(json, None)
    text, content = tables(read_results(results), screen=not unscreened)
    print(text)
    if json is not None:
        write(json, json_module.dumps(content, indent=2, allow_nan=False) + "\n")
    return 0
