"""Phonemes that an author writes: IPA as voices have it, one code point a symbol."""

import re
import unicodedata
from collections.abc import Set as AbstractSet

from ganspeech.text import symbols as known

SOUNDS = frozenset(known.IPA) - {known.PAD, known.FIRST, known.LAST, *known.PUNCTUATION, *'#"'}
"""Symbols of pronunciations: letters, stress, length, tones, diacritics, and the space."""
MARKS = frozenset(".,;:!?")
"""Punctuation that makes a pause; phonemes of several words may have it."""

_SIGNS = ("Mn", "Lm", "Sk")
"""Categories of diacritics and tones, of which IPA has more than voices."""
_TIES = "\N{COMBINING DOUBLE INVERTED BREVE}\N{COMBINING DOUBLE BREVE BELOW}"
_SPELLED = str.maketrans({"g": "ɡ", **dict.fromkeys(_TIES, "")})
_SYLLABLE = re.compile(r"(?<=[^\s.])\.(?=[^\s.])")
_SIBILANTS = ("s", "z", "ʃ", "ʒ", "ɕ", "ʑ")
_VOWELS = frozenset("aeiouyæøœɐɑɒɔɘəɚɛɜɞɤɨɪɯɵɶʉʊʌʏᵻ")
_VOICELESS = ("p", "t", "k", "f", "θ")


def is_sound(symbol: str) -> bool:
    """Returns whether a symbol is a sound of its own, not a sign of stress, length or tone."""
    return unicodedata.category(symbol[0]) in ("Ll", "Lo", "Lu")


def symbols_of(ipa: str) -> str:
    """Symbols of written IPA: in NFD, without ties and marks of syllables, words apart."""
    text = _SYLLABLE.sub("", unicodedata.normalize("NFD", ipa).translate(_SPELLED))
    return " ".join(text.split())


def checked_symbols(ipa: str, shown: str, also: AbstractSet[str] = frozenset()) -> str:
    """Symbols of written IPA, as `symbols_of`; those of `also` are taken, too.

    Raises ValueError, quoting `shown`, for what is not IPA and for what has no sound. Signs of IPA
    that a voice may lack are left to it.
    """
    symbols = symbols_of(ipa)
    for symbol in symbols:
        sign = not symbol.isascii() and unicodedata.category(symbol) in _SIGNS
        if symbol not in SOUNDS and symbol not in also and not sign:
            raise ValueError(f"{symbol!r} in {shown} is not a symbol of IPA")
    if not any(map(is_sound, symbols)):
        raise ValueError(f"{shown} has no sound")
    return symbols


def with_s(ipa: str) -> str:
    """Appends the English ending -s: voiceless after voiceless sounds, a syllable after sibilants.

    Marks of length and the like do not count as the last sound.
    """
    sounds = list(filter(is_sound, ipa))
    last = sounds[-1] if sounds else ""
    if last in _SIBILANTS:
        return f"{ipa}ɪz"
    return ipa + ("s" if last in _VOICELESS else "z")


def begins_with_vowel(ipa: str) -> bool:
    """Returns whether the first sound is a vowel."""
    return next(filter(is_sound, ipa), "") in _VOWELS
