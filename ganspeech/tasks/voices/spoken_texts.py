"""Recordings and their texts, as every task of a voice learns from them."""

import dataclasses
import sys
from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import cast

import jax
import jax.numpy as jnp
import numpy as np
from flax import linen
from jaxtyping import Array, Float

from ganspeech.audio import HIFIGAN_22K, AudioSpec
from ganspeech.data.buckets import bucket_of, bucketed, shapes
from ganspeech.data.corpus import Corpus, CorpusError
from ganspeech.data.feed import Feed
from ganspeech.data.labels.labeled import TICKS
from ganspeech.data.labels.symbol_ends import ends_in
from ganspeech.data.labels.transcribed import LabeledRecording, Transcribed, transcribed
from ganspeech.data.noise.conditions import Conditions
from ganspeech.data.noise.noises import Noises
from ganspeech.data.prepare import prepare
from ganspeech.game.contract import Batch, Tree
from ganspeech.process.checks import require_least
from ganspeech.tasks.batch_shapes import BatchShapes, utterances
from ganspeech.tasks.trainable import Picture, Sample
from ganspeech.tasks.voices.padded_speech import TOKENS, Speaking, bucket
from ganspeech.tasks.voices.speaking_samples import speak_sample
from ganspeech.text.spoken_text import SpokenText

SHOWN = 4
"""Number of held-out recordings shown during a run."""
SYMBOLS_PER_SECOND = 40
"""Symbols of English phonemes with a blank between any two, spoken fast."""


@dataclasses.dataclass(frozen=True)
class SpokenTexts(ABC):
    """What tasks of voices have in common: recordings, their texts, and batches of both.

    Batches have `audio`, float32 `[batch, samples]` in [-1, 1], zero-padded, of which the first
    `samples` are the recording of `speaker`, and `labels`, of which the first `label_lengths` are
    its symbols; all int32. Where they are known, `ends` are the symbols' ends, in ticks.
    """

    spec: AudioSpec = HIFIGAN_22K
    """Audio spec of the audio and of all spectra."""
    text: SpokenText = SpokenText()
    """Text processing of the voice."""
    speakers: tuple[str, ...] = ()
    """Names in the corpus of the voice's speakers; empty: one voice of all recordings."""
    segment_frames: int = 32
    """Length of the segments that discriminators see, in frames of the spec; shorter recordings
    are not trained on."""
    buckets: tuple[float, ...] = (2.0, 4.0, 6.0, 8.0, 11.0)
    """Lengths in seconds that recordings are padded to, each compiled once; longer
    recordings are not trained on."""
    duration_weight: float = 1.0
    """Weight of the duration loss per symbol."""
    durations: str = ""
    """File of where the symbols of each recording end, as `ganspeech distill` writes it; empty:
    recordings are aligned with their texts while the voice learns."""
    minutes: float = 0.0
    """Minutes of recordings that are trained on, the first ones; 0: all."""
    start_parts: tuple[str, ...] = ()
    """Parts taken from the network that a run starts from; empty: all, whose sizes must match."""

    def __post_init__(self):
        require_least(self, "task", 1, "segment_frames")
        if not self.buckets or min(self.buckets) * self.spec.sample_rate < self.segment_samples:
            raise ValueError(
                f"task.buckets must be seconds that hold a segment of {self.segment_frames} "
                f"frames, {self.segment_samples / self.spec.sample_rate:.2f} s, not {self.buckets}"
            )
        require_least(self, "task", 0, "duration_weight", "minutes")
        if len(set(self.speakers)) < len(self.speakers):
            raise ValueError(f"task.speakers must be different names, not {self.speakers}")

    def audio_spec(self) -> AudioSpec:
        """Audio spec of the task."""
        return self.spec

    def mixed(self) -> bool:
        """Returns whether batches have several shapes, one per bucket."""
        return len(set(self.buckets)) > 1

    @property
    def segment_samples(self) -> int:
        """Length of a segment in samples."""
        return self.segment_frames * self.spec.hop_length

    def one_hot(self, speaker: Array) -> Float[Array, "batch speakers"] | None:
        """One-hot vectors of indices of speakers; None without speakers."""
        return jax.nn.one_hot(speaker, len(self.speakers)) if self.speakers else None

    def condition(self) -> Array | None:
        """None: discriminators see what is made alone."""
        return None

    def frame_lengths(self, batch: Batch) -> Array:
        """Length of each recording of a batch in whole frames."""
        return batch["samples"] // self.spec.hop_length

    def ends(self, batch: Batch) -> Float[Array, "batch labels"] | None:
        """Ends of the symbols in frames, where they are known."""
        if "ends" not in batch:
            return None
        return batch["ends"] * (self.spec.sample_rate / self.spec.hop_length / TICKS)

    def recordings(self, corpus: Corpus) -> Transcribed:
        """Recordings whose texts can be learned; others are reported on standard error.

        Raises CorpusError when nothing is left, and for a speaker without recordings.
        """
        rate = self.spec.sample_rate
        ends_of = ends_in(self.durations, self.text.symbols) if self.durations else None
        prepared = prepare(corpus, rate, minimum_seconds=self.segment_samples / rate)
        prepared = prepared.first(self.minutes, rate)
        found = sorted({recording.speaker for recording in prepared.train})
        if missing := [name for name in self.speakers if name not in found]:
            raise CorpusError(
                f"task.speakers: no recordings by {missing[0]!r}; there are {', '.join(found)}"
            )
        if not self.speakers and len(found) > 1:
            print(
                f"{len(found)} speakers are learned as one voice; to distinguish them, use "
                f"--task.speakers {' '.join(found)} and a generator.speaker-width above 0",
                file=sys.stderr,
            )
        return transcribed(
            prepared,
            self.text,
            buckets=self.buckets,
            sample_rate=rate,
            frames_of=lambda samples: samples // self.spec.hop_length,
            needed=len,
            speakers=self.speakers,
            ends_of=ends_of,
        )

    def shapes(self, prepared: Transcribed) -> list[tuple[int, int]]:
        """Samples and symbols of each batch shape: an update is compiled for each."""
        return shapes(prepared.train, self.buckets, self.spec.sample_rate)

    def batches(self, prepared: Transcribed, feed: Feed) -> Iterator[Batch]:
        """Endless batches for `play`, each of one of the `shapes`."""
        return bucketed(
            prepared.train,
            feed,
            buckets=self.buckets,
            sample_rate=self.spec.sample_rate,
            conditions=Conditions(),
            noises=Noises({}, {}),
        )

    def batch_shapes(self, size: int) -> BatchShapes:
        """Shapes of a batch of `size` recordings in the longest bucket.

        How many symbols it has depends on the corpus; here they are `SYMBOLS_PER_SECOND`.
        """
        seconds = max(self.buckets)
        samples = round(seconds * self.spec.sample_rate)
        return utterances(size, samples, round(SYMBOLS_PER_SECOND * seconds))

    def batch_of(self, line: LabeledRecording) -> dict[str, np.ndarray]:
        """Batch of one recording for `play`, padded so that few lengths are compiled."""
        audio = line.recording.audio()
        length = bucket_of(len(audio), self.buckets, self.spec.sample_rate)
        count = len(line.labels)
        # A voice cuts texts that are longer than the last of these; a recording cannot be cut.
        labels = np.zeros((1, bucket(count, TOKENS) if count <= TOKENS[-1] else count), np.int32)
        labels[0, : len(line.labels)] = line.labels
        ends = np.zeros_like(labels)
        ends[0, : len(line.ends)] = line.ends
        return {
            "audio": np.pad(audio, (0, length - len(audio)))[None],
            "samples": np.array([len(audio)], np.int32),
            "labels": labels,
            "label_lengths": np.array([len(line.labels)], np.int32),
            "speaker": np.array([line.speaker], np.int32),
        } | ({"ends": ends} if line.ends else {})

    @abstractmethod
    def aligned(self, network: linen.Module, variables: Tree, batch: Tree) -> tuple[Array, Array]:
        """Log-mels `[batch, frames, mels]`, and the path `[batch, symbols, frames]` to show."""
        ...

    def samples(
        self, generator: linen.Module, variables: Tree, prepared: Transcribed
    ) -> Iterator[Sample | Picture]:
        """Speech of the first held-out texts, and alignments of their recordings."""
        # Matplotlib is slow to import, and only runs draw.
        from ganspeech.tasks.pictures import picture_of_alignment

        for line in prepared.held_out[:SHOWN]:
            recording, batch = line.recording, self.batch_of(line)
            reference = recording.audio()
            frames = len(reference) // self.spec.hop_length
            audio = speak_sample(
                cast(Speaking, generator),
                variables,
                line.labels,
                self.text.size,
                self.one_hot(jnp.asarray(batch["speaker"])),
                self.spec,
                frames,
            )
            yield Sample(recording.id, reference, audio, self.spec.sample_rate, recording.text)
            mel, path = self.aligned(generator, variables, batch)
            symbols = [self.text.symbols[number] for number in line.labels]
            shown, places = (
                np.asarray(mel[0, :frames]),
                np.asarray(path[0, : len(symbols), :frames]),
            )
            image = picture_of_alignment(shown, places, symbols, recording.text)
            yield Picture(f"{recording.id}/alignment", image)


def segments(
    x: Float[Array, "batch time ..."], starts: Array, length: int
) -> Float[Array, "batch length ..."]:
    """Part of each example that begins at its own start."""

    def segment(row: Array, start: Array) -> Array:
        return jax.lax.dynamic_slice_in_dim(row, start, length)

    return jax.vmap(segment)(x, starts)
