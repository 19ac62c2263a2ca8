"""Preparation of a corpus for training: recordings are checked, and converted once to a table."""

import hashlib
import json
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from tqdm import tqdm

from ganspeech.audio.spec import AudioSpec
from ganspeech.data.acoustic_features import LogMels, acoustic_features
from ganspeech.data.cache import build_in_parts, cache_root, digest
from ganspeech.data.convert import convert_all
from ganspeech.data.corpus import NAMES_KEPT, Corpus, CorpusError, Names, Problems, Utterance
from ganspeech.data.readers.mixture import Mixture
from ganspeech.data.recordings import Recording
from ganspeech.data.rows import BUFFERED, compact
from ganspeech.data.table import Recordings, joined, lengths, table_of

# Incremented whenever the conversion or its files change, so that no old cache is used.
VERSION = 4


class Features(NamedTuple):
    """Log-mels of the recordings to train on, and of those held out."""

    train: LogMels
    held_out: LogMels


@dataclass(frozen=True)
class Prepared:
    """Recordings of a corpus to train on and those held out, and problems with others.

    `fingerprint` is a digest of the content: rate, ids, texts, speakers, lengths and the bytes of
    the source files, wherever they are. It does not depend on how many are held out.
    """

    train: Sequence[Recording]
    held_out: Sequence[Recording]
    problems: Problems
    fingerprint: str
    features: Features | None = None
    """Log-mels that an acoustic model made, if the corpus brings any."""

    def first(self, minutes: float, sample_rate: int) -> "Prepared":
        """The same with the first minutes of what is trained on, at least a recording; 0: all."""
        if not minutes:
            return self
        ends = np.cumsum(lengths(self.train))
        count = np.searchsorted(ends, minutes * 60 * sample_rate, side="right")
        return replace(self, train=self.train[: max(1, int(count))])


def prepare(
    corpus: Corpus,
    sample_rate: int,
    *,
    minimum_seconds: float,
    cache: str | Path | None = None,
    features: AudioSpec | None = None,
    progress: bool = True,
) -> Prepared:
    """Reads a corpus into the cache, or finds it there: mono, `sample_rate` Hz, peak at 0.95.

    Unreadable, silent, too short and non-finite recordings are skipped; other rates and several
    channels are converted, recordings beyond full scale are scaled by the rule of
    `ganspeech.audio.full_scale`, and those cut off are used as far as they go. Each reason is
    printed on standard error with its count and first names, and `Prepared.problems` has the first
    thousands of them. `corpus.divide` decides which usable ones are held out: the last
    `corpus.held_out` by id, or whole speakers.

    The cache is `cache`, else `$GANSPEECH_CACHE`, else `~/.cache/ganspeech`, and is rebuilt
    when a file's size or time changes; one cache serves every `minimum_seconds`. A killed
    run leaves nothing that a later one would take for complete, and the next one goes on from its
    last part; of several processes that prepare at once on a machine, one works and the others
    wait. Memory does not grow with the corpus, but for a few bytes a recording. Raises
    `CorpusError` when nothing is usable, when `held_out` leaves nothing to train on, and for a
    cache that is damaged or cannot be written. The parts of a `Mixture` are prepared one by one.

    `features` is the spec of the log-mels that a corpus may bring (`corpus.features`): recordings
    without them are skipped. Without a spec, and in a mixture, such a corpus is refused.
    """
    if corpus.features and features is None:
        raise CorpusError("--corpus.features are for vocoders trained on one corpus: leave it out")
    if isinstance(corpus, Mixture):
        settings: dict[str, Any] = {"minimum_seconds": minimum_seconds, "cache": cache}
        parts = [prepare(p, sample_rate, **settings, progress=progress) for p in corpus.parts]
        return _together(parts)
    problems = Problems()
    utterances, name = corpus.utterances(problems), type(corpus).__name__
    folder = cache_root(cache) / f"{name.lower()}-{sample_rate}-{_key(utterances, sample_rate)}"
    _convert(utterances, sample_rate, folder, name if progress else "")
    recordings, found, fingerprint = _load(folder, sample_rate, minimum_seconds)
    problems.add(found)
    problems.tell(name)
    if not recordings:
        raise CorpusError(
            f"{name}: none of the {len(utterances)} recordings is usable, the "
            f"first being {utterances[0].audio}: {'; '.join(problems.lines())}"
        )
    prepared = Prepared(*corpus.divide(recordings), problems, fingerprint)
    if features is None or not corpus.features:
        return prepared
    return _with_features(prepared, corpus.features, features, cache_root(cache), progress)


def _convert(
    utterances: Sequence[Utterance], sample_rate: int, folder: Path, shown_as: str
) -> None:
    """Makes the table of a corpus unless it exists already; with a name, under a bar."""

    def fill(partial: Path, done: int) -> Iterator[int]:
        bar = tqdm(
            initial=done,
            total=len(utterances),
            desc=f"preparing {shown_as}",
            unit="utterance",
            disable=not shown_as,
        )
        with bar:
            yield from convert_all(utterances, partial, done, sample_rate, bar.update)

    build_in_parts(folder, fill)


def _with_features(
    prepared: Prepared, folder: str, spec: AudioSpec, cache: Path, progress: bool
) -> Prepared:
    """Those of the recordings that have log-mels, with these."""
    read = partial(acoustic_features, features=folder, spec=spec, cache=cache, progress=progress)
    train, mels, problems = read(prepared.train)
    held_out, other, more = read(prepared.held_out)
    problems.add(more)
    problems.tell(folder)
    if not train:
        lines = "; ".join(problems.lines())
        raise CorpusError(f"{folder} has no usable features of the recordings: {lines}")
    prepared.problems.add(problems)
    fingerprint = digest([prepared.fingerprint, mels.folder, other.folder])
    return Prepared(train, held_out, prepared.problems, fingerprint, Features(mels, other))


def _together(parts: list[Prepared]) -> Prepared:
    problems = Problems()
    for part in parts:
        problems.add(part.problems)
    return Prepared(
        train=joined([part.train for part in parts]),
        # In turn, so that the first few that a run shows are from every corpus.
        held_out=joined([part.held_out for part in parts], in_turn=True),
        problems=problems,
        fingerprint=digest([part.fingerprint for part in parts]),
    )


def _key(utterances: Sequence[Utterance], sample_rate: int) -> str:
    """Digest of what the conversion depends on."""
    key = hashlib.blake2b(json.dumps([VERSION, sample_rate]).encode(), digest_size=10)
    for utterance in utterances:
        key.update(json.dumps(_identity(utterance)).encode())
    return key.hexdigest()


def _identity(utterance: Utterance) -> list[object]:
    try:
        found = os.stat(utterance.audio)
        size, time = found.st_size, found.st_mtime_ns
        if not stat.S_ISREG(found.st_mode):
            size, time = 0, 0
    except OSError:
        size, time = 0, 0
    path = os.path.abspath(utterance.audio)
    return [utterance.id, path, utterance.text, utterance.speaker, size, time]


def _load(
    folder: Path, sample_rate: int, minimum_seconds: float
) -> tuple[Recordings, Problems, str]:
    """Recordings that are long enough, problems with others, and the fingerprint of the former."""
    table_of.cache_clear()  # the folder may be another one of the same name
    table = table_of(str(folder))
    recordings = Recordings([str(folder)], [0], range(len(table)))
    samples, outcome = table.rows["samples"], table.rows["outcome"]
    usable = samples > 0
    short = usable & (samples < minimum_seconds * sample_rate)
    found = Problems()
    for number, (skipped, mended) in enumerate(table.outcomes):
        for reason in skipped:
            _note(found.skipped, reason, recordings, outcome == number)
        for reason in mended:
            _note(found.mended, reason, recordings, (outcome == number) & ~short)
    _note(found.skipped, f"shorter than {minimum_seconds:g} s", recordings, short)
    kept = recordings.at(compact(np.flatnonzero(usable & ~short)))
    return kept, found, _fingerprint(kept, sample_rate)


def _note(
    problems: dict[str, Names], reason: str, recordings: Recordings, those: np.ndarray
) -> None:
    places = np.flatnonzero(those)
    if len(places):
        names = [recording.id for recording in recordings.at(places[:NAMES_KEPT])]
        problems.setdefault(reason, Names()).add(names, max(len(places) - NAMES_KEPT, 0))


def _fingerprint(recordings: Recordings, sample_rate: int) -> str:
    content = hashlib.blake2b(str(sample_rate).encode(), digest_size=16)
    for start in range(0, len(recordings), BUFFERED):
        part = recordings[start : start + BUFFERED]
        for recording, file in zip(part, part.column("content").tolist()):
            row = [recording.id, recording.text, recording.speaker, recording.samples, file.hex()]
            content.update(json.dumps(row).encode())
    return content.hexdigest()
