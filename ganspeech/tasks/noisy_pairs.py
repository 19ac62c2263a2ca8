"""Pairs of clean and noisy utterances, shared by tasks on features."""

import dataclasses
import functools
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Float32, Int

from ganspeech.audio import AudioSpec
from ganspeech.data.buckets import bucket_of, bucketed
from ganspeech.data.corpus import Corpus, CorpusError, Problems, chosen
from ganspeech.data.feed import Feed
from ganspeech.data.labels.labeled import LabeledRecording, LabeledRecordings, Line, labeled
from ganspeech.data.labels.transcribed import Transcribed
from ganspeech.data.noise.conditions import Conditions
from ganspeech.data.noise.noises import load_noises, mix
from ganspeech.data.prepare import prepare
from ganspeech.data.recordings import Recording
from ganspeech.data.table import lengths
from ganspeech.game.contract import Batch
from ganspeech.nn.masked import masked, valid_places
from ganspeech.tasks.batch_shapes import BatchShapes, utterances
from ganspeech.tasks.features import Features

SHOWN = 4
"""Number of held-out recordings shown during a run."""
SHOWN_SNR_DB = 5.0
"""Signal-to-noise ratio of the shown recordings, in dB."""
UNREAD = (1,)
"""Unused labels; without any, batches would hold empty arrays."""


class FeaturePair(NamedTuple):
    """Features of the same utterances; zero beyond their ends."""

    clean: Float[Array, "batch frames channels"]
    noisy: Float[Array, "batch frames channels"]
    lengths: Int[Array, " batch"]
    """Frames of each utterance."""


@dataclasses.dataclass(frozen=True)
class NoisyPairs:
    """Utterances in batches of similar length, clean and under random conditions, without texts."""

    features: Features = Features()
    """Features of the audio that networks see."""
    conditions: Conditions = Conditions(noisy=1.0)
    """Speeds, rooms and noise of utterances."""
    buckets: tuple[float, ...] = (1.0, 2.0, 4.0, 8.0, 16.0)
    """Lengths in seconds that utterances are padded to, each compiled once; longer
    recordings are not trained on."""

    def __post_init__(self):
        if not self.buckets or min(self.buckets) <= 0:
            raise ValueError(f"task.buckets must be seconds above 0, not {self.buckets}")

    @property
    def spec(self) -> AudioSpec:
        """Audio spec of the features."""
        return self.features.spec

    def audio_spec(self) -> AudioSpec:
        """Audio spec of the task."""
        return self.spec

    def mixed(self) -> bool:
        """Returns whether batches have several shapes, one per bucket."""
        return len(set(self.buckets)) > 1

    @property
    def least_frames(self) -> int:
        """Number of frames of the shortest bucket."""
        return self.features.frames(round(min(self.buckets) * self.spec.sample_rate))

    def silence(self) -> tuple[Float[Array, "1 frames channels"], Int[Array, " 1"]]:
        """Zero features of one utterance of the shortest bucket, and its number of frames."""
        frames = self.least_frames
        return jnp.zeros((1, frames, self.features.channels)), jnp.full((1,), frames, jnp.int32)

    def pair(self, batch: Batch) -> FeaturePair:
        """Features of `batch["clean"]` and `batch["audio"]`, float32 `[batch, samples]`.

        The first `batch["samples"]` of them, int32 `[batch]`, are the utterance.
        """
        clean, noisy = self.features(batch["clean"]), self.features(batch["audio"])
        lengths = self.features.frames(batch["samples"])
        valid = valid_places(lengths, clean.shape[1])
        return FeaturePair(masked(clean, valid), masked(noisy, valid), lengths)

    def recordings(self, corpus: Corpus) -> Transcribed:
        """Recordings that fit a bucket, without labels; others are reported on standard error."""
        rate = self.spec.sample_rate
        prepared = prepare(corpus, rate, minimum_seconds=self.spec.win_length / rate)
        problems = Problems()
        longest = round(max(self.buckets) * rate)

        def lines(recordings: Sequence[Recording]) -> LabeledRecordings:
            fits = lengths(recordings) <= longest
            for recording in chosen(recordings, ~fits):
                reason = f"longer than the longest bucket of {max(self.buckets):g} s"
                problems.skip(reason, recording.id)
            return labeled(recordings, (Line(int(i), UNREAD) for i in np.flatnonzero(fits)))

        train, held_out = lines(prepared.train), lines(prepared.held_out)
        problems.tell(type(corpus).__name__)
        if not train:
            raise CorpusError(
                f"none of the {len(prepared.train)} recordings to train on is at most "
                f"{max(self.buckets):g} s long: give a longer bucket with --task.buckets"
            )
        problems.add(prepared.problems)
        return Transcribed(train, held_out, problems, prepared.fingerprint)

    def batches(self, prepared: Transcribed, feed: Feed) -> Iterator[Batch]:
        """Endless batches for `pair`, each of one bucket."""
        return bucketed(
            prepared.train,
            feed,
            buckets=self.buckets,
            sample_rate=self.spec.sample_rate,
            conditions=self.conditions,
            noises=load_noises(self.conditions, self.spec.sample_rate),
        )

    def batch_shapes(self, size: int) -> BatchShapes:
        """Shapes of a batch of `size` utterances in the longest bucket."""
        return utterances(size, round(max(self.buckets) * self.spec.sample_rate), len(UNREAD))

    def shown(self, prepared: Transcribed) -> Iterator[tuple[LabeledRecording, FeaturePair]]:
        """First held-out recordings, each in a fixed noise that is not trained on."""
        noises = list(_evaluation_noises(self.conditions, self.spec.sample_rate).values())
        for place, line in enumerate(prepared.held_out[:SHOWN]):
            clean = line.recording.audio()
            noise = noises[place % len(noises)]
            noisy = mix(clean, noise, SHOWN_SNR_DB, np.random.default_rng(place))
            length = bucket_of(len(clean), self.buckets, self.spec.sample_rate)
            batch = {
                "clean": np.pad(clean, (0, length - len(clean)))[None],
                "audio": np.pad(noisy, (0, length - len(clean)))[None],
                "samples": np.array([len(clean)], np.int32),
            }
            yield line, _pair(self, batch)


@functools.cache
def _evaluation_noises(
    conditions: Conditions, sample_rate: int
) -> dict[str, Float32[np.ndarray, " samples"]]:
    noises = load_noises(conditions, sample_rate)
    return noises.unseen or noises.seen


@functools.partial(jax.jit, static_argnums=0)
def _pair(task: NoisyPairs, batch: Batch) -> FeaturePair:
    return task.pair(batch)
