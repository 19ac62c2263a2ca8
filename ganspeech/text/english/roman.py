"""Roman numerals where they are unambiguous: after rulers' names, "Chapter" or "War"."""

import re

from ganspeech.text.english.numbers import ordinal_words

_VALUES = {"I": 1, "V": 5, "X": 10}
_NUMERAL = r"(X{0,3}(?:IX|IV|V?I{1,3}|V)|X{1,3})"
"""Numerals 1 to 39, each in one spelling."""
_NAMES = (
    "Alexander|Alfonso|Benedict|Boniface|Catherine|Charles|Christian|Clement|Darius|Edward|"
    "Elizabeth|Ferdinand|Francis|Frederick|George|Gregory|Gustav|Haakon|Henry|Innocent|Ivan|James|"
    "John|Leo|Leopold|Louis|Mary|Mehmed|Murad|Napoleon|Nicholas|Otto|Paul|Peter|Philip|Pius|"
    "Ptolemy|Ramesses|Ramses|Richard|Sixtus|Suleiman|Umberto|Urban|Victor|Wilhelm|William"
)
_TITLES = "King|Queen|Pope|Emperor|Empress|Tsar|Czar|Kaiser|Sultan|Prince"
# "Henry I" may be Henry and me; with a title it is not. George V. Higgins was no king.
_RULER = re.compile(
    rf"\b((?:{_NAMES})|(?:{_TITLES}) (?:[A-Z][a-z]+ )?[A-Z][a-z]+) {_NUMERAL}\b"
    r"(?!(?<= [IVX])\.? [A-Z])"
)
_SAID_OF_ME = (
    "read|saw|play(?:ed)?|wrote|written|liked?|loved?|hated?|want(?:ed)?|need(?:ed)?|used?|prefer|preferred|"
    "am|have|had|will|would|can|could|did|do|think|thought|know|knew|bought|meant?|gave|got|get|"
    "found|find|made|make|said|say|see|took|take|chose|choose|enjoy|enjoyed|skipped|missed|started|"
    "finished|told|sent|ordered|borrowed|lost|left|lent|remember|mentioned|described|never|really|"
    "always|also|just|still|once"
)
"""Words after "I" that show it to be no numeral: the book I read."""
_PART = re.compile(
    r"\b(World War|Chapter|Part|Act|Scene|Volume|Vol\.|Book|Phase|Bowl|Type|Article|Section) "
    rf"{_NUMERAL}\b(?!'|(?<=[a-z] I) (?:{_SAID_OF_ME})\b)"
)


def roman_numerals_in_words(text: str) -> str:
    """Writes "Henry VIII" as "Henry the eighth", and "Chapter IV" as "Chapter 4"."""
    text = _RULER.sub(_ruler, text)
    return _PART.sub(lambda found: f"{found[1]} {_value(found[2])}", text)


def _ruler(found: re.Match) -> str:
    if found[2] == "I" and " " not in found[1]:
        return found[0]
    return f"{found[1]} the {ordinal_words(_value(found[2]))}"


def _value(numeral: str) -> int:
    values = [_VALUES[letter] for letter in numeral]
    return sum(-v if v < after else v for v, after in zip(values, [*values[1:], 0], strict=True))
