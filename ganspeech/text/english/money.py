"""English money in words; its numbers are read later."""

import re

from ganspeech.text.english.numbers import AMOUNT, counted

CURRENCIES = {"$": ("dollar", "cent"), "£": ("pound", "penny"), "€": ("euro", "cent")}
SCALES = {"k": "thousand", "m": "million", "bn": "billion", "b": "billion", "t": "trillion"}

_SCALE = r"(?:[ -]?(k|m|bn|b|(?<=\d)t|hundred|thousand|[mbtr]+illion)\b)?"
_MONEY = re.compile(
    rf"(?<!\d)(\ban? )?([$£€]) ?({AMOUNT})(?:[.,](\d\d)(?!\d|,\d)|('?s)\b|(\.\d+)?{_SCALE})",
    re.IGNORECASE,
)
_MONEY_RANGE = re.compile(
    rf"(?<!\d)([$£€]) ?({AMOUNT})(\.\d+)?{_SCALE} ?[–-] ?\1? ?(?=\d)", re.IGNORECASE
)
_NOUN = re.compile(r"[ -][A-Za-z]")
_NOTE = re.compile(r"[ -](?:bill|note|coin)s?\b")


def money_ranges(text: str) -> str:
    """Writes `$5-$10` as `5 to $10`, and `$-5` and `$.50` as `money_in_words` reads them."""
    text = re.sub(r"([$£€])[-−](?=\.?\d)", r"-\1", text)
    text = re.sub(r"([$£€])(?=\.\d)", r"\g<1>0", text)
    return _MONEY_RANGE.sub(_money_range, text)


def money_in_words(text: str) -> str:
    """Writes `$5.50` as "5 dollars and 50 cents", `$2.5m` as "2.5 million dollars"."""
    return _MONEY.sub(_money, text)


def _money_range(found: re.Match) -> str:
    """Moves the sign to the last amount, unless the first has cents or thousands of its own."""
    sign, amount, decimals, scale = found.groups()
    first = found[0].rstrip(f" –-{sign}") if scale or len(decimals or "") == 3 else None
    return f"{first or amount + (decimals or '')} to {sign}"


def _money(found: re.Match) -> str:
    article, sign, amount, cents, ending, decimals, scale = found.groups()
    (unit, part), article = CURRENCIES[sign], article or ""
    if ending == "s":  # "in $20s": the notes
        return f"{article}{amount}s"
    # A five dollar bill, a one million dollar house.
    pattern = _NOUN if article else _NOTE
    one = pattern.match(found.string, found.end()) is not None
    units = unit if one else unit + "s"
    amount = counted(amount) + (decimals or "")
    if scale:
        return f"{article}{amount} {SCALES.get(scale.lower(), scale)} {units}"
    whole = f"{article}{amount} {unit if amount == '1' else units}"
    if not cents or not int(cents):
        return whole
    pieces = "pence" if part == "penny" else part + "s"
    coins = f"{int(cents)} {part if one or int(cents) == 1 else pieces}"
    return f"{article}{coins}" if amount == "0" else f"{whole} and {coins}"
