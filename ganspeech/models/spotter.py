"""Spotting words in a stream: `spotter = Spotter(hear)`, then `spotter.feed(chunk)`.

Sounds are detected by energy, and a recognizer transcribes each on its own. Sounds without a word,
with low confidence or longer than a word form one class: rejected.
"""

import dataclasses

import numpy as np
from jaxtyping import Float

from ganspeech.audio.endpointing import WINDOW_SECONDS, Endpointer, Gate, Sound
from ganspeech.models.recognizer import Recognizer, Transcript
from ganspeech.recognizers.likelihood import likeliest_timing
from ganspeech.text.vocabulary import Vocabulary

REJECTED = ""
"""Word of rejected sounds."""


@dataclasses.dataclass(frozen=True)
class Spotted:
    """Word in a stream, or rejected sound."""

    word: str
    """`REJECTED` for a sound that is no known word, or below the threshold."""
    confidence: float
    """Confidence in the word's sound; see `Transcript.confidence`. 0 if it was too long."""
    start: float
    """Seconds since the stream began."""
    end: float
    guess: str = ""
    """Most likely text of a rejected sound."""


class Spotter:
    """Spots words in one stream; each stream needs a spotter of its own.

    Results do not depend on the size of the chunks. Memory is bounded by the longest sound of the
    gate, which is limited to the recognizer's longest bucket.
    """

    def __init__(
        self, recognizer: Recognizer, *, threshold: float | None = None, gate: Gate | None = None
    ):
        """`threshold` is the confidence below which sounds are rejected, if not the model's own."""
        threshold = recognizer.threshold if threshold is None else threshold
        if not 0 <= threshold <= 1:
            raise ValueError(f"threshold must be a probability, 0 to 1, not {threshold}")
        self._recognizer, self._threshold = recognizer, threshold
        gate = _within(gate or Gate(), max(recognizer.task.buckets))
        self._sounds = Endpointer(gate, recognizer.sample_rate)
        self._finished = False

    @property
    def settled(self) -> float:
        """Earliest start, in seconds, of words not returned yet."""
        return np.inf if self._finished else self._sounds.settled

    def warm(self) -> None:
        """Compiles the recognizer for all lengths in advance."""
        for length in self._lengths:
            self._recognizer([np.zeros(length, np.float32)])

    def feed(self, chunk: Float[np.ndarray, " samples"]) -> list[Spotted]:
        """Takes any number of samples at the recognizer's rate; returns the words they complete.

        Words are returned one pause after their end. Samples outside [-1, 1] are clipped. Raises
        ValueError, and skips the chunk, for other shapes, integers, and NaN or infinite values.
        """
        if self._finished:
            raise ValueError("this stream is finished; use a new Spotter for the next one")
        return self._spotted(self._sounds.feed(_checked(chunk)))

    def finish(self) -> list[Spotted]:
        """Ends the stream; returns the remaining words."""
        found = [] if self._finished else self._spotted(self._sounds.finish())
        self._finished = True
        return found

    @property
    def _lengths(self) -> list[int]:
        """Buckets of the recognizer, in samples, that sounds of this gate can need."""
        rate = self._recognizer.sample_rate
        lengths = sorted({round(seconds * rate) for seconds in self._recognizer.task.buckets})
        needed = sum(length < self._sounds.longest_samples for length in lengths) + 1
        return lengths[:needed]

    def _spotted(self, sounds: list[Sound]) -> list[Spotted]:
        return [word for sound in sounds for word in self._words(sound)]

    def _words(self, sound: Sound) -> list[Spotted]:
        if sound.audio is None:
            return [Spotted(REJECTED, 0.0, sound.start, sound.end)]
        (transcript,) = self._recognizer([sound.audio])
        text, confidence = transcript.text, transcript.confidence
        if not text or confidence < self._threshold:
            return [Spotted(REJECTED, confidence, sound.start, sound.end, text)]
        seconds = len(sound.audio) / self._recognizer.sample_rate
        cuts = sound.heard_from + seconds * _between(transcript, self._recognizer.task.vocabulary)
        times = np.clip([-np.inf, *cuts, np.inf], sound.start, sound.end)
        return [
            Spotted(word, confidence, float(start), float(end))
            for word, start, end in zip(text.split(), times, times[1:])
        ]


def _within(gate: Gate, seconds: float) -> Gate:
    """Gate whose sounds fit into one bucket of that many seconds."""
    # Two windows less, for the gate's rounding.
    longest = min(gate.longest, seconds - 2 * gate.around - 2 * WINDOW_SECONDS)
    if longest <= gate.shortest:
        raise ValueError(
            f"the longest bucket of this recognizer, {seconds:g} s, does not hold a sound of "
            f"{gate.shortest:g} s and {gate.around:g} s before and after it"
        )
    return dataclasses.replace(gate, longest=longest)


def _between(transcript: Transcript, vocabulary: Vocabulary) -> Float[np.ndarray, " cuts"]:
    """End of each word but the last: shares of the audio, midway between two symbols."""
    if not (firsts := vocabulary.starts(transcript.ids)[1:]):
        return np.zeros(0)
    steps = likeliest_timing(transcript.log_probs, transcript.ids)
    return np.array([(steps[n - 1] + steps[n] + 1) / 2 for n in firsts]) / len(transcript.log_probs)


def _checked(chunk: np.ndarray) -> Float[np.ndarray, " samples"]:
    chunk = np.asarray(chunk)
    if chunk.ndim != 1:
        raise ValueError(f"chunks must be [samples], not {list(chunk.shape)}")
    if chunk.size and chunk.dtype.kind != "f":
        raise ValueError(f"chunks must be floats in [-1, 1], not {chunk.dtype}")
    if not np.isfinite(chunk).all():
        raise ValueError("a chunk has NaN or infinite values")
    return np.clip(chunk, -1.0, 1.0).astype(np.float32)
