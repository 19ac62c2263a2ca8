"""How long the maker takes, and a training on what it makes: by what was measured, said before."""

from collections.abc import Sequence
from dataclasses import dataclass

from ganspeech.corpora.clips import Clip

SPEECH, QUALITY, SPEAKERS, FIT, HEAR = 0.04, 0.14, 0.04, 0.04, 0.25
"""Processor seconds a second of recordings: detecting speech, DNSMOS, speakers, texts aligned
with those of others, and transcripts heard. Measured on a shared core of two."""
VOICE_MINUTES, VOICE_STEPS, RECIPE_STEPS = 108, 7475, 8500
"""Of a voice by `tts_small` on two busy cores, and the steps of its recipe."""
VOCODER_MINUTES = 39
"""Of the shipped vocoder (`vocoder_primed`), on the same cores."""
VOICE_LONGEST = 4.5
"""Seconds of the longest clips that it learned from."""
ENOUGH_MINUTES = 30
"""Minutes of recordings that a voice should have."""


@dataclass(frozen=True)
class Work:
    """What is to be done with recordings."""

    seconds: float
    """Of all recordings."""
    aligned: float
    """Of recordings with whole transcripts."""
    texts: bool
    quality: bool
    speakers: bool

    @property
    def minutes(self) -> float:
        """Minutes that it takes on two cores, a foreign recognizer's own apart."""
        cost = SPEECH + QUALITY * self.quality + SPEAKERS * self.speakers + FIT * self.texts
        return (self.seconds * cost + self.aligned * HEAR) / 60


def said(minutes: float) -> str:
    """Minutes in words, rounded up as far as such an estimate means anything."""
    if minutes < 1:
        return "less than a minute"
    if minutes < 90:
        return f"about {max(2, round(minutes))} minutes"
    return f"about {minutes / 60:.1f} hours"


@dataclass(frozen=True)
class Training:
    """The command that trains on a corpus, and how long it takes."""

    command: str
    minutes: float
    usable: float
    """Minutes of clips that it learns from."""


def training(clips: Sequence[Clip], folder: str) -> Training:
    """The training that suits a corpus: a voice where it has texts, else a vocoder.

    Rule: the steps of the recipe times the time of a step of `tts_small`, 0.87 s on two busy
    cores. It does not depend on how much there is: more recordings make a better voice, not a
    longer training.
    """
    # A tenth, and never all: the recipes hold out more than a small corpus has.
    held_out = f"--corpus.held-out {min(60, max(1, len(clips) // 10), max(0, len(clips) - 1))}"
    if not any(clip.text for clip in clips):
        usable = sum(clip.seconds for clip in clips) / 60
        command = f"ganspeech train vocoder_primed --corpus folder --corpus.root {folder}/wavs"
        return Training(f"{command} {held_out} --run runs/mine", VOCODER_MINUTES, usable)
    short = [clip for clip in clips if clip.seconds <= VOICE_LONGEST]
    buckets, factor = "", 1.0
    usable = sum(clip.seconds for clip in short) / 60
    total = sum(clip.seconds for clip in clips) / 60
    command = f"ganspeech train tts_small --corpus.root {folder} {held_out}"
    if usable < 0.9 * total:
        longest = max(clip.seconds for clip in clips)
        edges = [
            3.0,
            4.5,
            *(edge for edge in (7.0, 10.0) if edge < longest),
            -(-longest // 0.5) / 2,
        ]
        buckets = " --task.buckets " + " ".join(f"{edge:g}" for edge in dict.fromkeys(edges))
        usable, factor = total, max(1.0, (total * 60 / len(clips)) / 3.0)
    minutes = VOICE_MINUTES * RECIPE_STEPS / VOICE_STEPS * factor
    return Training(f"{command}{buckets} --run runs/voice", minutes, usable)
