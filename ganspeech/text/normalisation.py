"""English texts as they are spoken: the form in which transcripts are learnt and compared."""

import re
import unicodedata

from num2words import num2words

SIGNS = {"&": "and", "%": "percent", "+": "plus", "=": "equals", "@": "at", "°": "degrees"}
CURRENCIES = {"$": "dollar", "£": "pound", "€": "euro"}
LONGEST_NUMBER = 15
"""Digits; longer numbers are codes, which are read digit by digit."""

_AMOUNT = r"(?:\d{1,3}(?:,\d{3})+|\d+)"
_MONEY = re.compile(
    rf"([$£€]) ?({_AMOUNT})(?:\.(\d\d)(?!\d)|(\.\d+)?( (?:hundred|thousand|[mbtr]+illion)s?\b)?)"
)
_NUMBER = re.compile(
    rf"(?P<whole>{_AMOUNT})"
    r"(?:\.(?P<decimals>\d+)|(?P<ordinal>st|nd|rd|th)\b|(?P<plural>'?s)\b)?"
)


def normalised(text: str) -> str:
    """Lower case, numbers and signs in words, no punctuation but apostrophes inside words.

    Years are read as years ("1984": nineteen eighty four), accents on Latin letters are dropped,
    hyphens part words, and abbreviations stay as they are written. Letters of other scripts stay
    too, for the vocabulary to name. A text that is normalised already comes back as it is.
    """
    text = _without_accents(text.lower())
    text = re.sub("[’‘ʼ`´]", "'", text)
    text = re.sub(r"(?<![\w.)])[-−](?=[$£€]?\.?\d)", " minus ", text)
    text = _MONEY.sub(_money, text)
    text = re.sub(r"(?<![\w.])\.(\d+)", lambda found: f" point {_digits(found[1])} ", text)
    text = _NUMBER.sub(_number, text)
    text = "".join(f" {SIGNS[sign]} " if sign in SIGNS else sign for sign in text)
    text = re.sub(r"[^\w']|_", " ", text)
    text = re.sub(r"(?<!\w)'|'(?!\w)", " ", text)
    return " ".join(text.split())


def _without_accents(text: str) -> str:
    seen = "".join(sign for sign in text if unicodedata.category(sign) != "Cf")
    apart = unicodedata.normalize("NFD", seen)
    return unicodedata.normalize("NFC", re.sub("([a-z])[\u0300-\u036f]+", r"\1", apart))


def _money(found: re.Match) -> str:
    """The unit after the amount: "$5.50" as "5 dollars 50", "$2 million" as "2 million dollars"."""
    sign, amount, cents, decimals, scale = found.groups()
    one = amount == "1" and not cents and not decimals and not scale
    unit = CURRENCIES[sign] + ("" if one else "s")
    if cents:
        return f"{amount} {unit}" + (f" {int(cents)} " if int(cents) else " ")
    return f"{amount}{decimals or ''}{scale or ''} {unit} "


def _number(found: re.Match) -> str:
    grouped, decimals = "," in found["whole"], found["decimals"]
    whole = found["whole"].replace(",", "")
    if len(whole) > LONGEST_NUMBER or (len(whole) > 1 and int(whole[0]) == 0):
        words = _digits(whole)
    elif found["ordinal"]:
        words = num2words(int(whole), to="ordinal")
    else:
        year = len(whole) == 4 and not grouped and not decimals and _is_year(int(whole))
        words = num2words(int(whole), to="year" if year else "cardinal")
    if decimals:
        words += f" point {_digits(decimals)}"
    if found["plural"]:
        words = words[:-1] + "ies" if words.endswith("y") else words + _plural_ending(words)
    return f" {words} "


def _is_year(number: int) -> bool:
    return 1100 <= number <= 1999 or 2010 <= number <= 2099


def _plural_ending(words: str) -> str:
    return "es" if words.endswith("x") else "s"


def _digits(digits: str) -> str:
    return " ".join(num2words(int(digit)) for digit in digits)
