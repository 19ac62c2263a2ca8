"""English dates and times in words and numbers that are left to be read."""

import re

from num2words import num2words

from ganspeech.text.numbers import ordinal_words

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
_TIME_RANGE = re.compile(r"(?<=:\d\d) ?[–-] ?(?=\d\d?\b)")
_TIME = re.compile(r"\b([01]?\d|2[0-3]):([0-5]\d)(?::[0-5]\d)?\b")


def dates_in_words(text: str) -> str:
    """Days as ordinals, times as hours and minutes; years stay numbers."""
    text = _ISO.sub(_iso_date, text)
    text = _MONTH_DAY.sub(_month_day, text)
    text = _DAY_MONTH.sub(lambda f: f"{ordinal_words(int(f[1]))} of {f[2]}", text)
    return _TIME.sub(_time, _TIME_RANGE.sub(" to ", text))


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
        return " U T C"
    hours, minutes = int(written[1:3]), written[-2:]
    away = "plus" if written[0] == "+" else "minus"
    return f" U T C {away} {hours}" + ("" if minutes == "00" else f":{minutes}")


def _month_day(found: re.Match) -> str:
    last = f" to {ordinal_words(int(found[3]))}" if found[3] else ""
    return f"{found[1]} {ordinal_words(int(found[2]))}{last}"


def _time(found: re.Match) -> str:
    hour, minute = num2words(int(found[1])), int(found[2])
    if minute == 0:
        half = re.match(r" [AP] M", found.string[found.end() : found.end() + 4])
        return hour if half else f"{hour} o'clock"
    return f"{hour} oh {num2words(minute)}" if minute < 10 else f"{hour} {num2words(minute)}"
