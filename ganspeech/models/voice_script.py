"""Scripts for a voice: what a text asks for, checked against what the voice can do."""

import functools
import sys
from os import PathLike
from typing import TYPE_CHECKING

from ganspeech.models.speakers import weights_of
from ganspeech.models.voice_settings import SPEEDS, require_within
from ganspeech.process.messages import one_line, shown
from ganspeech.text.script.lexicon import Lexicon
from ganspeech.text.script.plain import plain_script
from ganspeech.text.script.script import Script
from ganspeech.text.script.ssml import Abilities, ssml_script
from ganspeech.text.sentences import Silences
from ganspeech.text.symbols import IPA
from ganspeech.text.vocabulary import EmptyText

if TYPE_CHECKING:
    from ganspeech.models.voice import Voice

SILENCES = (0.0, 60.0)
"""Range of silences in seconds."""
NOTES = 20
"""Most kinds of unsupported markup that are reported one by one."""


def script_of(voice: "Voice", text: str, speed: float, ssml: bool, silences: Silences) -> Script:
    """Script of a text; what is not supported is reported on standard error.

    Raises ValueError for broken SSML, and EmptyText if there is nothing to say.
    """
    front = voice.text.front
    ends = {voice.text.blank, voice.text.first, voice.text.last}
    own = frozenset(voice.text.numbers) - {*IPA, *ends}
    if ssml:
        rates = SPEEDS[0] / speed, SPEEDS[1] / speed
        # Once for each name, so that weights that do not sum to 1 are said once.
        require = functools.cache(lambda name: weights_of(name, voice.speakers))
        abilities = Abilities(front, require, rates, speed, own)
        script = ssml_script(text, abilities, silences)
    else:
        script = plain_script(text, silences, phonemes=front.phonemic, own=own)
    for note in script.notes[:NOTES]:
        print(one_line(note), file=sys.stderr)
    if (more := len(script.notes) - NOTES) > 0:
        print(f"and {more} more that are not supported", file=sys.stderr)
    if not script.speaks:
        raise EmptyText(f"nothing to say in the text {shown(text)}")
    return script


def silences_of(
    sentence: float | None, paragraph: float | None, *, flags: bool = False
) -> Silences:
    """Silences, checked; None: as usual. Raises ValueError for other than 0 to 60 seconds.

    It names the setting, or the flag of a command line that has such `flags`.
    """
    for name, value in (("sentence_silence", sentence), ("paragraph_silence", paragraph)):
        if value is not None:
            shown_name = f"--{name.replace('_', '-')}" if flags else name
            require_within(shown_name, value, SILENCES)
    return Silences(sentence, paragraph)


def lexicon_of(lexicon: Lexicon | str | PathLike[str] | None, voice: "Voice") -> Lexicon | None:
    """Lexicon as it is, or read from a path. Raises ValueError, naming its file and line.

    Phonemes are dropped, and a line on standard error says so, for a voice that reads letters.
    """
    if lexicon is None:
        return None
    words = lexicon if isinstance(lexicon, Lexicon) else Lexicon.read(lexicon)
    if voice.text.front.phonemic:
        return words
    respelled = {word: entry for word, entry in words.entries.items() if not entry.ipa}
    if count := len(words.entries) - len(respelled):
        reason = "this voice reads letters"
        print(
            f"phonemes in the lexicon are not used ({count} of its words): {reason}",
            file=sys.stderr,
        )
    return Lexicon(respelled)
