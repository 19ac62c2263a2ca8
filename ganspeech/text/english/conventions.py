"""Writing conventions that are brought into one form before an English text is read.

Versions, numbers with commas for points, dollar signs for an s, feet and inches, weekends,
temperatures without a degree sign, currents: here they become what the other readings know.
"""

import re

from ganspeech.text.english.dates import MONTHS
from ganspeech.text.english.letters import ending_dot

_DOLLAR_S = re.compile(r"(?<=[A-Za-z])\$(?=[A-Za-z])")
_ANY_MINOR = re.compile(r"(?<![\w.])[vV]?(\d{1,4}(?:\.\d{1,4}){0,3})\.[xX]\b(?!\.\w)")
_SCALE = {"m": "million", "bn": "billion", "tn": "trillion"}
_MILLIONS = re.compile(
    r"(?<![\w.])(\d[\d,]{0,9}(?:\.\d{1,3})?) ?(?:(bn|tn)(?!\w)|m(?= (?:km|miles|people|users|"
    r"voters|households|homes|jobs|viewers|customers|copies|workers|adults|children|views|subscribers|"
    r"followers|downloads|acres|hectares|tonnes|tons|barrels|shares|units|visitors|passengers)\b))"
)
_VERSION = re.compile(r"\b[vV](?=\d+(?:\.\d+)+)")

# Dots between thousands are certain before a decimal comma, or in several groups.
_DOTTED = re.compile(r"(?<![\w.,])([1-9]\d{0,2}(?:\.\d{3})+),(\d{1,2})(?!\d|[.,]\d)")
_DOTTED_GROUPS = re.compile(
    r"(?<![\w.,])((?:version|release|section) )?([1-9]\d{0,2}(?:\.\d{3}){2,})(?!\d|[.,]\d)",
    re.IGNORECASE,
)
_DECIMAL_COMMA = re.compile(
    r"(?<![\w.,])(\d+),(\d{1,2})(?= ?(?:km/h|[kcm]m|[km]g|ml|[mgl]|%|°C|kW|[MG]B|k?Hz)(?!\w))"
)
_INDIAN = re.compile(r"(?<=₹)( ?)(\d{1,2}(?:,\d\d)+,\d{3})(?![\d,])")

_LETTERS = re.compile(
    r"(?<![\w.])(\d{1,4}(?:\.\d{1,3})?)([MB]) (?!(?:is|was|has|as|its|this|us)\b)(?=[a-z]+s\b)"
)
_HALF_DAYS = re.compile(r"(?<![\w:])(\d\d?(?::\d\d)?)([ap])?([–-]\d\d?(?::\d\d)?)([ap])(?!\w)")
_FEET_INCHES = re.compile(
    r"\b(\d{1,3}) ?(?:ft\.?|feet|foot),? (\d{1,2}(?:\.\d+)?)"
    r" ?(?:in\.|in\b(?! (?:the|an?|this|my|his|her|our|their)\b)|inch(?:es)?\b|\")"
    r"|\b(\d{1,3})(?:ft\.?) ?(\d{1,2}(?:\.\d+)?) ?(?:in\.|in\b|\")"
)
_NUMBER = r"(?<![\w./])((?:\d+ )?\d+/\d+|\d+(?:\.\d+)?)"
_INCHES = re.compile(
    rf"{_NUMBER} ?in(?:\.|(?= (?:by|x) \d)"
    r"|(?= (?:long|wide|tall|deep|thick|high|across)(?:[,.;:)]|$| and )))"
)
_INCH_NOUN = re.compile(r"(?<=\d)-in\b\.?(?= [a-z])")
_FEET_BY_FEET = re.compile(r"(?<![\w.'])(\d{1,3})' ?[x×] ?(\d{1,3})'(?![\d\w])")
_FEET_MARK = re.compile(r"(?<![\w.'])(\d{1,3})'(?= (?:tall|long|wide|deep|high)\b)")
_INCH_MARK = re.compile(
    rf'(?<!\')(?<!\' ){_NUMBER}"( (?!x |by |and |or |in |of |from |at |to |is |was )[a-z])?'
)
_SIZES = re.compile(r"(?<=\d)(?P<unit> (?:inch(?:es)?|feet|foot)) ?[x×] ?(?=\d)")

_CELSIUS = re.compile(
    r"((?i:seat|room|gate|apartment|apt\.?|unit|flat|suite|row|bus|line|route|section) )?"
    r"\b(\d{2,3})C\b(?![-+])"
)
_AMPERES = re.compile(
    r"(?<![\w.])(?:(\d+\.\d+) ?A\b|(?:(?<=\dV, )|(?<=\d V, ))(\d+) ?A\b"
    r"|(\d+) ?A(?= (?:fuse|charger|circuit|breaker|current|outlet|plug|supply|of current)))"
)
_WEEKEND = re.compile(
    r"\b((?:on|next|last|this|every|each|by|until|from|and) |[A-Z][a-z]{2}\.[-–/])(Sat|Sun)\."
    r"|\b(Sat|Sun)\.(?=[-–/](?:Sun|Mon)\b|,? (?:\d|morning|afternoon|evening|night"
    rf"|{'|'.join(month[:3] for month in MONTHS)}))"
)
_DAYS = {"Sat": "Saturday", "Sun": "Sunday"}


def in_one_form(text: str) -> str:
    """Writes "v2.0" as "version 2.0", "1.000,50" as "1,000.50", "6 ft 2 in" in full."""
    text = _DOLLAR_S.sub(lambda f: "S" if f.string[f.end()].isupper() else "s", text)
    text = _VERSION.sub("version ", _ANY_MINOR.sub(_any_minor, text))
    text = _MILLIONS.sub(_millions, text)
    text = _LETTERS.sub(lambda f: f"{f[1]} {'million' if f[2] == 'M' else 'billion'} ", text)
    text = _HALF_DAYS.sub(lambda f: f[1] + (f"{f[2]}m" if f[2] else "") + f"{f[3]}{f[4]}m", text)
    text = _DOTTED.sub(lambda f: f[1].replace(".", ",") + "." + f[2], text)
    text = _DOTTED_GROUPS.sub(lambda f: f[0] if f[1] else f[2].replace(".", ","), text)
    text = _DECIMAL_COMMA.sub(r"\1.\2", text)
    text = _INDIAN.sub(lambda f: f"{f[1]}{int(f[2].replace(',', '')):,}", text)
    text = _CELSIUS.sub(lambda f: f[0] if f[1] else f"{f[2]}°C", text)
    text = _AMPERES.sub(_amperes, text)
    text = _WEEKEND.sub(_day, text)
    return _feet_and_inches(text)


def _any_minor(found: re.Match) -> str:
    return ("version " if found[0][0] in "vV" else "") + f"{found[1]} point x"


def _millions(found: re.Match) -> str:
    return f"{found[1]} {_SCALE[found[2] or 'm']}"


def _feet_and_inches(text: str) -> str:
    text = _FEET_INCHES.sub(_both, text)
    text = _INCHES.sub(lambda f: _some(f[1], "inch") + _dot(f), text)
    text = _INCH_NOUN.sub("-inch", text)
    text = _FEET_BY_FEET.sub(r"\1 feet by \2 feet", text)
    text = _FEET_MARK.sub(lambda f: _some(f[1], "foot"), text)
    # A mark behind a number may close a quotation, if there is one.
    if re.search(r'(?<!\d)"', text) is None:
        text = _INCH_MARK.sub(_mark, text)
    return _SIZES.sub(r"\g<unit> by ", text)


def _amperes(found: re.Match) -> str:
    return f"{found[3]} ampere" if found[3] else _some(found[1] or found[2], "ampere")


def _both(found: re.Match) -> str:
    feet, inches = found[1] or found[3], found[2] or found[4]
    return f"{_some(feet, 'foot')} {_some(inches, 'inch')}{_dot(found)}"


def _mark(found: re.Match) -> str:
    """A 27 inch screen, but 27 inches wide."""
    following = found.string[found.start(2) + 1 :] if found[2] else ""
    noun = found[2] and not re.match(r"(?:long|wide|tall|deep|thick|high|across)\b", following)
    return (f"{found[1]} inch" if noun else _some(found[1], "inch")) + (found[2] or "")


def _some(amount: str, unit: str) -> str:
    several = {"foot": "feet", "inch": "inches", "ampere": "amperes"}[unit]
    return f"{amount} {unit if amount == '1' else several}"


def _dot(found: re.Match) -> str:
    return ending_dot(found) if found[0].endswith(".") else ""


def _day(found: re.Match) -> str:
    day = _DAYS[found[2] or found[3]]
    return (found[1] or "") + day + ending_dot(found)
