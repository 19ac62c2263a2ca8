"""An interpreter: whatever is said is said again in another language, as soon as there is a pause.

    python examples/interpreter.py english.wav spanish.wav --voice es_ES-davefx-medium.onnx

The part between the ear and the mouth is one function from text to text. Here it knows digits in
Spanish; put a translator in its place, and with it a recognizer and a voice of your languages.
"""

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
import tyro
from jaxtyping import Float32

from ganspeech.audio import read_audio, write_audio
from ganspeech.audio.endpointing import Endpointer, Gate, Sound
from ganspeech.load import RECOGNIZER, VOICE, load_recognizer, load_voice
from ganspeech.models.recognizer import Recognizer
from ganspeech.models.voice import SpokenSentence, Voice
from ganspeech.process.environment import keep_programs
from ganspeech.process.errors import guard
from ganspeech.text.vocabulary import DIGITS

CHUNK_SECONDS = 0.1
"""A file is heard in such pieces, as a microphone would hand them over."""
PHRASE = Gate(longest=15.0, pause=0.5)
"""Half a second of silence ends what is interpreted at once."""
SPANISH = ["cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"]

Audio = Float32[np.ndarray, " samples"]


def spanish_digits(english: str) -> str:
    """The digits of a text in Spanish; other words stay."""
    words = dict(zip(DIGITS, SPANISH))
    return " ".join(words.get(word, word) for word in english.split())


def interpret(
    chunks: Iterable[Audio], hear: Recognizer, translate: Callable[[str], str], voice: Voice
) -> Iterator[SpokenSentence]:
    """What is said in a stream, spoken in another language phrase by phrase.

    Chunks are float32 in [-1, 1], of any length, at the recognizer's rate.
    """
    for sound in _sounds(chunks, Endpointer(PHRASE, hear.sample_rate)):
        if sound.audio is None:
            print(f"too long to interpret: {sound.start:.1f} to {sound.end:.1f} s")
            continue
        (heard,) = hear([sound.audio])
        if heard.text:
            yield from voice.stream(translate(heard.text))


def _sounds(chunks: Iterable[Audio], endpointer: Endpointer) -> Iterator[Sound]:
    for chunk in chunks:
        yield from endpointer.feed(chunk)
    yield from endpointer.finish()


def main(source: Path, target: Path, recognizer: str = RECOGNIZER, voice: str = VOICE) -> int:
    """Interprets a recording.

    Args:
        source: An audio file of somebody who says digits.
        target: The audio file to write.
        recognizer: A shipped recognizer by name, a model file, or a run folder.
        voice: As for `ganspeech say`; one of the language that is translated to.
    """
    keep_programs()
    hear, speaking = load_recognizer(recognizer), load_voice(voice)
    audio, rate = read_audio(source, hear.sample_rate)
    size = round(CHUNK_SECONDS * rate)
    chunks = (audio[start : start + size] for start in range(0, len(audio), size))
    spoken = []
    for utterance in interpret(chunks, hear, spanish_digits, speaking):
        print(utterance.text)
        spoken.append(utterance.audio)
    if not spoken:
        print(f"error: nothing that is said in {source} was understood", file=sys.stderr)
        return 1
    write_audio(target, np.concatenate(spoken), speaking.sample_rate)
    return 0


if __name__ == "__main__":
    raise SystemExit(guard(lambda: tyro.cli(main, config=(tyro.conf.PositionalRequiredArgs,))))
