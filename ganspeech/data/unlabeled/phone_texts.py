"""Sentences as rows of phones, with silence between some of their words."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from jaxtyping import Int32
from tqdm import tqdm

from ganspeech.data.corpus import CorpusError, Problems
from ganspeech.data.unlabeled.unpaired import SILENCE
from ganspeech.process.checks import require_share
from ganspeech.text.phonemes.word_phones import PROGRAMS, word_phones
from ganspeech.text.vocabulary import NAMES_SHOWN, UnknownSymbols

SILENT = "<SIL>"
"""Name of silence in inventories."""
FEWEST_SENTENCES = 100
"""Fewest sentences from which the order of phones can be learned."""
RARE = 10
"""Occurrences below which a phone is reported, as too rare to be learned."""

Words = list[tuple[str, ...]]
"""Phones of each word of a sentence."""


@dataclass(frozen=True)
class Pronunciation:
    """How sentences become phones."""

    front: str = "gruut"
    """Program that gives phones, gruut or espeak, or the file of a lexicon of ARPAbet such as
    CMU's."""
    language: str = "en-us"
    """Language as the program names it; a lexicon needs none."""
    inventory: tuple[str, ...] = ()
    """Phones in the order of their indices, from 1, since 0 is silence; empty: all that occur."""
    silence: float = 0.25
    """Probability of silence between two words; there always is some at both ends."""

    def __post_init__(self):
        require_share(self, "pronunciation", "silence")
        if len({SILENT, *self.inventory}) <= len(self.inventory):
            raise ValueError(
                f"pronunciation.inventory must be different phones without {SILENT}, not "
                f"{self.inventory}"
            )

    @property
    def lexicon(self) -> str:
        """File of the lexicon; empty for a program."""
        return "" if self.front in PROGRAMS else self.front

    def words(self, texts: Iterable[tuple[str, str]], problems: Problems) -> dict[str, Words]:
        """Phones of texts, by name, from pairs of name and text.

        Left out and noted in `problems` are texts without words, and with words or characters that
        the front end does not know. Raises ValueError for a lexicon that cannot be read, and when
        a program lacks the language.
        """
        found = {}
        for name, text in tqdm(texts, "phones of texts", delay=5, leave=False):
            try:
                if words := word_phones(self.front, self.language, text):
                    found[name] = words
                else:
                    problems.skip("texts without words", name)
            except UnknownSymbols as error:
                problems.skip(error.what, f"{name}: {' '.join(map(repr, error.symbols))}")
        return found

    def phones(self, texts: dict[str, Words], problems: Problems) -> tuple[str, ...]:
        """Names of the phones of texts, in the order of their indices; silence is the first.

        Rare ones are noted in `problems`. Raises `CorpusError` for fewer than `FEWEST_SENTENCES`
        texts, and for phones outside a given inventory, naming them.
        """
        if len(texts) < FEWEST_SENTENCES:
            raise CorpusError(
                f"{len(texts)} usable sentences, but the order of phones cannot be learned from "
                f"fewer than {FEWEST_SENTENCES}: add texts{_because(problems)}"
            )
        counts = Counter(phone for words in texts.values() for phone in chain(*words))
        if self.inventory and (foreign := sorted(counts.keys() - set(self.inventory))):
            name = next(
                n for n, words in texts.items() if any(foreign[0] in word for word in words)
            )
            raise CorpusError(
                f"pronunciation.inventory lacks {_named(foreign)} (the first is in {name}): add "
                "them, or leave the inventory empty"
            )
        for phone in self.inventory or sorted(counts):
            if counts[phone] < RARE:
                problems.mend(f"phones that occur fewer than {RARE} times", phone)
        return (SILENT, *(self.inventory or sorted(counts)))


def with_silence(
    words: Words, phones: Sequence[str], probability: float, rng: np.random.Generator
) -> Int32[np.ndarray, " phones"]:
    """Indices of the phones of a sentence, with silence at both ends and between some words."""
    number = {phone: n for n, phone in enumerate(phones)}
    row = [SILENCE]
    for n, word in enumerate(words):
        if n and rng.random() < probability:
            row.append(SILENCE)
        row += [number[phone] for phone in word]
    return np.array([*row, SILENCE], np.int32)


def without_silence(words: Words, phones: Sequence[str]) -> Int32[np.ndarray, " phones"] | None:
    """Indices of the phones of a sentence; None if one is not in the inventory."""
    number = {phone: n for n, phone in enumerate(phones)}
    row = [number.get(phone) for phone in chain(*words)]
    return None if None in row else np.array(row, np.int32)


def _named(names: Sequence[str]) -> str:
    rest = len(names) - NAMES_SHOWN
    return " ".join(map(repr, names[:NAMES_SHOWN])) + (f" and {rest} more" if rest > 0 else "")


def _because(problems: Problems) -> str:
    return "".join(f"; {line}" for line in problems.lines())
