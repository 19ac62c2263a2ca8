"""Texts of recordings as people have them: one table, a text for each, or a whole transcript."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from ganspeech.corpora.sources import Source
from ganspeech.data.corpus import CorpusError, Problems, iterate_lines
from ganspeech.data.readers.metadata import read_metadata
from ganspeech.evaluation.recognition.texts import read_texts
from ganspeech.process.messages import shown


@dataclass(frozen=True)
class Texts:
    """What is said to be said in recordings, by their ids."""

    said: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    """Texts without a recording, and recordings without a text."""


def texts_for(texts: Path, sources: Sequence[Source]) -> Texts:
    """Texts from a file or a folder.

    A file is a table, `metadata.csv` of LJSpeech or lines `ID TEXT`, or, where there is one
    recording, its transcript. A folder has `ID.txt` for each recording. Raises ValueError, naming
    the file, for anything else, and where no text belongs to a recording.
    """
    if texts.is_dir():
        found = {
            path.relative_to(texts).with_suffix("").as_posix(): _whole(path)
            for path in sorted(texts.rglob("*.txt"))
        }
        if not found:
            raise ValueError(f"{texts} holds no ID.txt with the text of the recording ID")
        return _matched(found, sources, texts)
    if not texts.is_file():
        raise ValueError(f"no such file or folder of texts: {texts}")
    if not texts.read_bytes().strip():
        raise ValueError(f"{texts} is empty: write lines ID|text or ID TEXT, or a transcript")
    tables = [table for table in (_metadata(texts), _lines(texts)) if table]
    best = max(tables, key=lambda table: _common(table, sources), default={})
    if _common(best, sources):
        return _matched(best, sources, texts)
    if len(sources) == 1:
        return _matched({sources[0].id: _whole(texts)}, sources, texts)
    first = next(iter(best), "")
    raise ValueError(
        f"{texts} names none of the {len(sources)} recordings ({sources[0].id}, …), its first id "
        f"is {shown(first)}: write lines ID|text or ID TEXT; the transcript of one long recording "
        "goes with that recording alone, or into a folder as ID.txt"
    )


def _matched(found: Mapping[str, str], sources: Sequence[Source], texts: Path) -> Texts:
    by_name = _by_name(sources)
    said = {by_name[id]: text for id, text in found.items() if id in by_name and text.strip()}
    if not said:
        raise ValueError(
            f"{texts} has a text for none of the recordings: its first id is "
            f"{shown(next(iter(found)))}, and the first recording {shown(sources[0].id)}"
        )
    problems = Problems()
    for id in found:
        if id not in by_name:
            problems.skip(f"texts of {texts.name} without a recording", id)
    for source in sources:
        if source.id not in said:
            problems.skip(f"recordings without a text in {texts.name}", source.id)
    return Texts(said, tuple(problems.lines()))


def _by_name(sources: Sequence[Source]) -> dict[str, str]:
    """Ids by the names that tables may have for them: the id, and the last part of it."""
    stems: dict[str, list[str]] = {}
    for source in sources:
        stems.setdefault(PurePosixPath(source.id).name, []).append(source.id)
    short = {stem: ids[0] for stem, ids in stems.items() if len(ids) == 1}
    return short | {source.id: source.id for source in sources}


def _common(table: Mapping[str, str], sources: Sequence[Source]) -> int:
    return len(table.keys() & _by_name(sources).keys())


def _metadata(path: Path) -> dict[str, str]:
    return {id: text for id, _, text in read_metadata(path, path.parent / "wavs", Problems())}


def _lines(path: Path) -> dict[str, str]:
    try:
        return read_texts(path, Problems())
    except ValueError:
        return {}


def _whole(path: Path) -> str:
    """All of a text file; raises `CorpusError` for another encoding, and an empty one."""
    text = "\n".join(line.strip() for line in iterate_lines(path)).strip()
    if not text:
        raise CorpusError(f"{path} is empty: it should hold what is said in the recording")
    return text
