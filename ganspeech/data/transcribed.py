"""Recordings with their transcripts as labels: what can be learned from, and what is left out."""

import bisect
import functools
import hashlib
import itertools
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from tqdm import tqdm

from ganspeech.data.corpus import CorpusError, Problems
from ganspeech.data.prepare import Prepared, Recording
from ganspeech.text.vocabulary import EmptyText, UnknownSymbols


class Labels(Protocol):
    """Encoder of transcripts as numbers: a vocabulary, or the reading of a voice."""

    def encode(self, text: str) -> tuple[int, ...]:
        """A text's labels; `EmptyText` and `UnknownSymbols` as of a vocabulary."""
        ...


def outputs_needed(labels: Sequence[int]) -> int:
    """Number of outputs that CTC needs: one a label, and a blank between equal neighbors."""
    return len(labels) + sum(a == b for a, b in itertools.pairwise(labels))


@dataclass(frozen=True)
class Line:
    """A recording and what is said in it."""

    recording: Recording
    labels: tuple[int, ...]
    """Places in the vocabulary's symbols; of a recognizer never 0, the blank."""
    least_samples: int = 1
    """How long the recording must last for there to be an output for every label."""
    speaker: int = 0
    """The speaker's place among those that are told apart."""


@dataclass(frozen=True)
class Transcribed:
    """The lines for training and those kept from it, and what was wrong with others.

    `fingerprint` names the recordings' content and all labels, whatever is held out or shared.
    """

    train: list[Line]
    held_out: list[Line]
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
) -> Transcribed:
    """The recordings whose transcripts can be learned, with their labels.

    Left out are recordings without a transcript, with symbols that the vocabulary lacks, longer
    than the longest of `buckets` (seconds), and with fewer outputs than `needed` for their
    labels: for CTC (Graves et al. 2006) those without which its loss is infinite. `frames_of`
    says how many outputs so many samples have; it must not fall. Where `speakers` are told apart,
    others are left out too. Each reason is printed on standard error with its count and first
    names; all are in `problems`, after those of `prepared`.

    `share` of the training lines is kept: of every speaker the first, texts in turn where they
    recur, and one at least. `CorpusError` when nothing is left to train on.
    """
    if not 0 < share <= 1:
        raise ValueError(f"share must be above 0 and at most 1, it is {share}")
    if not buckets or min(buckets) <= 0:
        raise ValueError(f"buckets must be seconds above 0, they are {tuple(buckets)}")
    problems, longest = Problems(), round(max(buckets) * sample_rate)
    places = {speaker: place for place, speaker in enumerate(speakers)}

    @functools.cache
    def least_samples(outputs: int) -> int:
        return bisect.bisect_left(range(longest + 1), outputs, key=frames_of)

    def line(recording: Recording) -> Line | None:
        if (labels := _labels(recording, vocabulary, problems)) is None:
            return None
        least = least_samples(needed(labels))
        if recording.samples > longest:
            problems.skip(f"longer than the longest bucket of {max(buckets):g} s", recording.id)
        elif recording.samples < least:
            problems.skip("too short for so many labels", recording.id)
        elif speakers and recording.speaker not in places:
            problems.skip("of another speaker", f"{recording.id}: {recording.speaker!r}")
        else:
            return Line(recording, labels, least, places.get(recording.speaker, 0))
        return None

    # Phonemes of thousands of lines take minutes.
    parts = (tqdm(part, "transcripts", delay=5) for part in (prepared.train, prepared.held_out))
    train, held_out = ([found for one in part if (found := line(one))] for part in parts)
    for told in problems.lines():
        print(f"transcripts: {told}", file=sys.stderr)
    if not train:
        raise CorpusError(
            f"none of the {len(prepared.train)} recordings to train on has a transcript that can "
            f"be learned: {'; '.join(problems.lines())}"
        )
    fingerprint = _fingerprint(prepared, [*train, *held_out])
    return Transcribed(_shared(train, share), held_out, _joined(prepared, problems), fingerprint)


def _labels(recording: Recording, vocabulary: Labels, problems: Problems) -> tuple[int, ...] | None:
    try:
        return vocabulary.encode(recording.text)
    except EmptyText:
        problems.skip("no transcript", recording.id)
    except UnknownSymbols as error:
        problems.skip(error.what, f"{recording.id}: {' '.join(map(repr, error.symbols))}")
    return None


def _fingerprint(prepared: Prepared, lines: Sequence[Line]) -> str:
    content = hashlib.blake2b(prepared.fingerprint.encode(), digest_size=16)
    # Sorted, since what is held out moves between the lists.
    for told in sorted(f"{line.recording.id} {line.labels}" for line in lines):
        content.update(told.encode())
    return content.hexdigest()


def _joined(prepared: Prepared, problems: Problems) -> Problems:
    joined = Problems()
    joined.add(prepared.problems)
    joined.add(problems)
    return joined


def _shared(lines: Sequence[Line], share: float) -> list[Line]:
    by_speaker: dict[str, list[int]] = defaultdict(list)
    for place, line in enumerate(lines):
        by_speaker[line.recording.speaker].append(place)
    kept: list[int] = []
    taken: Counter[tuple[int, ...]] = Counter()
    for places in by_speaker.values():
        # A speaker begins with what the speakers before were heard to say least often, so that few
        # lines of each still are of all classes.
        turns, ranks = taken.copy(), {}
        for place in places:
            ranks[place] = turns[lines[place].labels]
            turns[lines[place].labels] += 1
        chosen = sorted(places, key=ranks.__getitem__)[: max(1, round(share * len(places)))]
        taken.update(lines[place].labels for place in chosen)
        kept += chosen
    return [lines[place] for place in sorted(kept)]
