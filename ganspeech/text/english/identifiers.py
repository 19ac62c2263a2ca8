"""Codes that are read digit by digit, not as numbers: ZIP codes, accounts, serial numbers."""

import re

from ganspeech.text.english.numbers import digit_words

STATES = (
    "AL|AK|AZ|AR|CA|CO|CT|DC|DE|FL|GA|HI|IA|ID|IL|IN|KS|KY|LA|MA|MD|ME|MI|MN|MO|MS|MT|NC|ND|NE|NH|"
    "NJ|NM|NV|NY|OH|OK|OR|PA|RI|SC|SD|TN|TX|UT|VA|VT|WA|WI|WV|WY"
)
LONGEST = 7
"""Most digits of a number without commas; longer ones are codes unless they are round."""

_ZIP = re.compile(rf"(?<=[ ,])((?:{STATES}|D\.C)\.?,? )(\d{{5}})(?:-(\d{{4}}))?(?![\w-]|[,.]\d)")
_NAMED = re.compile(
    r"\b((?i:ISBN|ISSN|account|acct\.?|routing|sort code|SSN|PIN|zip(?: code)?|serial|tracking|"
    r"order|invoice|ref(?:erence)?\.?|code)|ID)((?: (?i:no\.|number|id|code|is))?[:#]? ?#?)"
    r"(\d[\d-]*(?: \d[\d-]*)*)(?![\w%]|[.,]\d| [a-z]+s\b)"
)
_VANITY = re.compile(r"(?<![\w-])1-(8\d\d|900)-(?=[A-Z]{3})")
_MODEL = re.compile(r"(?<![\w-])(?=[A-Za-z]+\d|#\d+-0\d)#?\w+(?:-\w+)+")
_AIRPLANE = re.compile(
    r"(?<![\w.-])(\d{3})-(?=\d{1,4}[A-Z]{2,}\b)(?!\d+(?:[GMKT]B|[AP]M|FT|KM|LBS?)\b)"
)
_LONG = re.compile(r"(?<![\w.,-])[1-9]\d{7,}(?<!000)(?![\w,-]|\.\d)")
_MIXED = re.compile(r"(?<![\w.-])(?=[A-Za-z]*\d+[A-Za-z])(?=\w*[A-Za-z])[A-Za-z\d]{6,}(?![\w-])")
_LONG_CODE = 12
"""Characters of a code that is spelled entirely, such as a checksum."""
_EPISODE = re.compile(r"\bS(\d\d?)E(\d\d?)\b")
_HEXADECIMAL = re.compile(r"\b0x([\da-fA-F]{1,16})\b")
_RETIREMENT = re.compile(r"\b4(01|03)\(([kb])\)")


def identifiers_in_words(text: str) -> str:
    """Writes digits of codes one by one: "IL 62704" as "IL six two seven zero four"."""
    text = _EPISODE.sub(lambda f: f"season {int(f[1])} episode {int(f[2])}", text)
    text = _RETIREMENT.sub(lambda f: f"four oh {digit_words(f[1][1])} {f[2].upper()}", text)
    text = _HEXADECIMAL.sub(lambda f: f"zero X {_spelled(f[1])}", text)
    text = _VANITY.sub(r"1, \1, ", text)
    text = _ZIP.sub(lambda f: f[1] + _in_digits(f[2] + (f", {f[3]}" if f[3] else "")), text)
    text = _NAMED.sub(_named, text)
    text = _AIRPLANE.sub(r"\1 ", _MODEL.sub(_model, text))
    text = _MIXED.sub(_mixed, text)
    return _LONG.sub(lambda f: digit_words(f[0]), text)


def _in_digits(code: str) -> str:
    return re.sub(r"\d+", lambda f: digit_words(f[0]), code)


def _named(found: re.Match) -> str:
    digits = sum(character.isdigit() for character in found[3])
    if digits <= 4 and not found[3].startswith("0"):
        return found[0]
    groups = re.findall(r"\d+", found[3])
    return found[1] + found[2] + ", ".join(digit_words(group) for group in groups)


def _model(found: re.Match) -> str:
    """A hyphen before digits in the name of a model is not read, nor that before a zero."""
    return re.sub(r"(?<=\d)-(?=\d)", " ", found[0])


def _mixed(found: re.Match) -> str:
    code = found[0]
    runs = re.findall(r"[A-Za-z]+|\d+", code)
    if len(code) >= _LONG_CODE and len(runs) > 3:
        return _spelled(code)
    if len(runs) < 3:
        return code
    return " ".join(digit_words(run) if run.isdigit() and len(run) > 2 else run for run in runs)


def _spelled(code: str) -> str:
    """Letters by name and digits one by one."""
    runs = re.findall(r"[A-Za-z]+|\d", code)
    return " ".join(".".join(run.upper()) if run.isalpha() else digit_words(run) for run in runs)
