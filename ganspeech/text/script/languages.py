"""Languages of front ends, and what SSML's `xml:lang` asks of them."""

from ganspeech.text.phonemes.espeak import EspeakError, espeak_phonemes
from ganspeech.text.phonemes.front_ends import Espeak, FrontEnd, Gruut, Pinyin, Plain
from ganspeech.text.script.say_as import Unsayable
from ganspeech.text.script.script import brief

_ESPEAK = {"zh": "cmn", "no": "nb"}
"""Names of espeak-ng that differ from the tags of BCP 47."""


def own_language(front: FrontEnd, language: str | None = None) -> str:
    """First part of a language's tag, as `en`; empty: a front end that knows none."""
    if language:
        name = language
    elif isinstance(front, Espeak):
        name = front.voice
    elif isinstance(front, Gruut):
        name = front.language
    elif isinstance(front, Pinyin):
        name = "cmn"
    else:
        name = front.numbers if isinstance(front, Plain) else ""
    first = name.replace("_", "-").lower().split("-")[0]
    return _ESPEAK.get(first, first)


def language_of(tag: str, front: FrontEnd, around: str = "") -> str | None:
    """Language as espeak-ng names it, for a front end; None: the front end's own, in any accent.

    For a front end that knows no language, that of the document is its own: the tag `around`.
    Raises `Unsayable` for a language that the front end does not read.
    """
    tag = tag.strip().lower()
    first = _ESPEAK.get(tag.split("-")[0], tag.split("-")[0])
    own = own_language(front) or own_language(front, around.strip())
    if first == own:
        return None
    if isinstance(front, Espeak):
        for name in (tag, first):
            try:
                espeak_phonemes(name, "a")
            except EspeakError:
                continue
            return name
    reads = f"reads {own_language(front)!r}" if own_language(front) else "does not know its own"
    raise Unsayable(f"the language {brief(tag)} is not supported: this voice {reads}")
