"""Pronunciations of words that PocketSphinx does not list, in the ARPAbet of its model."""

from ganspeech.text.phonemes.gruut import gruut_words

ARPABET = {
    "i": "IY", "ɪ": "IH", "e": "EY", "eɪ": "EY", "ɛ": "EH", "æ": "AE", "ɑ": "AA", "a": "AA",
    "ɔ": "AO", "o": "OW", "oʊ": "OW", "ʊ": "UH", "u": "UW", "ʌ": "AH", "ə": "AH", "ɚ": "ER",
    "ɝ": "ER", "ɜ": "ER", "aɪ": "AY", "aʊ": "AW", "ɔɪ": "OY", "p": "P", "b": "B", "t": "T",
    "d": "D", "k": "K", "ɡ": "G", "f": "F", "v": "V", "θ": "TH", "ð": "DH", "s": "S", "z": "Z",
    "ʃ": "SH", "ʒ": "ZH", "h": "HH", "tʃ": "CH", "dʒ": "JH", "t͡ʃ": "CH", "d͡ʒ": "JH", "m": "M",
    "n": "N", "ŋ": "NG", "l": "L", "ɹ": "R", "r": "R", "j": "Y", "w": "W", "ɾ": "T", "ɫ": "L",
}  # fmt: skip
_MARKS = str.maketrans("", "", "ˈˌː\u0329\u0303")


def pronounced(word: str) -> str:
    """Phones of an English word, separated by spaces, by gruut; empty if it has no sound."""
    words, _ = gruut_words("en-us", word)
    bare = [phone.translate(_MARKS) for spoken in words for phone in spoken]
    return " ".join(ARPABET[phone] for phone in bare if phone in ARPABET)
