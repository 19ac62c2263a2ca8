"""Timings of speech: sentences, words, phonemes, visemes and marks in seconds of the audio."""

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from ganspeech.models.speaking import SpokenSentence
from ganspeech.text.phonemes.front_ends import FrontEnd
from ganspeech.text.script.ipa import is_sound
from ganspeech.text.script.reading import front_of
from ganspeech.text.script.visemes import viseme
from ganspeech.text.script.words import Found, match_words, sounds_like

if TYPE_CHECKING:
    from ganspeech.models.voice import Voice

REST = "sil"
"""Viseme of silence."""
_STRESS = "ˈˌ"
_CLOSING = " ,;:.!?…—–)]}”’»\"'-"

Spans = dict[int, tuple[int, int]]
"""Samples at which each phoneme of a sentence starts and ends, by its index."""


@dataclass(frozen=True)
class Timed:
    """Text, phoneme, viseme or mark, and its time."""

    text: str
    start: float
    """Seconds from the beginning of the audio."""
    end: float


@dataclass(frozen=True)
class TimedWord(Timed):
    """Word as it is written; words that are not told apart, such as "of the", are one."""

    begin: int
    """Index of its first character in the text of its sentence."""


@dataclass(frozen=True)
class TimedSentence(Timed):
    """Sentence with all that sounds in it; gaps between its parts are silent."""

    words: tuple[TimedWord, ...]
    phonemes: tuple[Timed, ...]
    """Sounds, each with its stress, length and accents; letters for a voice that reads letters."""


@dataclass
class Timings:
    """Timings of what `Voice.stream` yields, added in order.

    ```python
    timings = Timings(voice)
    for sentence in voice.stream(text):
        timings.add(sentence)
    print(timings.words)
    ```
    """

    voice: "Voice" = field(repr=False)
    sentences: list[TimedSentence] = field(default_factory=list)
    marks: list[Timed] = field(default_factory=list)
    """Marks, which end where they start."""
    samples: int = 0
    """Samples of the audio so far."""

    @property
    def seconds(self) -> float:
        """Duration of the audio so far."""
        return self.samples / self.voice.sample_rate

    @property
    def words(self) -> list[TimedWord]:
        """Words of all sentences."""
        return [word for sentence in self.sentences for word in sentence.words]

    @property
    def phonemes(self) -> list[Timed]:
        """Phonemes of all sentences."""
        return [phoneme for sentence in self.sentences for phoneme in sentence.phonemes]

    @property
    def visemes(self) -> list[Timed]:
        """Mouth shapes of the Oculus set without gaps; empty for a voice that reads letters."""
        found: list[Timed] = []
        for phoneme in self.phonemes if self.voice.text.front.phonemic else ():
            before = found[-1].end if found else 0.0
            if phoneme.start > before:
                found.append(Timed(REST, before, phoneme.start))
            shape = next(filter(None, map(viseme, phoneme.text)), None)
            if found and shape in (None, found[-1].text):
                found[-1] = Timed(found[-1].text, found[-1].start, phoneme.end)
            else:
                found.append(Timed(shape or REST, phoneme.start, phoneme.end))
        if found and found[-1].end < self.seconds:
            found.append(Timed(REST, found[-1].end, self.seconds))
        return found

    def add(self, spoken: SpokenSentence) -> TimedSentence | None:
        """Adds what follows in the audio; returns a sentence's timing, None for a silence."""
        begin = self.samples
        self.samples += len(spoken.audio)
        if not spoken.symbols:
            self._mark(spoken, [], begin)
            return None
        ends = np.cumsum(spoken.frames) * self.voice.spec.hop_length + begin
        spans = self._spans(spoken, begin, ends)
        words = tuple(self._words(spoken, spans))
        sentence = TimedSentence(
            spoken.text,
            *self._seconds(begin, int(ends[-1])),
            words,
            tuple(Timed(text, *self._seconds(*span)) for text, span in _phonemes(spoken, spans)),
        )
        self.sentences.append(sentence)
        self._mark(spoken, words, int(ends[-1]))
        return sentence

    def _seconds(self, start: int, end: int) -> tuple[float, float]:
        return start / self.voice.sample_rate, end / self.voice.sample_rate

    def _spans(self, spoken: SpokenSentence, begin: int, ends: np.ndarray) -> Spans:
        """Samples of each phoneme.

        A blank belongs to the phoneme before it, as its end, and a space to the one after it: so
        are words bounded where a recognizer bounds them.
        """
        phonemes = [symbol for stretch in spoken.stretches for symbol in stretch.symbols]
        spans: Spans = {}
        current, start = -1, begin
        for place, symbol, end in zip(spoken.places, spoken.symbols, map(int, ends)):
            if place >= 0:
                current = place
            elif symbol != self.voice.text.blank:
                current, start = -1, end
            if current >= 0 and phonemes[current] != " ":
                spans[current] = spans.get(current, (start, 0))[0], end
                start = end
        return spans

    def _words(self, spoken: SpokenSentence, spans: Spans) -> Iterator[TimedWord]:
        """Words of a sentence, with their characters and their times."""
        read = functools.partial(self._read, spoken.language)
        offset = character = 0
        for stretch in spoken.stretches:
            places = [(token.start(), token.end()) for token in re.finditer(r"\S+", stretch.text)]
            if stretch.ipa:
                places = [(0, len(stretch.text))]
                found = [Found(0, 1, 0, len(stretch.symbols))]
            else:
                found = match_words(stretch.words, stretch.symbols, read)
            for word in found:
                sounds = [
                    spans[n + offset]
                    for n in range(word.begin, word.end)
                    if n + offset in spans and _belongs(stretch.symbols[n])
                ]
                if sounds:
                    begin, end = places[word.first][0], places[word.last - 1][1]
                    text = stretch.text[begin:end]
                    if character:  # Punctuation that follows phonemes belongs to no word.
                        text = text.lstrip(_CLOSING) or text
                    times = self._seconds(sounds[0][0], sounds[-1][1])
                    yield TimedWord(text, *times, end - len(text) + character)
            offset += len(stretch.symbols)
            character += len(stretch.text)

    def _read(self, language: str | None, word: str) -> Sequence[str]:
        return _phonemes_of(front_of(language, self.voice.text), word)

    def _mark(self, spoken: SpokenSentence, words: Sequence[TimedWord], end: int) -> None:
        """Times marks: a mark stands before a word, or at the end of the speech."""
        character = 0
        for stretch in spoken.stretches:
            for at, name in stretch.marks:
                there = at + character
                after = (w.start for w in words if there < w.begin + len(w.text))
                start = next(after, end / self.voice.sample_rate)
                self.marks.append(Timed(name, start, start))
            character += len(stretch.text)


@functools.lru_cache(maxsize=4096)
def _phonemes_of(front: FrontEnd, word: str) -> tuple[str, ...]:
    return tuple(front.phonemes(word))


def _belongs(symbol: str) -> bool:
    """Returns whether a symbol is part of a sound, with its stress."""
    return symbol in _STRESS or sounds_like(symbol)


def _phonemes(spoken: SpokenSentence, spans: Spans) -> Iterator[tuple[str, tuple[int, int]]]:
    """Sounds with the signs that belong to them, and their samples."""
    symbols = [symbol for stretch in spoken.stretches for symbol in stretch.symbols]
    text, span = "", (0, 0)
    has_sound = False
    for n, symbol in enumerate(symbols):
        silent = n not in spans or not _belongs(symbol)
        begins = symbol in _STRESS or is_sound(symbol)
        if has_sound and (silent or begins):
            yield text, span
        if silent or (has_sound and begins):
            text, has_sound = "", False
        if silent:
            continue
        span = (span[0] if text else spans[n][0]), spans[n][1]
        text += symbol
        has_sound = has_sound or symbol not in _STRESS
    if has_sound:
        yield text, span
