"""Texts of SSML's `say-as` as words, or as the normalizer of English reads them.

The kinds are those of the W3C's note (Say-as Attribute Values 2005), and those that speech services
have added.
"""

import re

from num2words import CONVERTER_CLASSES, num2words

from ganspeech.text.english.dates import MONTHS
from ganspeech.text.english.letters import LETTER_A
from ganspeech.text.english.money import CURRENCIES
from ganspeech.text.english.speakable import SIGNS
from ganspeech.text.script.script import brief

CODES = {"USD": "$", "GBP": "£", "EUR": "€", "JPY": "¥", "KRW": "₩", "INR": "₹", "RUB": "₽",
         "TRY": "₺", "UAH": "₴", "PHP": "₱", "ILS": "₪", "VND": "₫", "NGN": "₦", "THB": "฿",
         "CAD": "CA$", "AUD": "AU$", "NZD": "NZ$", "HKD": "HK$", "SGD": "S$"}  # fmt: skip
"""Signs of currencies by their codes (ISO 4217)."""

_NAMES = {".": "dot", ",": "comma", "-": "dash", "_": "underscore", "!": "exclamation mark",
          "?": "question mark", ":": "colon", ";": "semicolon", "'": "apostrophe", "*": "star",
          **{sign: word for sign, word in SIGNS.items() if sign not in CURRENCIES}}  # fmt: skip
_INTEGER = re.compile(r"([+\-−]?)(\d{1,3}(?:,\d{3})+|\d{1,15})")
_SEPARATED = {"telephone": re.compile(r"[\d\s()+\-‑–./]+"),
              "digits": re.compile(r"(?![+\-–])(?:[\d\s()+\-‑–/]|\.(?!\d))+")}  # fmt: skip
"""Digits and what is not read between them; a sign or a decimal point of a number would be."""
_ORDERS = {"mdy", "dmy", "ymd", "ydm", "md", "dm", "my", "ym", "y", "m", "d"}
_DURATION = re.compile(r"(?:(\d{1,3})h)?(?:(\d{1,3})['’′])?(?:(\d{1,3})(?:\"|''|″))?")
_MONEY = re.compile(r"([A-Z]{3}) ?([\d.,]+)|([\d.,]+) ?([A-Z]{3})")


class Unsayable(ValueError):
    """A kind of `say-as` that is not supported, or a text that is none; the message says which."""


def said_as(text: str, kind: str, form: str, language: str) -> str:
    """Text that a front end of a language reads as `say-as` asks; `form` is its `format`.

    Raises `Unsayable` for other kinds, and where the text is not of its kind.
    """
    text = " ".join(text.split())
    english = language == "en"
    if kind in ("characters", "spell-out", "verbatim"):
        return _characters(text, english, language)
    if kind in ("digits", "telephone"):
        return _digits(text, kind, english, language)
    if kind in ("cardinal", "number", "ordinal"):
        return _number(text, "ordinal" if kind == "ordinal" else "cardinal", language)
    if kind not in ("date", "time", "currency", "unit"):
        raise Unsayable(f"interpret-as={brief(kind)} is not supported")
    if not english:
        raise Unsayable(f"interpret-as={brief(kind)} is supported in English alone")
    if kind == "date":
        return _date(text, form)
    if kind == "time":
        return _time(text)
    if kind == "currency" and (found := _MONEY.fullmatch(text)):
        sign = CODES.get(found[1] or found[4])
        return f"{sign}{found[2] or found[3]}" if sign else text
    return text


def _characters(text: str, english: bool, language: str) -> str:
    """Each character by its name: letters as an initialism, which front ends spell."""
    if not english:
        digits = [_words(c, "cardinal", language) if c.isdecimal() else c for c in text]
        return ", ".join(part for part in digits if part.strip())
    parts: list[str] = []
    for run in re.findall(r"[^\W\d_]+|\d|[^\w\s]|_", text):
        if run.isalpha():
            letters = run.upper()
            parts.append(LETTER_A if letters == "A" else ".".join(letters))
        else:
            parts.append(_words(run, "cardinal", "en") if run.isdecimal() else _NAMES.get(run, run))
    return ", ".join(parts)


def _digits(text: str, kind: str, english: bool, language: str) -> str:
    groups = re.findall(r"\d+", text)
    if not groups:
        raise Unsayable(f"interpret-as={brief(kind)} needs digits, not {brief(text)}")
    if not _SEPARATED[kind].fullmatch(text):
        raise Unsayable(f"interpret-as={brief(kind)} needs digits alone, not {brief(text)}")
    read = [" ".join(_words(digit, "cardinal", language) for digit in group) for group in groups]
    plus = "plus " if english and text.startswith("+") and kind == "telephone" else ""
    return plus + ", ".join(read)


def _number(text: str, kind: str, language: str) -> str:
    found = _INTEGER.fullmatch(re.sub(r"(?<=\d)(?:st|nd|rd|th)$", "", text))
    if not found:
        raise Unsayable(f"interpret-as={brief(kind)} needs an integer, not {brief(text)}")
    number = int(found[2].replace(",", ""))
    sign = "-" if found[1] in ("-", "−") else ""
    return _words(f"{sign}{number}", kind, language)


def _words(number: str, kind: str, language: str) -> str:
    if language not in CONVERTER_CLASSES:
        raise Unsayable(f"numbers in words are not supported in {language!r}")
    try:
        words = num2words(int(number), to=kind, lang=language)
    except Exception:  # Each language of num2words fails in its own way.
        raise Unsayable(f"{kind} words of {number} are not supported in {language!r}") from None
    return words.replace(",", "") if language == "en" else words


def _date(text: str, form: str) -> str:
    """Date in the order of its format, as the normalizer reads it."""
    if not form:
        return text
    if form not in _ORDERS:
        raise Unsayable(f"format={brief(form)} of a date is not supported")
    parts = [part for part in re.split(r"[-/. ,]+", text) if part]
    if len(parts) == 1 and form == "ymd" and re.fullmatch(r"\d{8}", text):
        parts = [text[:4], text[4:6], text[6:]]
    given = dict(zip(form, parts))
    month = given.get("m", "1")
    if len(parts) != len(form) or not all(re.fullmatch(r"\d{1,4}", p) for p in parts):
        raise Unsayable(f"{brief(text)} is no date of format={brief(form)}")
    if not 1 <= int(month) <= 12 or not 1 <= int(given.get("d", "1")) <= 31:
        raise Unsayable(f"{brief(text)} is no date of format={brief(form)}")
    name = MONTHS[int(month) - 1] if "m" in given else ""
    day = str(int(given["d"])) if "d" in given else ""
    if day and not name:
        return _words(day, "ordinal", "en")
    before = " ".join(part for part in (name, day) if part)
    year = given.get("y", "")
    return f"{before}, {year}" if day and year else f"{before} {year}".strip()


def _time(text: str) -> str:
    """Time of day as it is, or a duration such as 1'21" in words."""
    found = _DURATION.fullmatch(text)
    if not text or not found:
        return text
    units = zip(found.groups(), ("hour", "minute", "second"))
    return " ".join(f"{int(n)} {u}" + ("s" if int(n) != 1 else "") for n, u in units if n)
