"""English money, measures, fractions and sums in words; their numbers are left to be read."""

import re

from num2words import num2words

from ganspeech.text.numbers import AMOUNT, ordinal_words

CURRENCIES = {"$": ("dollar", "cent"), "£": ("pound", "penny"), "€": ("euro", "cent")}
SCALES = {"k": "thousand", "m": "million", "bn": "billion", "b": "billion"}
UNITS = {
    "km/h": "kilometer per hour", "mph": "mile per hour", "m/s": "meter per second",
    "km": "kilometer", "cm": "centimeter", "mm": "millimeter", "kg": "kilogram",
    "mg": "milligram", "lbs": "pound", "lb": "pound", "oz": "ounce",
    "ml": "milliliter", "khz": "kilohertz", "mhz": "megahertz", "ghz": "gigahertz",
    "hz": "hertz", "kb": "kilobyte", "mb": "megabyte", "gb": "gigabyte", "tb": "terabyte",
    "kw": "kilowatt",
    "ms": "millisecond", "ft": "foot", "hrs": "hour", "min": "minute", "°c": "degree Celsius",
    "°f": "degree Fahrenheit",
}  # fmt: skip
"""In either case, which people mix up."""
LETTER_UNITS = {"m": "meter", "g": "gram", "l": "liter", "L": "liter"}
"""As they are written alone: 5G is no weight."""

_SCALE = r"(?: ?(k|m|bn|b|hundred|thousand|[mbtr]+illion)\b)?"
_MONEY = re.compile(
    rf"(?<!\d)([$£€]) ?({AMOUNT})(?:[.,](\d\d)(?!\d|,\d)|('?s)\b|(\.\d+)?{_SCALE})", re.IGNORECASE
)
_MONEY_RANGE = re.compile(
    rf"(?<!\d)([$£€]) ?({AMOUNT})(\.\d+)?{_SCALE} ?[–-] ?\1? ?(?=\d)", re.IGNORECASE
)
# The unit may be missing, so that each number is read once, however many there are.
_MEASURE = re.compile(
    rf"({AMOUNT}(?:\.\d+)?)"
    rf"(?:( |-)?((?i:{'|'.join(map(re.escape, UNITS))})|[{''.join(LETTER_UNITS)}])\b(?![/'])"
    r"(?:\.(?=,| [a-z\d(]))?( ?– ?(?=\d)|-(?=\d))?)?"
)
_FRACTION = re.compile(r"(?<![\w/.])(?:(\d+) )?([1-9])/([2-9]|10)(?![\w/])")
_FEET = re.compile(r"(?<![\w.])(\d)'(1[01]|\d)(?!\d)(?:\"|'')?")
_THOUSANDS = re.compile(r"(?<![\w.,-])(?<!\d )[1-9]\d{0,2}(?:(?: \d{3}){2,}| 000)(?! ?\d|,\d)")
_RAISED = "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"
_POWER = re.compile(rf"(?<=[A-Za-z\d)])(?<![A-Za-z]{{3}})[{_RAISED}]+")
_SUM = re.compile(r"(= ?)?\d[\d.+*/×÷-]*(?=( ?=)?)")
_MINUS = re.compile(r"(?<=[\d%]) - (?=\.?\d)")
_SEVERAL = re.compile(r"(?<!\w)(?<!\d-)\d+(?:-\d+){2,}(?!\w)")
_YEARS = re.compile(r"(?<=\b\d{4}) - (?=\d{4}\b)")
_RANGE = re.compile(r"(?<=[\d%°])(?:-| ?– ?)(?=[$£€]?\d)")


def quantities_in_words(text: str) -> str:
    """Signs and units around numbers in words, ranges with "to"."""
    text = _raised(text)
    text = _FEET.sub(r"\1 foot \2", text)
    text = _THOUSANDS.sub(lambda f: f[0].replace(" ", ","), text)
    text = _MONEY_RANGE.sub(_money_range, text)
    text = _differences(text)
    text = _MONEY.sub(_money, text)
    text = _MEASURE.sub(_measure, text)
    return _FRACTION.sub(_fraction, text)


def _raised(text: str) -> str:
    """Powers in words; a raised number after a word is that of a note."""
    plain = str.maketrans(_RAISED, "-0123456789")
    text = _POWER.sub(lambda f: "^" + f[0].translate(plain), text)
    text = re.sub(f"[{_RAISED}]+", lambda f: " " + f[0].translate(plain), text)
    for power, word in (("2", "squared"), ("3", "cubed")):
        text = re.sub(rf"(?<=[A-Za-z\d)])\^{power}(?!\w|\.\d)", f" {word}", text)
    return re.sub(r"(?<=[A-Za-z\d)])\^(?=[A-Za-z\d(-])", " to the power of ", text)


def _differences(text: str) -> str:
    """What a hyphen between numbers says: minus in a sum, to in a range, nothing in a row."""
    text = _SUM.sub(lambda f: f[0].replace("-", " minus ") if f[1] or f[2] else f[0], text)
    text = _SEVERAL.sub(lambda f: f[0].replace("-", " "), text)
    text = _YEARS.sub(" to ", text)
    return _RANGE.sub(" to ", _MINUS.sub(" minus ", text))


def _money_range(found: re.Match) -> str:
    """The sign goes to the last amount, unless the first has cents or thousands of its own."""
    sign, amount, decimals, scale = found.groups()
    first = found[0].rstrip(f" –-{sign}") if scale or len(decimals or "") == 3 else None
    return f"{first or amount + (decimals or '')} to {sign}"


def _money(found: re.Match) -> str:
    """ "$5.50" as "5 dollars and 50 cents", "$2.5m" as "2.5 million dollars"."""
    (unit, part), amount = CURRENCIES[found[1]], found[2]
    cents, ending, decimals, scale = found.groups()[2:]
    if ending == "s":  # "in $20s": the notes
        return f"{amount}s"
    if scale:
        return f"{amount}{decimals or ''} {SCALES.get(scale.lower(), scale)} {unit}s"
    whole = f"{amount}{decimals or ''} {unit}" + ("" if amount == "1" and not decimals else "s")
    if not cents or not int(cents):
        return whole
    pieces = "pence" if part == "penny" else part + "s"
    coins = f"{int(cents)} {part if int(cents) == 1 else pieces}"
    return coins if amount == "0" else f"{whole} and {coins}"


def _measure(found: re.Match) -> str:
    amount, parted, unit, range_ = found.groups()
    if not unit:
        return found[0]
    words = LETTER_UNITS.get(unit) or UNITS[unit.lower()]
    if parted == "-":  # a 5-km run
        return f"{amount}-{words}" + (" to " if range_ else "")
    if amount != "1" and not words.endswith("hertz"):
        first, *rest = words.split(" ")
        words = " ".join(["feet" if first == "foot" else first + "s", *rest])
    return f"{amount} {words}" + (" to " if range_ else "")


def _fraction(found: re.Match) -> str:
    whole, top, bottom = found[1], int(found[2]), int(found[3])
    name = {2: "half", 4: "quarter"}.get(bottom) or ordinal_words(bottom)
    name = "halves" if name == "half" and top > 1 else name + ("s" if top > 1 else "")
    said = f"{num2words(top)} {name}"
    if not whole:
        return said
    return f"{whole} and a half" if said == "one half" else f"{whole} and {said}"
