"""Short pieces of other recordings: what a recognizer of a few words must not take for one."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from tqdm import tqdm

from ganspeech.audio.files import rate_of, read_audio
from ganspeech.data.corpus import Corpus, CorpusError, Problems, Utterance
from ganspeech.data.readers.embedded import EmbeddedSpeech
from ganspeech.data.readers.made import MadeSound, made_once
from ganspeech.data.utterances import Utterances
from ganspeech.process.checks import require_least, require_share

# Incremented whenever the way pieces are made changes, so that no old cache is used.
VERSION = 1
TEXT = "other"
"""Text of a piece, which no vocabulary of few words should have."""
QUIET = 0.1
"""Share of its recording's peak that a piece must reach: pauses are easily told from words."""
TRIES = 20
"""Draws of a piece before its recording is given up for another."""


@dataclass(frozen=True)
class OtherSounds(Corpus):
    """Pieces of random length from random places of another corpus, made once in the cache.

    With `share` 0.5, pieces of recorded words are at most half of one: cut-up words. Pieces that
    are held out are made of recordings that the other corpus holds out.
    """

    of: Corpus = EmbeddedSpeech()
    """Corpus of speech or noise that pieces are cut from."""
    pieces: int = 2000
    """Number of pieces to train on."""
    held_out: int = 60
    """Number of pieces that are kept from training."""
    seconds: tuple[float, float] = (0.3, 0.9)
    """Shortest and longest piece, in seconds."""
    share: float = 1.0
    """Longest piece as a share of its recording, above 0."""
    seed: int = 0
    """Seed of recordings, places and lengths."""

    def __post_init__(self):
        require_least(self, "corpus", 1, "pieces")
        require_least(self, "corpus", 0, "held_out")
        require_share(self, "corpus", "share")
        if not 0 < self.seconds[0] <= self.seconds[1]:
            raise ValueError(
                f"corpus.seconds must be two lengths above 0, the shorter first, not {self.seconds}"
            )

    def utterances(self, problems: Problems | None = None) -> Utterances:
        """All pieces sorted by id, those held out last, made now if the cache lacks them.

        Raises `CorpusError` as the other corpus does, and where recordings are too short.
        """
        problems = Problems() if problems is None else problems
        found = self.of.utterances(problems)
        train, held_out = self.of.divide(found)
        files = [[one.id, one.audio, Path(one.audio).stat().st_mtime_ns] for one in found]
        settings = {name: value for name, value in asdict(self).items() if name != "of"}
        key = [VERSION, settings, len(held_out), files]

        def make() -> Iterator[MadeSound]:
            rng = np.random.default_rng(self.seed)
            yield from self._cut(train, self.pieces, "a", rng)
            yield from self._cut(held_out, self.held_out, "b", rng)

        return made_once("othersounds", key, make, problems)

    def _cut(
        self, recordings: Sequence[Utterance], count: int, prefix: str, rng: np.random.Generator
    ) -> Iterator[MadeSound]:
        """Cuts pieces; their ids begin with a prefix."""
        if not count:
            return
        if not recordings:
            raise CorpusError("other sounds: the corpus they are cut from holds nothing out")
        name = type(self.of).__name__.lower()
        failures = 0
        for n in tqdm(range(count), "cutting other sounds", leave=False, delay=5):
            piece = None
            while piece is None:
                one = recordings[int(rng.integers(len(recordings)))]
                rate = rate_of(one.audio)
                piece = self._piece(read_audio(one.audio, rate)[0], rate, rng)
                failures += piece is None
                if failures > TRIES * count:
                    raise CorpusError(
                        f"other sounds: recordings such as {one.audio} have no pieces of "
                        f"{self.seconds[0]:g} s: lower corpus.seconds, or raise corpus.share"
                    )
            yield MadeSound(f"{prefix}{n:06d}_{name}", TEXT, one.speaker, piece, rate)

    def _piece(self, audio: np.ndarray, rate: int, rng: np.random.Generator) -> np.ndarray | None:
        """A piece that is not too quiet; None if none was found."""
        longest = min(self.seconds[1] * rate, self.share * len(audio))
        shortest = self.seconds[0] * rate
        if longest < shortest:
            return None
        for _ in range(TRIES):
            length = round(rng.uniform(shortest, longest))
            start = rng.integers(len(audio) - length + 1)
            piece = audio[start : start + length]
            if np.abs(piece).max() >= QUIET * np.abs(audio).max() > 0:
                return piece
        return None
