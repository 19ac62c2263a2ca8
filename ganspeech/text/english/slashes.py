"""Slashes that are read as words: with, out of, over, divided by; others are "slash"."""

import re

from ganspeech.text.english.units import PER

_ABBREVIATIONS = {
    "w/o": "without", "b/c": "because", "c/o": "care of", "w/": "with ",
    "y/y": "year over year", "q/q": "quarter over quarter", "m/m": "month over month",
    "a/c": "account",
}  # fmt: skip
_ABBREVIATION = re.compile(
    r"(?<![\w/.])(?:(?:w/o|b/c|c/o|a/c|([yqm])/\1)(?![\w/])|w/ ?(?=[\w$£€\"'(~]))", re.IGNORECASE
)
_SAID = re.compile(r"(?<![\w/.-])(and/or|24/7|9/11)(?![\w/-])")
_HUNDRED = re.compile(r"(?<![\w/.-])(\d\d)/(\d\d)(?![\w/-])")
_OUT_OF = re.compile(r"(?<![\w/.-])(10(?=/10\b)|\d{1,3}(?=/100\b))/(?=\d+(?![\w/]))")
_PRESSURE = re.compile(
    r"\b((?:BP|(?i:blood pressure))(?: (?:of|was|is|at))?:? \d{2,3})/(?=\d{2,3}\b)"
)
_PER = re.compile(
    r"(\d[\d,.:]{0,15}(?:[ -]?[A-Za-zμ¢%°]{1,12})?)"
    rf"/({'|'.join(sorted(PER, key=len, reverse=True))})(?![/'\w-])(?:\.(?=,| [a-z+]))?"
)
_DIVISION = re.compile(
    r"(?<![\w.,$£€])(\d+) / (?=\d+(?:[.,]?$|[^\w.,]))"
    r"(?!\d+ [a-z])"
)
_SPACED = re.compile(r"(?<=[^\s/]) / (?=[^\s/])")


def slashes_in_words(text: str) -> str:
    """Writes "w/ salt" as "with salt", "10/10" as "10 out of 10", "50/50" as "50 50"."""
    text = _ABBREVIATION.sub(lambda found: _ABBREVIATIONS[found[0].lower().strip()], text)
    text = _SAID.sub(lambda found: found[0].replace("/", " "), text)
    text = text.replace("+/-", "±")
    text = _HUNDRED.sub(_hundred, text)
    text = _OUT_OF.sub(r"\1 out of ", text)
    text = _PRESSURE.sub(r"\1 over ", text)
    text = _PER.sub(lambda f: f"{f[1]} {'each' if f[2] == 'ea' else 'per ' + PER[f[2]]}", text)
    # Between lines of a song, or prices of a cup and a bowl, it is a pause.
    return _SPACED.sub(", ", _DIVISION.sub(r"\1 divided by ", text))


def _hundred(found: re.Match) -> str:
    """A fifty-fifty split, but no other two numbers."""
    first, second = found.groups()
    return f"{first} {second}" if int(first) + int(second) == 100 else found[0]
