"""Pronunciations of words: a lexicon of ARPAbet phones, such as CMU's."""

import re
from functools import lru_cache

from ganspeech.text.english.normalization import normalized
from ganspeech.text.reading import read_text

PHONES = (
    "AA", "AE", "AH", "AO", "AW", "AY", "B", "CH", "D", "DH", "EH", "ER", "EY",
    "F", "G", "HH", "IH", "IY", "JH", "K", "L", "M", "N", "NG", "OW", "OY",
    "P", "R", "S", "SH", "T", "TH", "UH", "UW", "V", "W", "Y", "Z", "ZH",
)  # fmt: skip
"""The 39 phones of English in the CMU dictionary, without stress."""


class LexiconError(ValueError):
    """An unusable lexicon or line of one; of a file the message names it and the line."""


@lru_cache(maxsize=4)
def read_lexicon(path: str) -> dict[str, tuple[str, ...]]:
    """Reads the first pronunciation of each word, keyed in lower case; stress is dropped.

    Lines are `WORD PHONE PHONE ...`, separated by spaces or a tab; more pronunciations repeat the
    word, or number it as in `WORD(2)`. Lines that start with `;;;` are comments, and so is what
    follows ` #`.
    Raises `LexiconError` for a missing or empty file, and for a line without phones or with others
    than `PHONES`.
    """
    lines = read_text(path, "lexicon", LexiconError).splitlines()
    lexicon: dict[str, tuple[str, ...]] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith(";;;"):
            continue
        try:
            lexicon.setdefault(*pronunciation(line))
        except LexiconError as error:
            raise LexiconError(f"{path}, line {number}: {error}") from error
    if not lexicon:
        raise LexiconError(f"the lexicon {path} has no words")
    return lexicon


def pronunciation(entry: str) -> tuple[str, tuple[str, ...]]:
    """Word, in lower case, and phones of a line of a lexicon; stress is dropped.

    Raises `LexiconError` for a line without phones or with others than `PHONES`.
    """
    word, *phones = entry.partition(" #")[0].split() or [""]
    plain = tuple(re.sub("[012]$", "", phone) for phone in phones)
    if not plain:
        raise LexiconError(f"{word!r} has no phones")
    if unknown := [phone for phone, base in zip(phones, plain) if base not in PHONES]:
        raise LexiconError(f"{unknown[0]!r} is not an ARPAbet phone")
    return normalized(re.sub(r"\(\d+\)$", "", word)), plain
