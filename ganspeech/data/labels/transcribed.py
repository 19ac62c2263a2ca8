"""Recordings with their transcripts as labels, without those that cannot be learned."""

import bisect
import dataclasses
import functools
import hashlib
import itertools
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from tqdm import tqdm

from ganspeech.data.corpus import CorpusError, Problems
from ganspeech.data.labels.id_lines import written_id
from ganspeech.data.labels.labeled import LabeledRecording, LabeledRecordings, Line, labeled
from ganspeech.data.labels.symbol_ends import EndsOf
from ganspeech.data.prepare import Prepared
from ganspeech.data.recordings import Recording
from ganspeech.data.sorting import sorted_rows
from ganspeech.text.vocabulary import EmptyText, UnknownSymbols


class Labels(Protocol):
    """Encoder of transcripts to ids: a vocabulary, or the text processing of a voice."""

    def encode(self, text: str) -> tuple[int, ...]:
        """Labels of a text; raises `EmptyText` and `UnknownSymbols` like a vocabulary."""
        ...


def outputs_needed(labels: Sequence[int]) -> int:
    """Number of outputs that CTC needs: one per label, and a blank between equal neighbors."""
    return len(labels) + sum(a == b for a, b in itertools.pairwise(labels))


@dataclass(frozen=True)
class Transcribed:
    """Recordings to train on and those held out, and problems with others.

    `fingerprint` is a digest of all content and labels, whatever is held out or shared.
    """

    train: Sequence[LabeledRecording]
    held_out: Sequence[LabeledRecording]
    problems: Problems
    fingerprint: str


def transcribed(
    prepared: Prepared,
    vocabulary: Labels,
    *,
    buckets: Sequence[float],
    sample_rate: int,
    frames_of: Callable[[int], int],
    needed: Callable[[Sequence[int]], int] = outputs_needed,
    speakers: Sequence[str] = (),
    share: float = 1.0,
    told: Mapping[str, str] | None = None,
    ends_of: EndsOf | None = None,
) -> Transcribed:
    """Labels the recordings whose transcripts can be learned.

    Left out are recordings without a transcript, with symbols that the vocabulary lacks, longer
    than the longest of `buckets` (seconds), and with fewer outputs than `needed` for their
    labels: for CTC (Graves et al. 2006) the fewest with a finite loss. `frames_of` maps samples to
    outputs and must not decrease. With `speakers`, recordings of others are left out too. Each
    reason is printed on standard error with its count and first names; all are in `problems`, after
    those of `prepared`.

    `ends_of` a recording's id and labels are the ends of the labels, in ticks; recordings of which
    it knows none are left out, too.

    `share` of the training recordings is kept: each speaker's first, recurring texts in turn, and
    at least one. The others are learned with what they are `told` to say, by `written_id`, if
    anything.
    Raises `CorpusError` when nothing is left to train on.
    """
    if not 0 < share <= 1:
        raise ValueError(f"share must be above 0 and at most 1, not {share}")
    if not buckets or min(buckets) <= 0:
        raise ValueError(f"buckets must be seconds above 0, not {tuple(buckets)}")
    problems = Problems()
    places = {speaker: place for place, speaker in enumerate(speakers)}
    table = _Table(
        vocabulary, problems, max(buckets), sample_rate, frames_of, needed, places, ends_of
    )
    train = table.of(prepared.train)
    kept = _shared(train, share)
    if told is not None:
        known = {written_id(line.recording.id): line.recording.text for line in kept}
        # What has no transcript, or a bad one, may have been told one.
        problems = Problems()
        told_table = dataclasses.replace(table, problems=problems, texts={**told, **known})
        train = kept = told_table.of(prepared.train)
    held_out = dataclasses.replace(table, problems=problems).of(prepared.held_out)
    problems.tell("transcripts")
    if not train:
        raise CorpusError(
            f"none of the {len(prepared.train)} recordings to train on has a transcript that can "
            f"be learned: {'; '.join(problems.lines())}"
        )
    fingerprint = _fingerprint(prepared, train, held_out)
    return Transcribed(kept, held_out, _joined(prepared, problems), fingerprint)


@dataclass(frozen=True)
class _Table:
    """Makes tables of the recordings that can be learned, and notes problems with the others."""

    vocabulary: Labels
    problems: Problems
    seconds: float
    """Length of the longest recordings."""
    sample_rate: int
    frames_of: Callable[[int], int]
    needed: Callable[[Sequence[int]], int]
    places: Mapping[str, int]
    """Index of each speaker; empty: all are learned."""
    ends_of: EndsOf | None
    texts: Mapping[str, str] | None = None
    """Texts by id in place of the recordings' own."""

    def of(self, part: Sequence[Recording]) -> LabeledRecordings:
        return labeled(part, self._lines(part))

    def _lines(self, part: Sequence[Recording]) -> Iterator[Line]:
        # Phonemes of thousands of lines take minutes.
        for index, recording in enumerate(tqdm(part, "transcripts", delay=5)):
            if (labels := self._labels(recording)) is None:
                continue
            least = self._least_samples(self.needed(labels))
            ends = self.ends_of(recording.id, labels) if self.ends_of else ()
            if not self._hindered(recording, least, ends):
                yield Line(index, labels, least, self.places.get(recording.speaker, 0), ends)

    def _labels(self, recording: Recording) -> tuple[int, ...] | None:
        id, text = recording.id, recording.text
        if self.texts is not None:
            text = self.texts.get(written_id(id), "")
        try:
            return self.vocabulary.encode(text)
        except EmptyText:
            self.problems.skip("no transcript", id)
        except UnknownSymbols as error:
            self.problems.skip(error.what, f"{id}: {' '.join(map(repr, error.symbols))}")
        return None

    def _hindered(self, recording: Recording, least: int, ends: Sequence[int]) -> bool:
        """Notes why a recording cannot be learned; returns whether there is a reason."""
        if recording.samples > self._longest:
            reason = f"longer than the longest bucket of {self.seconds:g} s", recording.id
        elif recording.samples < least:
            reason = "too short for its labels", recording.id
        elif self.ends_of and not ends:
            reason = "ends are of other symbols, or of none", recording.id
        elif self.places and recording.speaker not in self.places:
            reason = "of another speaker", f"{recording.id}: {recording.speaker!r}"
        else:
            return False
        self.problems.skip(*reason)
        return True

    @property
    def _longest(self) -> int:
        return round(self.seconds * self.sample_rate)

    @functools.cached_property
    def _least_samples(self) -> Callable[[int], int]:
        @functools.cache
        def least(outputs: int) -> int:
            return bisect.bisect_left(range(self._longest + 1), outputs, key=self.frames_of)

        return least


def _fingerprint(prepared: Prepared, *parts: Sequence[LabeledRecording]) -> str:
    content = hashlib.blake2b(prepared.fingerprint.encode(), digest_size=16)
    lines = itertools.chain.from_iterable(parts)
    # Sorted, since what is held out moves between the lists.
    entries = ((f"{one.recording.id} {one.labels}{one.ends or ''}",) for one in lines)
    for (entry,) in sorted_rows(entries):
        content.update(entry.encode())
    return content.hexdigest()


def _joined(prepared: Prepared, problems: Problems) -> Problems:
    joined = Problems()
    joined.add(prepared.problems)
    joined.add(problems)
    return joined


def _shared(lines: LabeledRecordings, share: float) -> LabeledRecordings:
    if share == 1:
        return lines
    by_speaker: dict[str, list[int]] = defaultdict(list)
    texts = []
    for index, line in enumerate(lines):
        by_speaker[line.recording.speaker].append(index)
        texts.append(hash(line.labels))
    kept: list[int] = []
    taken: Counter[int] = Counter()
    for indices in by_speaker.values():
        # A speaker starts with the texts that were kept least often of earlier speakers, so that a
        # few lines of each still cover all classes.
        own: Counter[int] = Counter()
        ranks = {}
        for index in indices:
            text = texts[index]
            ranks[index] = taken[text] + own[text]
            own[text] += 1
        chosen = sorted(indices, key=ranks.__getitem__)[: max(1, round(share * len(indices)))]
        taken.update(texts[index] for index in chosen)
        kept += chosen
    return lines.take(np.sort(np.asarray(kept, np.int64)))
