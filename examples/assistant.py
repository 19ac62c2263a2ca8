"""A spoken assistant: hear a question, find an answer, say it.

    python examples/assistant.py question.wav answer.wav --recognizer runs/digits

The part between the ear and the mouth is one function from text to text. Here it adds the digits
that were said; put a language model in its place.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import tyro
from jaxtyping import Float32

from ganspeech.audio import read_audio, write_audio
from ganspeech.load import RECOGNIZER, VOICE, load_recognizer, load_voice
from ganspeech.models.recognizer import Recognizer
from ganspeech.models.voice import SpokenSentence, Voice
from ganspeech.process.environment import keep_programs
from ganspeech.process.errors import guard
from ganspeech.text.vocabulary import DIGITS


def sum_of_digits(question: str) -> str:
    """What the digits in a text add up to, as a sentence."""
    digits = [word for word in question.split() if word in DIGITS]
    if not digits:
        return f"I heard: {question}. Say some digits, and I add them." if question else "Pardon?"
    total = sum(DIGITS.index(word) for word in digits)
    return f"{' and '.join(digits).capitalize()} make {total}."


def converse(
    question: Float32[np.ndarray, " samples"],
    hear: Recognizer,
    answer: Callable[[str], str],
    voice: Voice,
) -> Iterator[SpokenSentence]:
    """The spoken answer to a spoken question, sentence by sentence.

    The question is float32 in [-1, 1], at the recognizer's rate.
    """
    (heard,) = hear([question])
    yield from voice.stream(answer(heard.text))


def main(question: Path, answer: Path, recognizer: str = RECOGNIZER, voice: str = VOICE) -> int:
    """Answers a question.

    Args:
        question: An audio file of somebody who says digits.
        answer: The audio file to write.
        recognizer: A shipped recognizer by name, a model file, or a run folder.
        voice: As for `ganspeech say`.
    """
    keep_programs()
    hear, speaking = load_recognizer(recognizer), load_voice(voice)
    audio, _ = read_audio(question, hear.sample_rate)
    spoken = []
    for utterance in converse(audio, hear, sum_of_digits, speaking):
        print(utterance.text)
        spoken.append(utterance.audio)
    write_audio(answer, np.concatenate(spoken), speaking.sample_rate)
    return 0


if __name__ == "__main__":
    raise SystemExit(guard(lambda: tyro.cli(main, config=(tyro.conf.PositionalRequiredArgs,))))
