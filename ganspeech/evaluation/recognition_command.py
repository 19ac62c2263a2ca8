"""`eval.py recognition`: what was recognised of what was said."""

import json as json_module
from collections.abc import Sequence
from pathlib import Path

from ganspeech.evaluation import recognition_page, recognition_table
from ganspeech.evaluation.output import write
from ganspeech.evaluation.recognition_texts import from_files
from ganspeech.flags import UsageError


def recognition(
    reference: Path | None = None,
    hypothesis: tuple[str, ...] = (),
    speakers: Path | None = None,
    phones: bool = False,
    verbatim: bool = False,
    json: Path | None = None,
    page: Path | None = None,
) -> None:
    """Word, character and phone error rates.

    Example: python eval.py recognition --reference true.txt --hypothesis heard.txt --page e.html

    Args:
        reference: A text file of what was said, ID TEXT a line.
        hypothesis: Files of what was heard, each FILE or NAME=FILE.
        speakers: A text file of who says it, ID SPEAKER a line: intervals are then over speakers.
        phones: The texts are phones, parted by spaces.
        verbatim: Compare texts as they are, case and punctuation too.
        json: Write everything here, each utterance's errors too.
        page: Write an HTML page with the errors aligned here.
    """
    if reference is None or not hypothesis:
        raise UsageError("give --reference FILE and --hypothesis FILE")
    files = _named_files(hypothesis)
    recognised = from_files(reference, files, speakers=speakers, phones=phones, verbatim=verbatim)
    exhibit = recognition_page.Exhibit()
    print(recognition_table.as_text(recognised))
    if json is not None:
        content = recognition_table.as_json(recognised)
        write(json, json_module.dumps(content, indent=2, allow_nan=False) + "\n")
    if page is not None:
        write(page, recognition_page.render(recognised, exhibit))


def _named_files(hypotheses: Sequence[str]) -> dict[str, Path]:
    files: dict[str, Path] = {}
    for item in hypotheses:
        name, equals, path = item.partition("=")
        if not equals or Path(item).is_file():
            name, path = Path(item).stem, item
        if not name or not path:
            raise UsageError(f"--hypothesis {item}: write FILE or NAME=FILE")
        if name in files:
            raise UsageError(f"--hypothesis {item}: two are called {name!r}; write NAME=FILE")
        files[name] = Path(path)
    return files
