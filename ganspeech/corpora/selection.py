"""Which clips are used, which are left out and why, and which of those used are most doubtful."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from ganspeech.corpora.clips import Clip
from ganspeech.corpora.examine import Cutting
from ganspeech.corpora.sound.cutting import MARGIN
from ganspeech.corpora.sound.duplicates import copies
from ganspeech.corpora.sound.speakers import similarities
from ganspeech.corpora.texts import mismatch

LEAST_SPEECH = 0.4
"""Share of speech between the first and the last word of a clip."""
MOST_CLIPPED = 5e-4
LEAST_SIMILARITY = 0.75
"""Cosine of a clip's embedding and the main speaker's: own clips had 0.78 to 0.95, others' 0.74."""
FEWEST_SPEAKERS = 5
"""Clips below which nobody is most of them."""
PACE_RATIO, PACE_SPREADS = 1.7, 5.0
"""Times by which letters a second differ from the usual, and by how many standard deviations."""
NO_TEXT, OF_ONE, COPY = "no text found", "of another speaker than most", "a copy of another clip"
MOST_MISHEARD = 0.35
"""Share of words of an aligned text that may be heard otherwise: one unwritten sentence is more."""
MORE_SAID = "more or other words are said than its part of the transcript has"
WRONG_TEXT, PACE = "the text is not what is said", "too fast or too slow for its text"


@dataclass(frozen=True)
class Limits:
    """Least quality of a clip."""

    snr: float = 12.0
    dnsmos: float = 2.0


@dataclass(frozen=True)
class Criterion:
    """A figure of clips that has a limit."""

    name: str
    """In a few words with the unit, as a histogram's title."""
    reason: str
    """Why a clip beyond the limit is left out."""
    values: Mapping[str, float]
    """By ids of clips; those that lack it are not asked."""
    limit: float
    above: bool
    """Whether what lies above the limit is left out; False: what lies below."""

    def forbids(self, clip: Clip) -> bool:
        """Whether a clip lies beyond the limit."""
        return clip.id in self.values and self._beyond(self.values[clip.id])

    def doubt(self, clip: Clip) -> float:
        """How far a clip is on the way from the usual clip to the limit, 0 to 1."""
        if clip.id not in self.values or self._beyond(self._usual):
            return 0.0
        way = (self.values[clip.id] - self._usual) / (self.limit - self._usual or 1.0)
        return min(max(way, 0.0), 1.0)

    def _beyond(self, value: float) -> bool:
        return value > self.limit if self.above else value < self.limit

    @cached_property
    def _usual(self) -> float:
        return float(np.median(list(self.values.values())))


@dataclass(frozen=True)
class Selection:
    """What becomes of clips."""

    kept: Sequence[Clip]
    dropped: Mapping[str, Sequence[Clip]]
    """By reason."""
    doubts: Mapping[str, tuple[float, str]]
    """Of kept clips by id: how doubtful, from 0 to 1, and by which criterion."""
    criteria: Sequence[Criterion]
    notes: Sequence[str] = field(default_factory=list)

    @property
    def doubtful(self) -> list[Clip]:
        """Kept clips, the most doubtful first."""
        return sorted(self.kept, key=lambda clip: (-self.doubts[clip.id][0], clip.id))


def select(clips: Sequence[Clip], cutting: Cutting, limits: Limits) -> Selection:
    """Chooses clips; the first reason that applies counts.

    Raises `mismatch.Unmatched` where most texts are not those of their clips.
    """
    dropped: dict[str, list[Clip]] = {}
    left = list(clips)

    def drop(reason: str, those: Callable[[Clip], bool]) -> None:
        if found := [clip for clip in left if those(clip)]:
            dropped.setdefault(reason, []).extend(found)
            left[:] = [clip for clip in left if not those(clip)]

    drop("shorter than --shortest", lambda clip: clip.seconds < cutting.shortest)
    drop("no pause within --longest", lambda clip: clip.seconds > cutting.longest + 2 * MARGIN)
    criteria = _of_sound(left, limits)
    for criterion in criteria:
        drop(criterion.reason, criterion.forbids)
    twice = copies([clip.envelope for clip in left])
    ids = {left[n].id for n in twice}
    drop(COPY, lambda clip: clip.id in ids)
    notes: list[str] = []
    has_texts = any(clip.text for clip in clips)
    for find in (_of_speakers, _of_words, _of_texts, _of_pace):
        found = find(left, notes)
        if found is not None:
            criteria.append(found)
            drop(found.reason, found.forbids)
        if find is _of_speakers and has_texts:
            drop(NO_TEXT, lambda clip: not clip.text)
    return Selection(left, dropped, _doubts(left, criteria), criteria, notes)


def _doubts(clips: Sequence[Clip], criteria: Sequence[Criterion]) -> dict[str, tuple[float, str]]:
    return {
        clip.id: max((criterion.doubt(clip), criterion.name) for criterion in criteria)
        for clip in clips
    }


def _of_sound(clips: Sequence[Clip], limits: Limits) -> list[Criterion]:
    return [
        Criterion(
            "speech, share of the clip", "little of it is speech: music or noise",
            {clip.id: clip.measures.speech for clip in clips}, LEAST_SPEECH, False,
        ),
        Criterion(
            "clipped, share of samples", "clipped",
            {clip.id: clip.measures.clipped for clip in clips}, MOST_CLIPPED, True,
        ),
        Criterion(
            "signal to noise, dB", "noise, music or echo beside the speech",
            {clip.id: clip.measures.snr for clip in clips}, limits.snr, False,
        ),
        Criterion(
            "DNSMOS overall", "sounds poor by DNSMOS",
            {c.id: c.measures.dnsmos for c in clips if c.measures.dnsmos is not None},
            limits.dnsmos, False,
        ),
    ]  # fmt: skip


def _of_speakers(clips: Sequence[Clip], notes: list[str]) -> Criterion | None:
    known = [clip for clip in clips if clip.speaker is not None]
    if len(known) < FEWEST_SPEAKERS:
        return None
    cosines = similarities([clip.speaker for clip in known if clip.speaker is not None])
    values = {clip.id: float(cosine) for clip, cosine in zip(known, cosines)}
    return Criterion(
        "similarity to the main speaker, cosine", OF_ONE, values, LEAST_SIMILARITY, False
    )


def _of_words(clips: Sequence[Clip], notes: list[str]) -> Criterion | None:
    shares = {clip.id: clip.misheard for clip in clips if clip.misheard is not None}
    if not shares:
        return None
    name = "words heard otherwise, share"
    return Criterion(name, MORE_SAID, shares, MOST_MISHEARD, True)


def _of_texts(clips: Sequence[Clip], notes: list[str]) -> Criterion | None:
    misfits = {clip.id: clip.misfit for clip in clips if clip.misfit is not None}
    most = mismatch.limit(list(misfits.values()), [x for clip in clips for x in clip.others])
    if most is None:
        if misfits:
            notes.append(f"Too few texts ({len(misfits)}) to tell wrong ones from right ones.")
        return None
    return Criterion("misfit of the text", WRONG_TEXT, misfits, most, True)


def _of_pace(clips: Sequence[Clip], notes: list[str]) -> Criterion | None:
    paces = {clip.id: pace for clip in clips if (pace := clip.letters_a_second)}
    if len(paces) < mismatch.FEWEST:
        return None
    logs = np.log(list(paces.values()))
    usual = float(np.median(logs))
    spread = 1.4826 * float(np.median(np.abs(logs - usual)))
    most = max(math.log(PACE_RATIO), PACE_SPREADS * spread)
    off = {id: abs(math.log(pace) - usual) for id, pace in paces.items()}
    return Criterion("pace of the text, off the usual (ln)", PACE, off, most, True)
