"""Lines of metadata.csv in the ways people write them; each way but LJSpeech's own is noted.

LJSpeech's is `ID|text|normalized text`. Taken are also tabs or commas between columns (texts with
commas in quotes), a header line that names the columns, and `ID.wav` or `wavs/ID.wav` for an id.
What could mean two things is left out and noted.
"""

import csv
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ganspeech.audio.files import AUDIO_SUFFIXES
from ganspeech.data.corpus import Problems, iterate_lines

IDS = frozenset(
    ("id", "file", "file_name", "filename", "file_id", "audio", "audio_file", "audio_path", "path",
     "wav", "wav_file", "clip", "name", "utterance", "utterance_id", "utt_id")
)  # fmt: skip
TEXTS = frozenset(("text", "transcript", "transcription", "sentence", "raw_text"))
NORMALIZED = frozenset(
    ("normalized", "normalized_text", "normalized_transcription", "normalized_transcript",
     "text_normalized")
)  # fmt: skip
"""Names of columns in header lines, in lower case with underscores."""

SEPARATORS = {"|": "|", "\t": "tabs", ",": "commas"}
BAD = "lines of metadata.csv that are not ID|text or ID|text|normalized text"
NO_COLUMNS = (
    "lines of metadata.csv with three values and no quotes, which may be three columns or a text "
    "with a comma: add a header line such as id,text"
)


@dataclass(frozen=True)
class Form:
    """How the lines of one file are written."""

    separator: str = "|"
    columns: tuple[int, ...] = ()
    """Places of the id and of texts, the first nonempty one of which is used; empty: LJSpeech's."""
    cells: int = 0
    """Number of values in the header line; 0: there is none."""
    quotes: bool = False
    """Commas: whether any line has quotes."""
    always_three: bool = False
    """Commas: whether every line has three values."""


def read_metadata(metadata: Path, wavs: Path, problems: Problems) -> Iterator[tuple[str, int, str]]:
    """Id, number and text of every good line; the others, and how they are written, are noted."""
    form = _form_of(metadata, wavs)
    if form.separator != "|":
        reason = f"{SEPARATORS[form.separator]} between columns in place of |"
        problems.mend(reason, metadata.name)
    for number, line in enumerate(iterate_lines(metadata), start=1):
        if not line.strip():
            continue
        if number == 1 and form.cells:
            problems.mend("header line that names the columns", f"{metadata.name}: {line.strip()}")
            continue
        cells = _cells(line, form)
        id, text = _id_and_text(cells, form)
        if not id:
            unclear = form.always_three and not form.quotes and not form.cells
            problems.skip(NO_COLUMNS if unclear else BAD, f"line {number}")
            continue
        name = _without_place(id, wavs)
        if name != id:
            problems.mend("named wavs/ID or with a suffix in metadata.csv", name)
        yield name, number, text


def _form_of(metadata: Path, wavs: Path) -> Form:
    lines = quotes = threes = 0
    holding = dict.fromkeys(SEPARATORS, 0)
    first = ""
    for number, line in enumerate(iterate_lines(metadata), start=1):
        if line.strip():
            lines += 1
            first = line if number == 1 else first
            quotes += '"' in line
            threes += line.count(",") == 2
            for separator in SEPARATORS:
                holding[separator] += separator in line
    separator = next((s for s, count in holding.items() if 2 * count > lines), "|")
    if separator != ",":
        form = Form(separator)
    else:
        form = Form(separator, quotes=quotes > 0, always_three=threes == lines)
    names = [re.sub(r"[\s-]+", "_", cell.lower()) for cell in _cells(first, form)]
    ids = [place for place, name in enumerate(names) if name in IDS]
    texts = [place for kind in (NORMALIZED, TEXTS) for place, n in enumerate(names) if n in kind]
    if not ids or not texts or _is_audio_of(names[0], wavs):
        return form
    return Form(separator, (ids[0], *texts), len(names), form.quotes)


def _cells(line: str, form: Form) -> list[str]:
    """Values of a line; none if its quotes are not closed."""
    if form.separator != ",":
        return [cell.strip() for cell in line.split(form.separator)]
    if not form.quotes and not form.always_three and form.cells < 3:
        return [cell.strip() for cell in line.split(",", 1)]  # commas in texts
    try:
        (cells,) = csv.reader([line], strict=True, skipinitialspace=True)
    except csv.Error:
        return []
    return [cell.strip() for cell in cells]


def _id_and_text(cells: list[str], form: Form) -> tuple[str, str]:
    """Id and text; empty if the line does not have the columns of its form."""
    if form.cells:
        if len(cells) != form.cells:
            return "", ""
        return cells[form.columns[0]], next(filter(None, (cells[n] for n in form.columns[1:])), "")
    unclear = form.separator == "," and form.always_three and not form.quotes
    if len(cells) not in (2, 3) or unclear:
        return "", ""
    return cells[0], cells[-1] or cells[1]


def _without_place(id: str, wavs: Path) -> str:
    """Id without `wavs/` and an audio suffix, unless a file has that very name and a suffix."""
    folder, _, name = id.replace("\\", "/").rpartition("/")
    if folder and folder.rpartition("/")[2] != wavs.name:
        return id
    stem, suffix = os.path.splitext(name)
    if suffix.lower() not in AUDIO_SUFFIXES or _is_audio_of(name, wavs):
        return name
    return stem


def _is_audio_of(id: str, wavs: Path) -> bool:
    return any((wavs / f"{id}{suffix}").exists() for suffix in AUDIO_SUFFIXES)
