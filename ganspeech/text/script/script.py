"""Scripts: utterances in order, each with its manner, the pauses between them, and marks."""

import dataclasses
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ganspeech.text.sentences import ANCHOR, Sentence, halves, speakable

_SHOWN = 40
"""Characters of a text that a message shows."""


def brief(text: str) -> str:
    """Quoted beginning of a text, for a message."""
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")


@dataclass(frozen=True)
class Manner:
    """Manner of speaking, beside the settings of the whole text."""

    rate: float = 1.0
    """Factor on the speed."""
    volume: float = 1.0
    """Factor on the audio."""
    speaker: str | None = None
    """Name of a speaker of the voice; None: the one of the whole text."""
    language: str | None = None
    """Language as espeak-ng names it; None: the voice's own."""


@dataclass(frozen=True)
class Pronounced:
    """Phonemes in place of a text."""

    ipa: str
    """Symbols, one a code point, words separated by spaces."""
    written: str
    """Text that they stand for."""


@dataclass(frozen=True)
class Replaced:
    """Text that is read in place of another; its anchor stands after it."""

    read: str
    """Text before the anchor."""
    written: str
    """Text that it stands for."""


@dataclass(frozen=True)
class Mark:
    """Named place whose time is reported."""

    name: str


Inserted = Pronounced | Replaced | Mark
"""What stands for an anchor."""


@dataclass(frozen=True)
class Utterance:
    """Sentence, or a part of one, that is synthesized at once."""

    sentence: Sentence
    """Text with an `ANCHOR` where something is inserted, and the silence after it."""
    inserted: tuple[Inserted, ...] = ()
    """What stands for each anchor, in order."""
    manner: Manner = Manner()

    @property
    def speaks(self) -> bool:
        """Whether it has something to say, not marks alone."""
        pronounced = any(isinstance(one, Pronounced) for one in self.inserted)
        return pronounced or speakable(self.sentence.text.replace(ANCHOR, ""))


@dataclass(frozen=True)
class Silence:
    """Silence that an author asked for, whatever the speed."""

    seconds: float


@dataclass(frozen=True)
class Script:
    """Text to speak; nothing is spoken after its last utterance but silences and marks."""

    items: tuple[Utterance | Silence, ...]
    notes: tuple[str, ...] = ()
    """What was asked for and is not supported, a line each."""

    @property
    def speaks(self) -> bool:
        """Whether anything is to be said."""
        return any(isinstance(item, Utterance) and item.speaks for item in self.items)


def ended(items: Iterable[Utterance | Silence]) -> tuple[Utterance | Silence, ...]:
    """Items without the pause that the last spoken one would make at the end of the text."""
    found = list(items)
    for n in reversed(range(len(found))):
        item = found[n]
        if isinstance(item, Utterance) and item.speaks:
            found[n] = paused(item, 0.0)
            break
    return tuple(found)


def paused(utterance: Utterance, pause: float, exact: bool = False) -> Utterance:
    """Returns an utterance with another pause after it, in seconds."""
    sentence = dataclasses.replace(utterance.sentence, pause=pause, exact=exact)
    return dataclasses.replace(utterance, sentence=sentence)


def utterances(
    sentences: Iterable[Sentence],
    inserted: Iterable[Inserted] = (),
    manner: Manner = Manner(),
) -> Iterator[Utterance]:
    """Utterances of sentences in order; `inserted` stand for the anchors of all."""
    waiting = iter(inserted)
    for sentence in sentences:
        own = tuple(next(waiting) for _ in range(sentence.text.count(ANCHOR)))
        yield Utterance(sentence, own, manner)


def halved(utterance: Utterance) -> list[Utterance]:
    """Cuts an utterance into two or three; raises ValueError for a single character."""
    return list(utterances(halves(utterance.sentence), utterance.inserted, utterance.manner))
