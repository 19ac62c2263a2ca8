"""Strings of digits, made of recordings of single ones."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
from tqdm import tqdm

from ganspeech.audio.files import rate_of, read_audio
from ganspeech.data.corpus import Corpus, CorpusError, Problems, Utterance
from ganspeech.data.readers.made import MadeSound, made_once
from ganspeech.data.readers.spoken_digits import SpokenDigits
from ganspeech.data.readers.words import DIGITS
from ganspeech.data.utterances import Utterances
from ganspeech.process.checks import require_least

# Incremented whenever the way strings are made changes, so that no old cache is used.
VERSION = 1
FEWEST, MOST = 3, 7
"""Digits of a string."""
SHORTEST_GAP, LONGEST_GAP = 0.05, 0.15
"""Seconds of silence between two digits, and at both ends."""


@dataclass(frozen=True)
class ConnectedDigits(Corpus):
    """Random strings of three to seven digits by one speaker each, made once in the cache.

    Speakers take turns. The strings that are held out are made of other takes than those to train
    on. There is silence between all digits, so that texts should have it, too
    (`pronunciation.silence` 1).
    """

    root: str = ""
    """Folder of single digits, as the corpus spoken-digits reads it."""
    strings: int = 2000
    """Number of strings to train on."""
    held_out: int = 200
    """Number of strings that are kept from training."""
    held_out_takes: int = 300
    """Number of the last takes, of which the strings that are held out are made."""
    seed: int = 0
    """Seed of digits, takes and gaps."""

    def __post_init__(self):
        require_least(self, "corpus", 1, "strings", "held_out_takes")
        require_least(self, "corpus", 0, "held_out")

    def utterances(self, problems: Problems | None = None) -> Utterances:
        """All strings sorted by id, those held out last, made now if the cache lacks them.

        Raises `CorpusError` for a folder of other content, and for speakers without a digit.
        """
        problems = Problems() if problems is None else problems
        digits = SpokenDigits(self.root, held_out=self.held_out_takes)
        takes = digits.utterances(problems)
        train, held_out = digits.divide(takes)
        files = [[one.id, one.audio, Path(one.audio).stat().st_mtime_ns] for one in takes]
        key = [VERSION, self.strings, self.held_out, self.held_out_takes, self.seed, files]

        def make() -> Iterator[MadeSound]:
            rng = np.random.default_rng(self.seed)
            yield from _strings(train, self.strings, "a", rng)
            yield from _strings(held_out, self.held_out, "b", rng)

        return made_once("connecteddigits", key, make, problems)


def _strings(
    takes: Sequence[Utterance], count: int, prefix: str, rng: np.random.Generator
) -> Iterator[MadeSound]:
    """Makes strings; their ids begin with a prefix."""
    if not count:
        return
    audio: defaultdict[tuple[str, str], list[np.ndarray]] = defaultdict(list)
    rate = rate_of(takes[0].audio)
    for take in tqdm(takes, "reading digits", leave=False, delay=5):
        audio[take.speaker, take.text].append(read_audio(take.audio, rate)[0])
    speakers = sorted({take.speaker for take in takes})
    if missing := [pair for pair in product(speakers, DIGITS) if pair not in audio]:
        speaker, word = missing[0]
        raise CorpusError(
            f"connected digits: {word} by {speaker} is not among {len(takes)} takes: change "
            "corpus.held_out_takes"
        )
    for n in range(count):
        speaker = speakers[n % len(speakers)]
        spoken = [DIGITS[i] for i in rng.integers(len(DIGITS), size=rng.integers(FEWEST, MOST + 1))]
        parts = [_gap(rng, rate)]
        for word in spoken:
            choice = audio[speaker, word]
            parts += [choice[rng.integers(len(choice))], _gap(rng, rate)]
        yield MadeSound(f"{prefix}{n:05d}", " ".join(spoken), speaker, np.concatenate(parts), rate)


def _gap(rng: np.random.Generator, rate: int) -> np.ndarray:
    return np.zeros(round(rng.uniform(SHORTEST_GAP, LONGEST_GAP) * rate), np.float32)
