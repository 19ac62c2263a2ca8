"""English texts as they are read aloud, with their case and punctuation.

What recognition compares is `normalisation`; here punctuation is kept, since it is spoken as pauses
and melody, and more is read: dates, times, units, abbreviations.
"""

import re
import unicodedata

from num2words import num2words

from ganspeech.text.abbreviations import spelled_out
from ganspeech.text.numbers import AMOUNT, NUMBER, digit_words, number_words, ordinal_words

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
SIGNS = {"&": "and", "%": "percent", "+": "plus", "=": "equals", "@": "at", "#": "number",
         "×": "times", "÷": "divided by", "°": "degrees", "§": "section", "€": "euros",
         "£": "pounds", "$": "dollars", "/": "slash"}  # fmt: skip
CURRENCIES = {"$": ("dollar", "cent"), "£": ("pound", "penny"), "€": ("euro", "cent")}
UNITS = {
    "km/h": "kilometer per hour", "mph": "mile per hour", "m/s": "meter per second",
    "km": "kilometer", "cm": "centimeter", "mm": "millimeter", "m": "meter", "kg": "kilogram",
    "mg": "milligram", "g": "gram", "lbs": "pound", "lb": "pound", "oz": "ounce",
    "ml": "milliliter", "l": "liter", "khz": "kilohertz", "mhz": "megahertz", "ghz": "gigahertz",
    "hz": "hertz", "kb": "kilobyte", "mb": "megabyte", "gb": "gigabyte", "tb": "terabyte",
    "kw": "kilowatt",
    "ms": "millisecond", "ft": "foot", "hrs": "hour", "min": "minute", "°c": "degree Celsius",
    "°f": "degree Fahrenheit",
}  # fmt: skip
SCALES = {"k": "thousand", "m": "million", "bn": "billion", "b": "billion"}
LETTERS = str.maketrans({
    "’": "'", "‘": "'", "ʼ": "'", "“": '"', "”": '"', "„": '"', "…": "...", "−": "-",
    "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "ø": "o", "Ø": "O", "ß": "ss", "ł": "l", "Ł": "L",
    "đ": "d", "þ": "th", "Þ": "Th", "½": " 1/2", "¼": " 1/4", "¾": " 3/4",
})  # fmt: skip

_MONTH = rf"({'|'.join(MONTHS)})"
_DAY = r"(\d{1,2})(?:st|nd|rd|th)?"
_ADDRESS = re.compile(
    r"(?:https?://)?[\w.-]+(?:@[\w-]+)?(?:\.[a-z][\w-]*)*\.[a-z]{2,}(?:/[\w./-]*\w)?"
)
_ISO = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b")
_MONTH_DAY = re.compile(rf"\b{_MONTH} {_DAY}(?!\d|[:.,]\d)")
_DAY_MONTH = re.compile(rf"\b{_DAY} {_MONTH}\b")
_TIME = re.compile(r"\b([01]?\d|2[0-3]):([0-5]\d)(?::[0-5]\d)?\b")
_HALF_DAY = re.compile(r"(?<=\d) ?([ap])\.?m\b\.?", re.IGNORECASE)
_MONEY = re.compile(
    rf"([$£€]) ?({AMOUNT})(?:\.(\d\d)(?!\d)|(\.\d+)?"
    r"(?: ?(k|m|bn|b|hundred|thousand|[mbtr]+illion)\b)?)",
    re.IGNORECASE,
)
_UNIT = re.compile(
    rf"({AMOUNT}(?:\.\d+)?) ?({'|'.join(map(re.escape, UNITS))})\b(?![/'])", re.IGNORECASE
)
_FRACTION = re.compile(r"(?<![\w/.])(?:(\d+) )?([1-9])/([2-9]|10)(?![\w/])")
_RANGE = re.compile(r"(?<=\d) ?[–-] ?(?=[$£€]?\d)")
_PHONE = re.compile(r"(?<![\w-])(?:\+?\d[ -])?(?:\(\d{3}\) ?|\d{3}-)?\d{3}-\d{4}\b")


def spoken_form(text: str) -> str:
    """Numbers, dates, times, money, units, signs and abbreviations in words; the rest as it is."""
    text = _without_accents(text.translate(LETTERS))
    text = _ADDRESS.sub(_address, text)
    text = _HALF_DAY.sub(lambda f: f" {f[1].upper()} M" + _last_dot(f), text)
    text = spelled_out(text)
    text = _PHONE.sub(lambda f: _in_groups(f[0]), text)
    text = _ISO.sub(_iso_date, text)
    text = _MONTH_DAY.sub(lambda f: f"{f[1]} {ordinal_words(int(f[2]))}", text)
    text = _DAY_MONTH.sub(lambda f: f"{ordinal_words(int(f[1]))} of {f[2]}", text)
    text = _TIME.sub(_time, text)
    text = _MONEY.sub(_money, text)
    text = _UNIT.sub(_unit, text)
    text = _FRACTION.sub(_fraction, text)
    text = _RANGE.sub(" to ", text)
    text = re.sub(r"\b\d+(?:\.\d+){2,}", lambda f: f[0].replace(".", " point "), text)
    text = re.sub(r"(?<=\d):(?=\d)", " to ", text)
    text = re.sub(r"(?<![\w.)])-(?=\.?\d)", "minus ", text)
    text = re.sub(r"(?<![\w.])\.(\d+)", lambda f: f"point {digit_words(f[1])}", text)
    text = NUMBER.sub(_number, text)
    text = "".join(f" {SIGNS[sign]} " if sign in SIGNS else sign for sign in text)
    return re.sub(r" +(?=[,.;:!?])", "", " ".join(text.split()))


def _without_accents(text: str) -> str:
    apart = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", re.sub("([A-Za-z])[\u0300-\u036f]+", r"\1", apart))


def _number(found: re.Match) -> str:
    """Parted from letters: "mp3" as "mp three"."""
    before, after = found.string[: found.start()][-1:], found.string[found.end() :][:1]
    left, right = " " * before.isalnum(), " " * after.isalnum()
    return left + number_words(found) + right


def _last_dot(found: re.Match) -> str:
    return "." if found[0].endswith(".") and not found.string[found.end() :].strip() else ""


def _address(found: re.Match) -> str:
    """What has a dot inside is read with its signs; "etc." and the like are none."""
    text = re.sub("^https?://", "", found[0])
    if not re.search(r"[/@]|\.(com|org|net|edu|gov|io|dev|ai|co|uk|de|eu|info)\b", text):
        return found[0]
    said = {".": " dot ", "@": " at ", "/": " slash ", "-": " dash ", "_": " underscore "}
    return "".join(said.get(sign, sign) for sign in text)


def _iso_date(found: re.Match) -> str:
    month, day = int(found[2]), int(found[3])
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return found[0]
    return f"{MONTHS[month - 1]} {ordinal_words(day)}, {found[1]}"


def _time(found: re.Match) -> str:
    hour, minute = num2words(int(found[1])), int(found[2])
    if minute == 0:
        half = re.match(r" [AP] M", found.string[found.end() :])
        return hour if half else f"{hour} o'clock"
    return f"{hour} oh {num2words(minute)}" if minute < 10 else f"{hour} {num2words(minute)}"


def _money(found: re.Match) -> str:
    """ "$5.50" as "5 dollars and 50 cents", "$2.5m" as "2.5 million dollars"."""
    (unit, part), amount, cents, decimals, scale = CURRENCIES[found[1]], *found.groups()[1:]
    if scale:
        return f"{amount}{decimals or ''} {SCALES.get(scale.lower(), scale)} {unit}s"
    whole = f"{amount}{decimals or ''} {unit}" + ("" if amount == "1" and not decimals else "s")
    if not cents or not int(cents):
        return whole
    pieces = "pence" if part == "penny" else part + "s"
    coins = f"{int(cents)} {part if int(cents) == 1 else pieces}"
    return coins if amount == "0" else f"{whole} and {coins}"


def _unit(found: re.Match) -> str:
    words = UNITS[found[2].lower()]
    if found[1] != "1" and not words.startswith("hertz") and not words.endswith("hertz"):
        first, *rest = words.split(" ")
        words = " ".join(["feet" if first == "foot" else first + "s", *rest])
    return f"{found[1]} {words}"


def _fraction(found: re.Match) -> str:
    whole, top, bottom = found[1], int(found[2]), int(found[3])
    name = {2: "half", 4: "quarter"}.get(bottom) or ordinal_words(bottom)
    name = "halves" if name == "half" and top > 1 else name + ("s" if top > 1 else "")
    said = f"{num2words(top)} {name}"
    if not whole:
        return said
    return f"{whole} and a half" if said == "one half" else f"{whole} and {said}"


def _in_groups(phone: str) -> str:
    """A telephone number digit by digit, with a breath after each group."""
    return ", ".join(digit_words(group) for group in re.findall(r"\d+", phone))
