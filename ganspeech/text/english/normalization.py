"""English texts in spoken form, in which transcripts are learned and compared."""

import re
import unicodedata

from ganspeech.text.english.money import CURRENCIES, SIGN
from ganspeech.text.english.numbers import AMOUNT, NUMBER, digit_words, number_words

SIGNS = {"&": "and", "%": "percent", "+": "plus", "=": "equals", "@": "at", "°": "degrees"}

_SCALE = r" (?:hundred|thousand|[mbtr]+illion)s?\b"
_MONEY = re.compile(rf"({SIGN}) ?({AMOUNT})(?:\.(\d\d)(?!\d|{_SCALE})|(\.\d+)?({_SCALE})?)")


def normalized(text: str) -> str:
    """Normalizes a text: lower case, numbers in words, no punctuation but apostrophes in words.

    Years are read as years ("1984": nineteen eighty four), accents on Latin letters are dropped,
    hyphens separate words, and abbreviations are not expanded. Letters of other scripts stay, for
    the vocabulary to report. A text that is normalized already is returned unchanged.
    """
    text = _without_accents(text.lower())
    text = re.sub("[’‘ʼ`´]", "'", text)
    text = re.sub(rf"(?<![\w.)])[-−](?={SIGN}?\.?\d)", " minus ", text)
    text = _MONEY.sub(_money, text)
    text = re.sub(r"(?<![\w.])\.(\d+)", lambda found: f" point {digit_words(found[1])} ", text)
    text = NUMBER.sub(lambda found: f" {number_words(found)} ", text)
    text = "".join(f" {SIGNS[sign]} " if sign in SIGNS else sign for sign in text)
    text = re.sub(r"[^\w']|_", " ", text)
    text = re.sub(r"(?<!\w)'|'(?!\w)", " ", text)
    return " ".join(text.split())


def _without_accents(text: str) -> str:
    seen = "".join(sign for sign in text if unicodedata.category(sign) != "Cf")
    apart = unicodedata.normalize("NFD", seen)
    return unicodedata.normalize("NFC", re.sub("([a-z])[\u0300-\u036f]+", r"\1", apart))


def _money(found: re.Match) -> str:
    """Unit after the amount: "$5.50" as "5 dollars 50", "$2 million" as "2 million dollars"."""
    sign, amount, cents, decimals, scale = found.groups()
    one = amount == "1" and not cents and not decimals and not scale
    unit = CURRENCIES[sign].one if one else CURRENCIES[sign].several
    if cents:
        return f"{amount} {unit}" + (f" {int(cents)} " if int(cents) else " ")
    return f"{amount}{decimals or ''}{scale or ''} {unit} "
