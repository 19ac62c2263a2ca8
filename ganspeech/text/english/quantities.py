"""English measures, fractions and sums in words; their numbers are read later."""

import re

from num2words import num2words

from ganspeech.text.english.money import money_in_words, money_ranges
from ganspeech.text.english.numbers import AMOUNT, counted, ordinal_words
from ganspeech.text.english.units import EXACT_UNITS, UNITS, plural, unit_of

_UNIT = rf"(?![A-Z]+s\b|HR\b)(?i:{'|'.join(map(re.escape, UNITS))})|{'|'.join(EXACT_UNITS)}"
# The unit may be missing, so that each number is matched once, however many there are.
_MEASURE = re.compile(
    rf"(?<![A-Za-z\d])({AMOUNT}(?:\.\d+)?)"
    rf"(?:( |-)?(?!W\.? [A-Z\d])({_UNIT}|(?<= )s|(?<=\.\d)s|(?<=\.\d\d)s|(?<=\.\d{{3}})s)"
    r"(?!\w)(?!'|/[^\dA-Z])"  # 100 W. 57th Street is west
    r"(?:\.(?=,| [a-z\d(]))?( ?– ?(?=\d)|-(?=\d))?)?"
)
_FRACTION = re.compile(r"(?<![\w/.])(?:(\d+) )?([1-9])/([2-9]|10)(?![\w/])")
_PART = re.compile(rf"(?<![\w/.])(?:(\d+) )?([1-9])/([2-9]|10) ({_UNIT})\b(?![/'])")
_SCALED = re.compile(rf"\b((?:thousand|[mbtr]+illion) )(?=\w\w)({_UNIT})\b(?![/'])")
_ALONE = re.compile(r"(?<![\w.])(?:hrs|yrs|mins|secs|wks|lbs|kcal)\b(?![/'])")
_RATE = re.compile(
    rf"(?<!\w)({'|'.join(u for u, said in UNITS.items() if ' per ' in said)})\b", re.IGNORECASE
)
_FEET = re.compile(r"(?<![\w.])(\d)'(?:(1[01]|\d)(?!\d)(?:\"|'')?| (1[01]|\d)(?:\"|''))")
_AREA = re.compile(r"(?<=\d)( ?[ck]?m)([²³])(?!\w)")
_HEAT = re.compile(r"((?i:seat|room|gate|apartment|apt\.?|unit|flat|suite|row) )?\b(\d{2,3})F\b")
_THOUSANDS = re.compile(r"(?<![\w.,-])(?<!\d )[1-9]\d{0,2}(?:(?: \d{3}){2,}| 000)(?! ?\d|,\d)")
_RAISED = "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"
_POWER = re.compile(
    rf"(?<=[A-Za-z\d)])(?:(?<![A-Za-z]{{3}})|(?<=sin)|(?<=cos)|(?<=tan)|(?<=log))[{_RAISED}]+"
)
_SUM = re.compile(r"(= ?)?\d[\d.+*/×÷-]*(?=( ?=)?)")
_MINUS = re.compile(
    r"(?:(?<![\w.,])(\d{1,9}(?:\.\d{1,9})?)|(?<=[\d%])) - (?=(\.?\d{1,9}(?:\.\d{1,9})?)( ?=)?)"
)
_SEVERAL = re.compile(r"(?<!\w)(?<!\d-)\d+(?:-\d+){2,}(?!\w)")
_ORDINALS = re.compile(r"(?<=\d)(st|nd|rd|th|s)[–-](?=\d+(?:st|nd|rd|th|s)\b)")
_YEARS = re.compile(r"(?<=\b\d{4}) - (?=\d{4}\b)")
_RANGE = re.compile(r"(?<=[\d%°])(?:-| ?– ?)(?=[$£€¥]?\d)")


def quantities_in_words(text: str) -> str:
    """Writes signs and units around numbers in words, and ranges with "to"."""
    text = _HEAT.sub(lambda f: f[0] if f[1] else f"{f[2]}°F", text)
    text = _AREA.sub(lambda f: f[1] + "23"[f[2] == "³"], text)
    text = _raised(text)
    text = _FEET.sub(lambda f: f"{f[1]} foot {f[2] or f[3]}", text)
    text = _THOUSANDS.sub(lambda f: f[0].replace(" ", ","), text)
    text = money_in_words(_differences(money_ranges(text)))
    text = _MEASURE.sub(_measure, _PART.sub(_part, text))
    text = _SCALED.sub(lambda f: f[1] + plural(unit_of(f[2])), text)
    text = _ALONE.sub(lambda found: plural(UNITS[found[0]]), text)
    text = _RATE.sub(lambda found: plural(UNITS[found[1].lower()]), text)
    return _FRACTION.sub(_fraction, text)


def _raised(text: str) -> str:
    """Writes powers in words; a raised number after a word is that of a note."""
    plain = str.maketrans(_RAISED, "-0123456789")
    text = _POWER.sub(lambda f: "^" + f[0].translate(plain), text)
    text = re.sub(f"[{_RAISED}]+", lambda f: " " + f[0].translate(plain), text)
    for power, word in (("2", "squared"), ("3", "cubed")):
        text = re.sub(rf"(?<=[A-Za-z\d)])\^{power}(?![A-Za-z\d]|\.\d)", f" {word} ", text)
    return re.sub(r"(?<=[A-Za-z\d)])\^(?=[A-Za-z\d(-])", " to the power of ", text)


def _differences(text: str) -> str:
    """Word for a hyphen between numbers: minus in a sum, to in a range, none in a row."""
    text = _SUM.sub(lambda f: f[0].replace("-", " minus ") if f[1] or f[2] else f[0], text)
    text = _SEVERAL.sub(lambda f: f[0].replace("-", " "), text)
    text = _YEARS.sub(" to ", text)
    text = _ORDINALS.sub(r"\1 to ", text)
    return _RANGE.sub(" to ", _MINUS.sub(_minus, text))


def _minus(found: re.Match) -> str:
    """Word between numbers with spaces and a hyphen: from less to more it is a range."""
    first, second, sum_ = found.groups()
    rises = first is not None and not sum_ and float(first) < float(second)
    return f"{first or ''} {'to' if rises else 'minus'} "


def _measure(found: re.Match) -> str:
    amount, separator, unit, range_ = found.groups()
    if not unit:
        return found[0]
    words = unit_of(unit)
    if separator == "-":  # a 5-km run
        return f"{amount}-{words}" + (" to " if range_ else "")
    if amount != "1":
        amount, words = counted(amount), plural(words)
    return f"{amount} {words}" + (" to " if range_ else "")


def _part(found: re.Match) -> str:
    """Writes "1/2 km" as "half a kilometer", "2 1/2 km" as "two and a half kilometers"."""
    whole, unit = found[1], found[4]
    fraction = _FRACTION.match(found[0].rsplit(" ", 1)[0])
    assert fraction is not None
    unit = unit_of(unit)
    if whole:
        return f"{_fraction(fraction)} {plural(unit)}"
    article = "an" if unit[0] in "aeio" or unit == "hour" else "a"
    words = _fraction(fraction)
    return f"half {article} {unit}" if words == "one half" else f"{words} of {article} {unit}"


def _fraction(found: re.Match) -> str:
    whole, top, bottom = found[1], int(found[2]), int(found[3])
    name = {2: "half", 4: "quarter"}.get(bottom) or ordinal_words(bottom)
    name = "halves" if name == "half" and top > 1 else name + ("s" if top > 1 else "")
    words = f"{num2words(top)} {name}"
    if not whole:
        return words
    return f"{whole} and a half" if words == "one half" else f"{whole} and {words}"
