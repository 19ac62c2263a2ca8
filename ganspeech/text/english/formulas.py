"""Signs of mathematics, chemistry and programs, and Greek letters, as they are read aloud."""

import re
import unicodedata

MEANINGS = {
    "±": "plus or minus", "≈": "is about", "≅": "is about", "→": "to", "∞": "infinity",
    "√": "the square root of", "∫": "the integral of", "∑": "the sum of", "∈": "in", "∉": "not in",
    "⊂": "is a subset of", "⊆": "is a subset of", "∪": "union", "∩": "intersection",
    "∂": "partial", "∇": "nabla", "∝": "is proportional to", "≡": "is equivalent to",
    "¶": "paragraph", "©": "copyright",
}  # fmt: skip

_FORMULA = re.compile(r"\b(?:[A-Z][a-z]?[₀-₉]*)*[A-Z][a-z]?[₀-₉]+(?:[A-Z][a-z]?[₀-₉]*)*")
_CARBON = re.compile(r"\bCO2\b")
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789", "™®℠")
_COPYRIGHT = re.compile(r"(?:\b[Cc]opyright )?(?:\([Cc]\)|©) ?(?=\d{4}|[A-Z])")
_EXPONENT = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)[eE]([-+]?)(\d{1,3})(?!\w)")
_ION = re.compile(r"(?<=[A-Za-z\d])([²³⁴]?)([⁺⁻])(?![⁰¹²³⁴-⁹\w])")
_CHARGES = {"²": " 2", "³": " 3", "⁴": " 4", "": "", "⁺": " plus", "⁻": " minus"}
_SIGNED = {"-": "minus ", "+": "plus ", "": ""}
_GRADE = re.compile(r"\b([A-DF])[-−](?= (?:in|on|for|and|or|to)\b|[,.;)])")
_LETTER = re.compile("(?<![\u0370-\u03ff])[\u0391-\u03a9\u03b1-\u03c9](?![\u0370-\u03ff])")


def formulas_in_words(text: str) -> str:
    """Writes "3 ± 1" as "3 plus or minus 1", "CO₂" as "C.O 2", "1e-4" as "1 e minus 4"."""
    text = _CARBON.sub("C.O 2", text.translate(_SUBSCRIPTS))
    text = _GRADE.sub(r"\1 minus", _COPYRIGHT.sub("copyright ", text))
    text = _ION.sub(lambda f: _CHARGES[f[1]] + _CHARGES[f[2]], text)
    text = _EXPONENT.sub(lambda f: f"{f[1]} e {_SIGNED[f[2]]}{int(f[3])}", text)
    return "".join(f" {MEANINGS[sign]} " if sign in MEANINGS else sign for sign in text)


def greek_in_words(text: str) -> str:
    """Writes Greek letters that stand alone by their names; Greek words stay."""
    return _LETTER.sub(_letter, text)


def _letter(found: re.Match) -> str:
    """Name of a letter, set apart from letters and digits: Δt, but α-helix."""
    begin, end = found.span()
    before, after = found.string[max(begin - 1, 0) : begin], found.string[end : end + 1]
    return " " * before.isalnum() + _name(found[0]) + " " * after.isalnum()


def _name(letter: str) -> str:
    name = unicodedata.name(letter).removeprefix("GREEK SMALL LETTER ")
    return (
        name.removeprefix("GREEK CAPITAL LETTER ")
        .removeprefix("FINAL ")
        .lower()
        .replace("lamda", "lambda")
    )
