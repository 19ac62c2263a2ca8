"""Corpora of single spoken words: their classes, and checks of their files."""

from abc import abstractmethod
from collections import Counter
from collections.abc import Sequence

from ganspeech.audio.decoding import AudioFileError
from ganspeech.audio.files import rate_of
from ganspeech.data.corpus import Corpus, CorpusError, Utterance

DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


class WordCorpus(Corpus):
    """Corpus of recordings of one word each, the text of their utterance."""

    @property
    @abstractmethod
    def classes(self) -> tuple[str, ...]:
        """The words, in the order of their labels."""


def require_one_rate(utterances: Sequence[Utterance], layout: str) -> None:
    """Raises `CorpusError` unless all readable files have one rate.

    A generator would learn to make clips of either bandwidth, a discriminator to detect it.
    """
    first: dict[int, str] = {}
    rates: Counter[int] = Counter()
    for utterance in utterances:
        try:
            rate = rate_of(utterance.audio)
        except AudioFileError:
            continue  # reported when it is read
        rates[rate] += 1
        first.setdefault(rate, utterance.audio)
    if len(rates) > 1:
        found = ", ".join(
            f"{count} at {rate} Hz (as {first[rate]})" for rate, count in rates.most_common()
        )
        raise CorpusError(f"{layout}: clips of mixed rates: {found}; bring them to one rate")


def require_all_classes(
    utterances: Sequence[Utterance], classes: Sequence[str], layout: str, where: str
) -> None:
    """Raises `CorpusError` for a class without any clip."""
    found = {utterance.text for utterance in utterances}
    if empty := [word for word in classes if word not in found]:
        raise CorpusError(f"{layout}: no clip of {', '.join(map(repr, empty))} in {where}")
