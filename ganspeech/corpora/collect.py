"""All recordings examined, and clips selected; and the folder that a corpus is made in."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from tqdm import tqdm

from ganspeech.corpora.clips import Clip, Fault
from ganspeech.corpora.examine import Cutting, Examination
from ganspeech.corpora.journal import Journal
from ganspeech.corpora.selection import Limits, Selection, select
from ganspeech.corpora.sound import measures, speakers
from ganspeech.corpora.sources import Source
from ganspeech.corpora.texts.judges import Judge
from ganspeech.corpora.texts.mismatch import others_like
from ganspeech.corpora.texts.tables import Texts
from ganspeech.corpora.times import Work
from ganspeech.process.locks import locked
from ganspeech.process.writing import naming_path, write_whole

MARK, JOURNALS, LOCK = "corpus.json", ".journals", ".lock"
VERSION = 1
"""Incremented whenever what is kept of a recording changes, so that no old journal is used."""


@dataclass(frozen=True)
class Made:
    """A corpus, ready to be written and shown."""

    selection: Selection
    faults: Sequence[Fault]
    notes: Sequence[str]


@contextmanager
def own_folder(folder: Path, recordings: Path) -> Iterator[None]:
    """Holds a folder that this maker made, or makes; raises ValueError for any other."""
    inside, outside = folder.resolve(), recordings.resolve()
    if inside == outside or inside.is_relative_to(outside) or outside.is_relative_to(inside):
        raise ValueError(f"{folder} and {recordings} lie in each other: name another folder")
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"{folder} is a file: name a folder")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / MARK).is_file():
        raise ValueError(f"{folder} holds other things: name a new folder")
    with naming_path(folder):
        folder.mkdir(parents=True, exist_ok=True)
    mark = (json.dumps({"recordings": str(outside)}, ensure_ascii=False) + "\n").encode()
    if not (folder / MARK).is_file():
        write_whole(folder / MARK, mark)
    elif (folder / MARK).read_bytes() != mark:
        # Its clips would be removed as ones that are not used any more.
        raise ValueError(f"{folder} is a corpus of other recordings: name another folder")
    with locked(folder / LOCK, str(folder)):
        yield


def work_of(sources: Sequence[Source], texts: Texts, cutting: Cutting, judge: Judge | None) -> Work:
    """What is to be done."""
    long = (s for s in sources if s.seconds > cutting.longest and s.id in texts.said)
    return Work(
        seconds=sum(source.seconds for source in sources),
        aligned=sum(source.seconds for source in long) if judge else 0.0,
        texts=judge is not None and bool(texts.said),
        quality=not measures.lacking(),
        speakers=not speakers.lacking(),
    )


def collect(
    folder: Path,
    sources: Sequence[Source],
    texts: Texts,
    *,
    cutting: Cutting,
    limits: Limits,
    judge: Judge | None,
    hidden: bool,
) -> Made:
    """Examines all recordings and selects clips; what was examined before is not examined again."""
    clips, faults = list[Clip](), list[Fault]()
    total = round(sum(source.seconds for source in sources))
    pool = list(texts.said.values())
    with tqdm(total=total, desc="examining", unit="s", dynamic_ncols=True, disable=hidden) as bar:
        seconds = 0.0

        def tick(more: float) -> None:
            nonlocal seconds
            seconds += more
            bar.update(min(round(seconds), total) - bar.n)

        examination = Examination(cutting, judge, tick, hidden=hidden)
        for source in sources:
            said = texts.said.get(source.id, "")
            about = judge.about if judge else ""
            key = [VERSION, str(source.path), *source.state, asdict(cutting), said, about]
            journal = Journal(folder / JOURNALS / f"{source.name}.jsonl", key)
            before = seconds
            found = examination.clips(source, said, others_like(said, pool), journal)
            if isinstance(found, Fault):
                faults.append(found)
            else:
                clips += found
            tick(max(0.0, source.seconds - (seconds - before)))
    selection = select(clips, cutting, limits)
    return Made(selection, faults, [*texts.notes, *_lacking(texts, judge), *selection.notes])


def _lacking(texts: Texts, judge: Judge | None) -> Iterator[str]:
    if measures.lacking():
        missing = " ".join(measures.lacking())
        yield f"Quality was not rated by DNSMOS: pip install {missing}"
    if speakers.lacking():
        yield (
            "Speakers were not compared, so clips of another one may be used: "
            f"pip install --no-deps {speakers.PACKAGE}"
        )
    if judge is None and texts.said:
        yield "Texts were not compared with what is said (--recognizer none)."
