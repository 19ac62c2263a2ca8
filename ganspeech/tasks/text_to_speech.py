"""Text to speech, learned from recordings and their texts."""

import dataclasses
import functools
import sys
from collections.abc import Iterator
from typing import Any, cast

import jax
import jax.numpy as jnp
import numpy as np
from flax import linen
from jaxtyping import Array, Float

from ganspeech.audio import HIFIGAN_22K, AudioSpec, log_mel, magnitude, stft
from ganspeech.data.buckets import bucket_of, bucketed, shapes
from ganspeech.data.corpus import Corpus, CorpusError
from ganspeech.data.feed import Feed
from ganspeech.data.labels.labeled import TICKS
from ganspeech.data.labels.symbol_ends import ends_in
from ganspeech.data.labels.transcribed import LabeledRecording, Transcribed, transcribed
from ganspeech.data.noise.conditions import Conditions
from ganspeech.data.noise.noises import Noises
from ganspeech.data.prepare import prepare
from ganspeech.game.contract import Batch, Play, Tree
from ganspeech.generators.vits.network import VITS
from ganspeech.generators.vits.parts import Taught
from ganspeech.losses.spectral import mel_l1, multi_resolution_stft
from ganspeech.losses.vits import kl_divergence, mean_over
from ganspeech.nn.axis import common_key
from ganspeech.nn.draws import STREAM
from ganspeech.nn.masked import valid_places
from ganspeech.process.checks import require_least
from ganspeech.tasks.batch_shapes import BatchShapes, utterances
from ganspeech.tasks.padded_speech import TOKENS, bucket
from ganspeech.tasks.speaking_samples import speak_sample
from ganspeech.tasks.trainable import Picture, Sample
from ganspeech.text.spoken_text import SpokenText

SHOWN = 4
"""Number of held-out recordings shown during a run."""
SYMBOLS_PER_SECOND = 40
"""Symbols of English phonemes with a blank between any two, spoken fast."""


@dataclasses.dataclass(frozen=True)
class TextToSpeech:
    """Training of VITS (Kim et al. 2021), whose discriminators see segments of recordings.

    The generator is a `ganspeech.generators.vits.network.VITS`, or is called like it.
    """

    spec: AudioSpec = HIFIGAN_22K
    """Audio spec of the audio, the posterior encoder's spectrum, and the mel loss."""
    text: SpokenText = SpokenText()
    """Text processing of the voice."""
    speakers: tuple[str, ...] = ()
    """Names in the corpus of the voice's speakers; empty: one voice of all recordings."""
    segment_frames: int = 32
    """Length of the decoded and discriminated segments, in frames of the spec; shorter recordings
    are not trained on."""
    buckets: tuple[float, ...] = (2.0, 4.0, 6.0, 8.0, 11.0)
    """Lengths in seconds that recordings are padded to, each compiled once; longer
    recordings are not trained on."""
    mel_weight: float = 45.0
    """Weight of the L1 distance between the segments' log-mels."""
    stft_weight: float = 0.0
    """Weight of the multi-resolution STFT distance between the segments."""
    kl_weight: float = 1.0
    """Weight of the divergence between posterior and prior, in nats per frame."""
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
        weights = ("mel_weight", "stft_weight", "kl_weight", "duration_weight")
        require_least(self, "task", 0, *weights, "minutes")
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

    def example(self) -> tuple:
        """Arguments of the network for one symbol and a silent segment."""
        one = jnp.ones((1,), jnp.int32)
        linear = jnp.zeros((1, self.segment_frames, self.spec.bins))
        return self._arguments(one[:, None] * 0, one, linear, one * self.segment_frames, one * 0)

    def condition(self) -> Array | None:
        """None: discriminators see the audio alone."""
        return None

    def play(self, generator: linen.Module, variables: Tree, batch: Batch, keys: Array) -> Play:
        """Plays segments of `batch["audio"]`, float32 `[batch, samples]` in [-1, 1], zero-padded.

        The first `batch["samples"]` are the recording of `batch["speaker"]`, the first
        `batch["label_lengths"]` of `batch["labels"]` its symbols; all int32. Where they are known,
        `batch["ends"]` are the symbols' ends, in ticks.
        """
        collections = [name for name in variables if name != "params"]
        taught, mutable = generator.apply(
            variables,
            *self.arguments(batch),
            ends=self.ends(batch),
            mutable=collections,
            rngs={STREAM: common_key(keys)},
        )
        real = self._segments(batch["audio"], taught.starts)
        return Play(real, taught.audio, None, self._terms(taught, real, batch), mutable)

    def arguments(self, batch: Batch) -> tuple:
        """Arguments of the network for a batch of `play`."""
        frames = batch["audio"].shape[1] // self.spec.hop_length
        # A centered transform has one frame more than hops; decoders give one hop per frame.
        linear = magnitude(stft(batch["audio"], self.spec))[:, :frames]
        lengths = batch["samples"] // self.spec.hop_length
        labels, label_lengths = batch["labels"], batch["label_lengths"]
        return self._arguments(labels, label_lengths, linear, lengths, batch["speaker"])

    def ends(self, batch: Batch) -> Float[Array, "batch labels"] | None:
        """Ends of the symbols in frames, where they are known."""
        if "ends" not in batch:
            return None
        return batch["ends"] * (self.spec.sample_rate / self.spec.hop_length / TICKS)

    def _arguments(self, labels, label_lengths, linear, lengths, speaker) -> tuple:
        static = (self.text.size, self.spec, self.segment_frames)
        return labels, label_lengths, linear, lengths, self.one_hot(speaker), *static

    def _segments(
        self, audio: Float[Array, "batch samples"], starts: Array
    ) -> Float[Array, "batch segment_samples"]:
        def segment(row: Array, start: Array) -> Array:
            first = start * self.spec.hop_length
            return jax.lax.dynamic_slice_in_dim(row, first, self.segment_samples)

        return jax.vmap(segment)(audio, starts)

    def _terms(self, taught: Taught, real: Array, batch: Batch) -> dict[str, Array]:
        lengths = batch["samples"] // self.spec.hop_length
        terms = {}
        if self.mel_weight:
            terms["mel"] = self.mel_weight * mel_l1(real, taught.audio, self.spec)
        if self.stft_weight:
            terms["stft"] = self.stft_weight * multi_resolution_stft(real, taught.audio)
        if self.kl_weight:
            terms["kl"] = self.kl_weight * kl_divergence(
                taught.prior_latent,
                taught.posterior_log_std,
                taught.mean,
                taught.log_std,
                valid_places(lengths, taught.mean.shape[1]),
            )
        if self.duration_weight:
            durations = mean_over(taught.duration_loss, batch["label_lengths"])
            terms["duration"] = self.duration_weight * durations
        return terms

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
        return {
            "audio": np.pad(audio, (0, length - len(audio)))[None],
            "samples": np.array([len(audio)], np.int32),
            "labels": labels,
            "label_lengths": np.array([len(line.labels)], np.int32),
            "speaker": np.array([line.speaker], np.int32),
        }

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
            speaker = self.one_hot(jnp.asarray(batch["speaker"]))
            audio = speak_sample(
                cast(VITS, generator),
                variables,
                line.labels,
                self.text.size,
                speaker,
                self.spec,
                frames,
            )
            yield Sample(recording.id, reference, audio, self.spec.sample_rate, recording.text)
            mel, path = align_batch(self, generator, variables, batch)
            symbols = [self.text.symbols[number] for number in line.labels]
            mel, path = np.asarray(mel[0, :frames]), np.asarray(path[0, : len(symbols), :frames])
            image = picture_of_alignment(mel, path, symbols, recording.text)
            yield Picture(f"{recording.id}/alignment", image)


@functools.partial(jax.jit, static_argnums=(0, 1))
def align_batch(
    task: TextToSpeech, network: linen.Module, variables: Tree, batch: Batch
) -> tuple[Float[Array, "batch frames mels"], Float[Array, "batch symbols frames"]]:
    """Log-mels of the recordings of `TextToSpeech.play`, and the path of their alignment."""
    taught: Any = network.apply(variables, *task.arguments(batch))
    return log_mel(batch["audio"], task.spec), taught.path
