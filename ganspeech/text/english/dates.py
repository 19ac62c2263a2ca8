"""English dates and times in words; remaining numbers are read later."""

import re

from num2words import num2words

from ganspeech.text.english.numbers import digit_words, ordinal_words

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip

_MONTH = rf"({'|'.join(MONTHS)})"
_DAY = r"([12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?"
_ISO = re.compile(
    r"\b(\d{4})-(\d\d)-(\d\d)(?:T(\d\d:\d\d)(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?\b"
)
_MONTH_DAY = re.compile(rf"\b{_MONTH} {_DAY}(?: ?[–-] ?{_DAY})?(?!\d|[:.,]\d)")
_DAY_MONTH = re.compile(rf"\b{_DAY} {_MONTH}\b")
_SHORT = r"(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b"
_SHORT_MONTH = re.compile(rf"\b{_SHORT}(?= \d)|(?:(?<=\d )|(?<=\d[a-z][a-z] )){_SHORT}")
_SLASHED = re.compile(r"(?<![\w/.-])(1[0-2]|0?[1-9])/(3[01]|[12]\d|0?[1-9])/(\d{4}|\d\d)(?![\w/-])")
_DOTTED = re.compile(r"(?<![\w/.-])(3[01]|[12]\d|0?[1-9])\.(1[0-2]|0?[1-9])\.(\d{4})(?![\w/-])")
_HOURS_MINUTES = re.compile(r"\b(\d+) ?h ?(\d\d?) ?m(?:in)?\b")
_OLD_YEAR = re.compile(r"\b((?i:in|since|until|till|year) )(10\d\d)\b(?![.,]?\d| [a-z]+s\b)")
_SLASHED_DAY = re.compile(
    r"\b((?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|[Ww]eek of|[Dd]ue|[Uu]ntil|"
    r"[Tt]hru|[Tt]hrough|[Ss]ince|[Oo]n|[Bb]y|noon|hrs|hours),?:? )"
    r"(1[0-2]|0?[1-9])/(3[01]|[12]\d|0?[1-9])"
    r"(?:( ?[–-] ?| thru | to | through | and )(1[0-2]|[1-9])/(3[01]|[12]\d|[1-9]))?"
    r"(?![\w/-]|\.\d| (?:of|cups?)\b)"
)
_HOURS = re.compile(r"(?<![\w.:-])(\d\d?) ?[–-] ?(?=\d\d?:[0-5]\d\b)")
_MINUTES_SECONDS = re.compile(r"\b((?:in|at|of|after|time:?) )(2[4-9]|[3-5]\d):([0-5]\d)\b")
_ANY = r"(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b"
_MONTHS_RANGE = re.compile(rf"\b{_ANY}[–-]{_ANY}")
_TO_MONTH = re.compile(rf"(?<=\d) ?[–-] ?(?=(?:(?:{'|'.join(DAYS)}),? )?{_MONTH} \d)")
_DECADE = re.compile(r"(?<!\w)'00s\b")
_SHORT_YEAR = re.compile(r"(?<!\w)'0(\d)\b(?!')")
_TIME_RANGE = re.compile(r"(?:(?<=:\d\d)|(?<=[AP]\.M)) ?[–-] ?(?=\d\d?\b)")
_TIME = re.compile(
    r"\b(24(?=:00)|[01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?\b(?:\.(\d{1,3})(?![\d:]))?"
)
_COUNTED = re.compile(r"(\b[A-Za-z]+,? )?(?<![\w.,/:-])(\d)(\d{3})(?= ([a-z]{3,}s)\b)")
_BEFORE_YEARS = frozenset(
    ("in", "since", "of", "by", "from", "until", "till", "before", "after", "around", "circa", "to",
     "and", "during", "the", "early", "late", "year", "this", "his", "her", "their", "its", "our",
     *map(str.lower, MONTHS))
)  # fmt: skip
_AFTER_YEARS = frozenset(
    ("was", "has", "its", "his", "this", "does", "always", "perhaps", "plus", "versus", "thus",
     "brings", "marks", "sees", "remains", "begins", "ends", "starts", "comes", "looks", "seems",
     "shows", "means", "makes", "gives")
)  # fmt: skip
"""Words in s that are not plurals: four digits before them are a year."""
_PAGE = re.compile(r"\b([Pp]ages? )(\d)(\d{3})\b")


def dates_in_words(text: str) -> str:
    """Writes days as ordinals and times as hours and minutes; years stay numbers."""
    text = _DECADE.sub("2000s", _SHORT_YEAR.sub(r"oh \1", text))
    text = _ISO.sub(_iso_date, text)
    text = _MONTHS_RANGE.sub(lambda f: f"{_full(f[1])} to {_full(f[2])}", text)
    text = _SLASHED_DAY.sub(_slashed_day, _SHORT_MONTH.sub(lambda f: _full(f[0]), text))
    text = _TO_MONTH.sub(" to ", text)
    text = _SLASHED.sub(lambda f: f"{MONTHS[int(f[1]) - 1]} {f[2]}, {f[3]}", text)
    # Dates with dots are European, the day before the month.
    text = _DOTTED.sub(lambda f: f"{int(f[1])} {MONTHS[int(f[2]) - 1]} {f[3]}", text)
    text = _MONTH_DAY.sub(_month_day, text)
    text = _DAY_MONTH.sub(lambda f: f"{ordinal_words(int(f[1]))} of {f[2]}", text)
    text = _MINUTES_SECONDS.sub(
        lambda f: f"{f[1]}{f[2]} {_sixtieths(int(f[3]))}", _HOURS.sub(r"\1 to ", text)
    )
    text = _TIME.sub(_time, _TIME_RANGE.sub(" to ", text))
    text = _HOURS_MINUTES.sub(lambda f: f"{_some(f[1], 'hour')} {_some(f[2], 'minute')}", text)
    text = _OLD_YEAR.sub(lambda f: f[1] + num2words(int(f[2]), to="year"), text)
    return _PAGE.sub(r"\1\2,\3", _COUNTED.sub(_counted, text))


def _full(short: str) -> str:
    return next(month for month in MONTHS if month.startswith(short[:3]))


def _slashed_day(found: re.Match) -> str:
    """Reads 3/14 as a date where the word before asks for one, but "by 1/2" as a fraction."""
    before, month, day, between, second, last = found.groups()
    if before[0] in "Bb" and int(month) < int(day) <= 10:
        return found[0]
    words = f"{before}{MONTHS[int(month) - 1]} {int(day)}"
    if between is None:
        return words
    between = " to " if between.strip() in ("-", "–") else between
    return f"{words}{between}{MONTHS[int(second) - 1]} {int(last)}"


def _counted(found: re.Match) -> str:
    """Adds a comma to four digits before a plural, which are no year: 2,020 votes."""
    before, first, rest, after = found.groups()
    before = before or ""
    if "," in before or before.strip().lower() in _BEFORE_YEARS or after in _AFTER_YEARS:
        return found[0]
    return f"{before}{first},{rest}"


def _some(number: str, thing: str) -> str:
    return f"{number} {thing}" + ("" if int(number) == 1 else "s")


def _iso_date(found: re.Match) -> str:
    year, month, day = (int(part) for part in found.groups()[:3])
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return found[0]
    time = f", {found[4]}{_zone(found[5])}" if found[4] else ""
    return f"{MONTHS[month - 1]} {ordinal_words(day)}, {year:04}{time}"


def _zone(written: str | None) -> str:
    if not written:
        return ""
    if written == "Z":
        return " U.T.C"
    hours, minutes = int(written[1:3]), written[-2:]
    away = "plus" if written[0] == "+" else "minus"
    return f" U.T.C {away} {hours}" + ("" if minutes == "00" else f":{minutes}")


def _month_day(found: re.Match) -> str:
    last = f" to {ordinal_words(int(found[3]))}" if found[3] else ""
    return f"{found[1]} {ordinal_words(int(found[2]))}{last}"


def _time(found: re.Match) -> str:
    hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
    words = num2words(hour)
    if minute or second or found[4]:
        words += f" {_sixtieths(minute)}" + (f" {_sixtieths(second)}" if second else "")
        return words + (f" point {digit_words(found[4])}" if found[4] else "")
    if hour in (0, 24):
        return "midnight"
    half = re.match(r" [AP]\.M", found.string[found.end() : found.end() + 4])
    return words if half else f"{words} o'clock"


def _sixtieths(number: int) -> str:
    return f"oh {num2words(number)}" if number < 10 else num2words(number)
