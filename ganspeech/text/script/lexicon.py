"""An author's lexicon: how the voice says words that its front end does not know."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from os import PathLike

from ganspeech.text.reading import read_text
from ganspeech.text.script.ipa import checked_symbols, with_s
from ganspeech.text.script.script import brief

_COMMENT = "#"
_TOKEN = re.compile(r"\S+")
_PART = re.compile(r"[^\s/–—-]+")
_ENDINGS = tuple(
    re.compile(f"{ending}$", re.IGNORECASE)
    for ending in ("['’]s", "s['’]?", "(?:(?<=[sxzo])|(?<=[cs]h))es['’]?")
)
"""Endings of plurals and possessives: "sizes" is "size" and -s, "buses" is "bus" and -es."""
_SIBILANT = re.compile(r"(?:[sxz]|[cs]h)$", re.IGNORECASE)
_SHORTEST = 3
"""Letters of a word that a plain -s makes a plural of, so that "is" is no plural of "I"."""


class WordListError(ValueError):
    """A lexicon that cannot be used; the message names the file and the line, or the word."""


@dataclass(frozen=True)
class Entry:
    """Pronunciation of a word."""

    word: str
    ipa: str = ""
    """Phonemes, one code point each; empty: `respelled` is read instead."""
    respelled: str = ""

    def with_s(self, ending: str) -> "Entry":
        """Pronunciation of its plural or possessive, whose spelling ends with `ending`."""
        if self.ipa:
            return Entry(self.word, with_s(self.ipa))
        if ending.lower() in ("s", "es"):  # That of the respelling, which may end otherwise.
            ending = "es" if _SIBILANT.search(self.respelled) else "s"
        return Entry(self.word, respelled=self.respelled + ending)


@dataclass(frozen=True)
class Hit:
    """Word of a text that a lexicon has."""

    begin: int
    end: int
    entry: Entry


@dataclass(frozen=True)
class Lexicon:
    """Words and their pronunciations, whatever the case of either."""

    entries: dict[str, Entry] = field(default_factory=dict)
    """Entries by their words in NFC and in lower case."""

    @classmethod
    def read(cls, path: str | PathLike[str]) -> "Lexicon":
        """Reads lines of a word, a tab and its pronunciation; `#` begins a comment line.

        A pronunciation is IPA between slashes or brackets, else a respelling that is read in place
        of the word. Raises `WordListError`, naming the file and the line, for anything else.
        """
        lines = read_text(path, "lexicon", WordListError).split("\n")
        entries: dict[str, Entry] = {}
        lines_of: dict[str, int] = {}
        for number, line in enumerate(lines, start=1):
            if not line.strip() or line.lstrip().startswith(_COMMENT):
                continue
            try:
                entry = _entry(*_cells(line))
                if other := _kept(entries, entry):
                    line_of_other = lines_of[other.word]
                    raise ValueError(f"{brief(entry.word)} differs from line {line_of_other}")
            except ValueError as error:
                raise WordListError(f"{path}, line {number}: {error}") from None
            lines_of.setdefault(entry.word, number)
        if not entries:
            raise WordListError(f"the lexicon {path} has no words: write WORD, a tab, /IPA/")
        return cls(entries)

    @classmethod
    def from_words(cls, words: Mapping[str, str]) -> "Lexicon":
        """Lexicon of words and their pronunciations, each written as in a file.

        Raises `WordListError`, naming the word, for what a file may not have.
        """
        entries: dict[str, Entry] = {}
        for word, said in words.items():
            try:
                entry = _entry(word.strip(), said.strip())
                if other := _kept(entries, entry):
                    raise ValueError(f"it differs from {brief(other.word)}")
            except ValueError as error:
                raise WordListError(f"lexicon, word {brief(word)}: {error}") from None
        return cls(entries)

    def found(self, text: str) -> Iterator[Hit]:
        """Words of a text that the lexicon has, in order; also parts of "GAN-based" and plurals."""
        for token in _TOKEN.finditer(text):
            if hit := self._hit(token[0], token.start()):
                yield hit
                continue
            for part in _PART.finditer(token[0]):
                if hit := self._hit(part[0], token.start() + part.start()):
                    yield hit

    def _hit(self, token: str, begin: int) -> Hit | None:
        """Finds a token, else what remains of it without punctuation at its ends."""
        if entry := self.entries.get(token.lower()):
            return Hit(begin, begin + len(token), entry)
        first, last = 0, len(token)
        while first < last and not token[first].isalnum():
            first += 1
            if entry := self.entries.get(token[first:].lower()):
                return Hit(begin + first, begin + len(token), entry)
        while first < last:
            if entry := self._entry(token[first:last]):
                return Hit(begin + first, begin + last, entry)
            if token[last - 1].isalnum():
                return None
            last -= 1
        return None

    def _entry(self, word: str) -> Entry | None:
        if entry := self.entries.get(word.lower()):
            return entry
        for pattern in _ENDINGS:
            if not (ending := pattern.search(word)):
                continue
            base = self.entries.get(word[: ending.start()].lower())
            possessive = "'" in ending[0] or "’" in ending[0]
            initials = word[: ending.start()].isupper() and ending[0] == "s"
            if base and (possessive or initials or len(base.word) >= _SHORTEST):
                return base.with_s(ending[0])
        return None


def _kept(entries: dict[str, Entry], entry: Entry) -> Entry | None:
    """Adds an entry, unless its word is there; returns that one if it is said otherwise."""
    other = entries.setdefault(entry.word.lower(), entry)
    return other if (other.ipa, other.respelled) != (entry.ipa, entry.respelled) else None


def _cells(line: str) -> tuple[str, str]:
    """Word and pronunciation of a line; raises ValueError unless a tab stands between them."""
    word, tab, said = (part.strip() for part in line.removesuffix("\r").partition("\t"))
    if not tab and "\t" not in line:
        raise ValueError("no tab: write a word, a tab, and /IPA/ or a respelling")
    if not word or not said or "\t" in said:
        raise ValueError("write a word, one tab, and /IPA/ or a respelling")
    return word, said


def _entry(word: str, said: str) -> Entry:
    """Entry of a word, in NFC as texts are; raises ValueError with what is wrong."""
    word, said = unicodedata.normalize("NFC", word), unicodedata.normalize("NFC", said)
    if not word or not said:
        raise ValueError("write a word, and /IPA/ or a respelling")
    if any(character.isspace() for character in word):
        raise ValueError(f"{brief(word)} is more than one word")
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in said):
        raise ValueError(f"{brief(said)} must be one line without control characters")
    opening, closing = said[0], said[-1]
    if opening not in "/[" and closing not in "/]":
        return Entry(word, respelled=said)
    if len(said) < 3 or opening + closing not in ("//", "[]"):
        raise ValueError(f"the phonemes {brief(said)} must stand between / and /, or [ and ]")
    return Entry(word, checked_symbols(said[1:-1], said))
