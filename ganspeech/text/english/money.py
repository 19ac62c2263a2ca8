"""English money in words; its numbers are read later."""

import re
from typing import NamedTuple

from ganspeech.text.english.numbers import AMOUNT, counted


class Currency(NamedTuple):
    """Words for one and several of a currency and of its coins, if it has any."""

    one: str
    several: str
    coin: str = ""
    coins: str = ""


CURRENCIES = {
    "$": Currency("dollar", "dollars", "cent", "cents"),
    "£": Currency("pound", "pounds", "penny", "pence"),
    "€": Currency("euro", "euros", "cent", "cents"),
    "¥": Currency("yen", "yen"),
    "₩": Currency("won", "won"),
    "₹": Currency("rupee", "rupees", "paisa", "paise"),
    "₽": Currency("ruble", "rubles", "kopeck", "kopecks"),
    "₺": Currency("lira", "liras"),
    "₴": Currency("hryvnia", "hryvnias"),
    "₱": Currency("peso", "pesos", "centavo", "centavos"),
    "₪": Currency("shekel", "shekels"),
    "₫": Currency("dong", "dong"),
    "₦": Currency("naira", "naira"),
    "฿": Currency("baht", "baht"),
    "₿": Currency("bitcoin", "bitcoins"),
}
"""Currencies by their signs."""
DOLLARS = {
    "US": "U.S", "C": "Canadian", "CA": "Canadian", "A": "Australian", "AU": "Australian",
    "NZ": "New Zealand", "HK": "Hong Kong", "S": "Singapore", "NT": "Taiwan",
}  # fmt: skip
"""Dollars by the letters before their sign."""
SIGN = f"[{''.join(CURRENCIES)}]"
SCALES = {
    "k": "thousand", "m": "million", "mm": "million", "mn": "million", "bn": "billion",
    "b": "billion", "t": "trillion", "tn": "trillion", "trn": "trillion",
}  # fmt: skip
CODES = {"USD": "US$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹", "CAD": "C$", "AUD": "A$"}
"""Signs of currencies that are often written by their codes."""

_OF = rf"(?:\b(?:{'|'.join(DOLLARS)}|R)(?=\$))?"
_SCALE = r"(?:[ -]?(k|mm|mn|m|bn|b|trn|tn|(?<=\d)t|hundred|thousand|[mbtr]+illion)\b)?"
_NO_SCALE = r"(?![ -]?(?:k|mm|mn|m|bn|b|trn|tn|t|hundred|thousand|[mbtr]+illion)\b)"
_MONEY = re.compile(
    rf"(?<!\d)(\ban? )?({_OF}{SIGN}) ?({AMOUNT})"
    rf"(?:[.,](\d\d)(?!\d|,\d){_NO_SCALE}|('?s)\b|(\.\d+)?{_SCALE})",
    re.IGNORECASE,
)
_MONEY_RANGE = re.compile(
    rf"(?<!\d)({_OF}{SIGN}) ?({AMOUNT})(\.\d+)?{_SCALE} ?[–-] ?\1? ?(?=\d)", re.IGNORECASE
)
_CODE = re.compile(
    rf"(?<![\w/])({'|'.join(CODES)}) ?(?={AMOUNT}(?:\.\d\d?(?!\d)|(?![.\d])))"
    rf"|(?<![\w.])({AMOUNT}(?:\.\d\d)?) ?({'|'.join(CODES)})(?![\w/])"
)
_NOUN = re.compile(r"[ -][A-Za-z]")
_NOTE = re.compile(r"[ -](?:bill|note|coin)s?\b")


def money_ranges(text: str) -> str:
    """Writes `$5-$10` as `5 to $10`, and `$-5` and `$.50` as `money_in_words` reads them."""
    text = _CODE.sub(lambda f: CODES[f[1]] if f[1] else CODES[f[3]] + f[2], text)
    text = re.sub(rf"({SIGN})[-−](?=\.?\d)", r"-\1", text)
    text = re.sub(rf"({SIGN})(?=\.\d)", r"\g<1>0", text)
    return _MONEY_RANGE.sub(_money_range, text)


def money_in_words(text: str) -> str:
    """Writes `$5.50` as "5 dollars and 50 cents", `$2.5m` as "2.5 million dollars"."""
    return _MONEY.sub(_money, text)


def _money_range(found: re.Match) -> str:
    """Moves the sign to the last amount, unless the first has cents or thousands of its own."""
    sign, amount, decimals, scale = found.groups()
    first = found[0].rstrip(f" –-{sign}") if scale or len(decimals or "") == 3 else None
    return f"{first or amount + (decimals or '')} to {sign}"


def _currency(sign: str) -> Currency:
    currency, country = CURRENCIES[sign[-1]], sign[:-1].upper()
    if country == "R":
        return Currency("real", "reals", "centavo", "centavos")
    if not country:
        return currency
    of = DOLLARS[country]
    return currency._replace(one=f"{of} {currency.one}", several=f"{of} {currency.several}")


def _money(found: re.Match) -> str:
    article, sign, amount, cents, ending, decimals, scale = found.groups()
    unit, several, coin, coins = _currency(sign)
    article = article or ""
    if cents and not coin:
        cents, decimals = None, f".{cents}"
    if ending == "s":  # "in $20s": the notes
        return f"{article}{amount}s"
    # A five dollar bill, a one million dollar house.
    pattern = _NOUN if article else _NOTE
    one = pattern.match(found.string, found.end()) is not None
    units = unit if one else several
    amount = counted(amount) + (decimals or "")
    if scale:
        return f"{article}{amount} {SCALES.get(scale.lower(), scale)} {units}"
    whole = f"{article}{amount} {unit if amount == '1' else units}"
    if not cents or not int(cents):
        return whole
    pieces = f"{int(cents)} {coin if one or int(cents) == 1 else coins}"
    return f"{article}{pieces}" if amount == "0" else f"{whole} and {pieces}"
