"""Phonemes that an author writes: IPA as voices have it, one code point a symbol."""

import re
import unicodedata

from ganspeech.text import symbols as known

SOUNDS = frozenset(known.IPA) - {known.PAD, known.FIRST, known.LAST, *known.PUNCTUATION, *'#"'}
"""Symbols of pronunciations: letters, stress, length, tones, diacritics, and the space."""

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
