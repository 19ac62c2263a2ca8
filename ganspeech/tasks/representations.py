"""Representations of examples for networks: pictures and waveforms."""

import dataclasses
import hashlib
from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float32

from ganspeech.audio import AudioSpec, log_mel
from ganspeech.data.corpus import Corpus, CorpusError, Problems
from ganspeech.data.examples import Examples, Labeled, Scale
from ganspeech.data.prepare import Prepared, Recording, prepare
from ganspeech.data.readers.mnist import MNIST
from ganspeech.data.readers.words import DIGITS, WordCorpus

SHORTEST = 0.1
"""Seconds of the shortest clip that can hold a word."""
PIECE = 256
"""Number of clips that are transformed at once."""


@runtime_checkable
class View(Protocol):
    """Representation of examples for networks, and the conversions to and from it."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one example."""

    def examples(self, corpus: Corpus) -> Examples:
        """All examples of a corpus; raises `CorpusError` for one that the view cannot show."""

    def images(self, values: np.ndarray) -> np.ndarray:
        """Examples as pictures `[n, height, width]` in [0, 1], low frequencies at the bottom."""


@runtime_checkable
class SpokenView(View, Protocol):
    """A view of sound."""

    @property
    def sample_rate(self) -> int:
        """Samples per second of its audio."""

    def audio(self, values: np.ndarray, scale: Scale | None) -> Float32[np.ndarray, "n samples"]:
        """Examples as audio in about [-1, 1]; `scale` is that of the `Examples`."""


@dataclasses.dataclass(frozen=True)
class Pictures:
    """Pictures of 28 x 28 with a black edge of two pixels, [0, 255] as [-1, 1]."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows, columns, one channel."""
        return (32, 32, 1)

    def examples(self, corpus: Corpus) -> Examples:
        """MNIST's pictures; the fingerprint is that of their bytes."""
        if not isinstance(corpus, MNIST):
            raise CorpusError(f"pictures are in the corpus mnist, not in {type(corpus).__name__}")
        content, parts = hashlib.blake2b(digest_size=16), []
        for part, (pictures, digits) in zip(("train", "test"), corpus.pictures()):
            content.update(pictures.tobytes() + digits.astype(np.int32).tobytes())
            padded = np.pad(pictures, ((0, 0), (2, 2), (2, 2)))[..., None]
            values = padded.astype(np.float32) / 127.5 - 1
            ids = tuple(f"{part}-{place}" for place in range(len(digits)))
            parts.append(Labeled(values, digits.astype(np.int32), ids))
        train, held_out = parts
        return Examples(train, held_out, DIGITS, content.hexdigest(), Problems())

    def images(self, values: np.ndarray) -> np.ndarray:
        """The pictures, white on black."""
        return np.clip((values[..., 0] + 1) / 2, 0, 1)


@dataclasses.dataclass(frozen=True)
class Waveform:
    """Raw audio, one second by default: clips are centered, longer ones cut at both ends."""

    sample_rate: int = 16000
    """Samples per second."""
    samples: int = 16384
    """Length of an example in samples."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of an example: samples."""
        return (self.samples,)

    def examples(self, corpus: Corpus) -> Examples:
        """The words of a corpus."""
        return spoken_examples(corpus, self)

    def audio(self, values: np.ndarray, scale: Scale | None) -> Float32[np.ndarray, "n samples"]:
        """The values themselves, clipped to [-1, 1]."""
        return np.clip(np.asarray(values, np.float32), -1, 1)

    def images(self, values: np.ndarray) -> np.ndarray:
        """Log-mel spectrograms, 60 dB from white to black."""
        spec = AudioSpec(
            sample_rate=self.sample_rate,
            hop_length=self.samples // 128,
            n_mels=64,
            fmax=self.sample_rate / 2,
        )
        mels = np.asarray(jax.jit(log_mel, static_argnums=1)(jnp.asarray(values), spec))
        top = mels.max((1, 2), keepdims=True)
        return np.clip(1 + (mels - top) / np.log(1000), 0, 1).swapaxes(1, 2)[:, ::-1]


def spoken_examples(corpus: Corpus, clips: Waveform) -> Examples:
    """The words of a corpus as clips of one length."""
    if not isinstance(corpus, WordCorpus):
        raise CorpusError(
            f"{type(corpus).__name__} is not a corpus of single words: use spoken-digits or "
            "speech-commands"
        )
    prepared = prepare(corpus, clips.sample_rate, minimum_seconds=SHORTEST)
    return _labeled(prepared, corpus.classes, clips.samples)


def _labeled(prepared: Prepared, classes: tuple[str, ...], samples: int) -> Examples:
    def clips(recordings: Sequence[Recording]) -> Labeled:
        values = np.zeros((len(recordings), samples), np.float32)
        for row, recording in zip(values, recordings):
            excess = max(recording.samples - samples, 0) // 2
            audio = recording.audio(excess, excess + samples)
            before = (samples - len(audio)) // 2
            row[before : before + len(audio)] = audio
        labels = np.asarray([classes.index(r.text) for r in recordings], np.int32)
        return Labeled(values, labels, tuple(r.id for r in recordings))

    return Examples(
        clips(prepared.train),
        clips(prepared.held_out),
        classes,
        prepared.fingerprint,
        prepared.problems,
    )


def in_pieces(function, values: np.ndarray) -> np.ndarray:
    """Applies a function to all values in pieces of the same size, so that it compiles once."""
    made = []
    for start in range(0, len(values), PIECE):
        piece = values[start : start + PIECE]
        fill = ((0, min(PIECE, len(values)) - len(piece)), *((0, 0),) * (values.ndim - 1))
        made.append(np.asarray(function(np.pad(piece, fill)))[: len(piece)])
    return np.concatenate(made) if made else np.zeros((0,), np.float32)
