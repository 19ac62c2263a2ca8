"""Numbers in English words."""

import re

from num2words import num2words

LONGEST_NUMBER = 15
"""Most digits of a number; longer ones are codes, read digit by digit."""

AMOUNT = r"(?:\d{1,3}(?:,\d{3})+|\d+)"
NUMBER = re.compile(
    rf"(?P<whole>{AMOUNT})"
    r"(?:\.(?P<decimals>\d+)|(?P<ordinal>st|nd|rd|th)\b|(?P<plural>'?s)\b)?"
)
"""Number in a lower-case text, with the groups that `number_words` reads."""


def number_words(found: re.Match) -> str:
    """Words of a match of `NUMBER`: 21st as "twenty-first", 1984 as a year, 007 digit by digit."""
    grouped, decimals = "," in found["whole"], found["decimals"]
    whole = found["whole"].replace(",", "")
    if len(whole) > LONGEST_NUMBER or (len(whole) > 1 and int(whole[0]) == 0):
        words = digit_words(whole)
    elif found["ordinal"]:
        words = ordinal_words(int(whole))
    else:
        year = len(whole) == 4 and not grouped and not decimals and _is_year(int(whole))
        words = num2words(int(whole), to="year" if year else "cardinal")
    if decimals:
        words += f" point {digit_words(decimals)}"
    if found["plural"]:
        words = words[:-1] + "ies" if words.endswith("y") else words + _plural_ending(words)
    return words.replace(",", "")


def ordinal_words(number: int) -> str:
    """Ordinal of a number: 3 as "third"."""
    return num2words(number, to="ordinal").replace(",", "")


def digit_words(digits: str) -> str:
    """Words of digits, one each."""
    return " ".join(num2words(int(digit)) for digit in digits)


def counted(amount: str) -> str:
    """Adds a comma to a number of four digits, so that it is not read as a year."""
    return f"{amount[0]},{amount[1:]}" if len(amount) == 4 and amount.isdigit() else amount


def _is_year(number: int) -> bool:
    return 1100 <= number <= 1999 or 2010 <= number <= 2099


def _plural_ending(words: str) -> str:
    return "es" if words.endswith("x") else "s"
