"""Web and mail addresses as they are read aloud."""

import re

from ganspeech.text.english.numbers import digit_words

SAID = {
    ".": "dot", "@": "at", "/": "slash", "-": "dash", "_": "underscore", ":": "colon",
    "?": "question mark", "=": "equals", "&": "and", "#": "hash", "%": "percent", "+": "plus",
    "~": "tilde",
}  # fmt: skip

# Each run is matched once; whether it is an address is decided afterwards.
_RUN = re.compile(r"(https?://)?(\w[\w.@:/?=&#%~+-]*)")
_ADDRESS = re.compile(
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|(?:(?:[\w-]+\.)+[a-z][\w-]+|localhost)(?::\d+)?(?:[/?#].*)?"
)
_OCTET = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
_IP = re.compile(rf"({_OCTET}(?:\.{_OCTET}){{3}})((?:/\d\d?|:\d+)?)")
_VERSION = re.compile(r"\b(?:version|release|section|chapter|v\.?) \Z", re.IGNORECASE)
_BEFORE = 10
"""Characters that hold a word of `_VERSION`: a version may look like an address."""
_CERTAIN = re.compile(r"[/@]|:\d|\.(com|org|net|edu|gov|io|dev|ai|co|uk|de|eu|info)\b")
"""Endings that distinguish an address from two words with a dot and no space between, "etc.and"."""


def addresses_in_words(text: str) -> str:
    """Writes signs of addresses in words and ports digit by digit; http:// is left out."""
    return _RUN.sub(_in_words, text)


def _octets_in_words(found: re.Match) -> str:
    """Writes numbers of three digits digit by digit: 192.168.0.1 as one nine two.one six eight."""
    octets = ".".join(digit_words(n) if len(n) == 3 else n for n in found[1].split("."))
    return octets + found[2]


def _in_words(found: re.Match) -> str:
    scheme, run = found.groups()
    core = run.rstrip("".join(SAID))
    start = found.start()
    before = found.string[max(start - _BEFORE, 0) : start]
    ip = _IP.fullmatch(core) and not _VERSION.search(before)
    certain = scheme or ip or "://" in core or (_ADDRESS.fullmatch(core) and _CERTAIN.search(core))
    if not certain:
        # Nothing follows "http://", as in a text about addresses.
        return re.sub(r"^(https?)://", r"\1 ", found[0])
    core = _IP.sub(_octets_in_words, core) if scheme or ip else core
    core = re.sub(r"(?<=:)\d+", lambda port: digit_words(port[0]), core)
    words = "".join(f" {SAID[sign]} " if sign in SAID else sign for sign in core)
    return words + run[len(run.rstrip("".join(SAID))) :].replace("/", "")
