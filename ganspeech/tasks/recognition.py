"""Recognition: what was said, learned from recordings and their transcripts by CTC."""

import dataclasses
import functools
from collections.abc import Iterator
from typing import Literal

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import linen
from jaxtyping import Array, Float, Int

from ganspeech.audio import AudioSpec
from ganspeech.data.buckets import bucket_of, bucketed, shapes
from ganspeech.data.corpus import Corpus
from ganspeech.data.feed import Feed
from ganspeech.data.noise.conditions import Conditions
from ganspeech.data.noise.noises import Noises, load_noises
from ganspeech.data.prepare import prepare
from ganspeech.data.transcribed import Transcribed, transcribed
from ganspeech.game.contract import Batch, Play, Tree
from ganspeech.nn.axis import common_key
from ganspeech.nn.draws import STREAM
from ganspeech.recognizers.ctc_output import CTCOutput, steps_of
from ganspeech.recognizers.decoding import greedy
from ganspeech.tasks.features import Features
from ganspeech.tasks.trainable import Picture
from ganspeech.text.vocabulary import BLANK, Characters, Vocabulary

SHOWN = 4
"""Held-out recordings that are shown while a run goes on."""


@dataclasses.dataclass(frozen=True)
class Recognition:
    """A recognizer hears utterances as features and learns their symbols by CTC, supervised."""

    features: Features = Features()
    """Features of the audio."""
    vocabulary: Vocabulary = Characters()
    """The symbols it writes in."""
    stride: Literal[1, 2, 4] = 4
    """Frames that one step of its answer stands for; CTC wants a step for every symbol."""
    buckets: tuple[float, ...] = (1.0, 2.0, 4.0, 8.0, 16.0)
    """Lengths in seconds that utterances are padded to, each of which is compiled; longer
    recordings are not trained on."""
    conditions: Conditions = Conditions()
    """Speeds, rooms and noise that utterances are heard in while it trains."""
    share: float = 1.0
    """Share of every speaker's training lines that is used, the first of them."""

    def __post_init__(self):
        if not self.buckets or min(self.buckets) <= 0:
            raise ValueError(f"task.buckets must be seconds above 0, not {self.buckets}")
        if not 0 < self.share <= 1:
            raise ValueError(f"task.share must be above 0 and at most 1, not {self.share}")
        if self.stride not in (1, 2, 4):
            raise ValueError(f"task.stride must be 1, 2 or 4, not {self.stride}")

    @property
    def spec(self) -> AudioSpec:
        """Audio spec of the features."""
        return self.features.spec

    def audio_spec(self) -> AudioSpec:
        """Audio spec of what it works with."""
        return self.spec

    def mixed(self) -> bool:
        """Whether there are several buckets, or but one shape."""
        return len(set(self.buckets)) > 1

    @property
    def symbols(self) -> int:
        """Number of symbols, with the blank."""
        return len(self.vocabulary.symbols)

    def steps(self, samples: int) -> int:
        """Steps of the answer to so many samples."""
        return steps_of(self.features.frames(samples), self.stride)

    def example(self) -> tuple:
        """Features of one silent utterance, how many there are, and what is asked for."""
        frames = self.features.frames(round(min(self.buckets) * self.spec.sample_rate))
        features = jnp.zeros((1, frames, self.features.channels))
        return features, jnp.full((1,), frames, jnp.int32), self.symbols, self.stride

    def condition(self) -> Array | None:
        """None: no discriminator plays."""
        return None

    def play(self, generator: linen.Module, variables: Tree, batch: Batch, keys: Array) -> Play:
        """Hears `batch["audio"]`, float32 `[batch, samples]` in [-1, 1], zero padded.

        `batch["samples"]` of them are the utterance, and of `batch["labels"]` the first
        `batch["label_lengths"]`; all int32.
        """
        features = self.features(batch["audio"])
        heard, mutable = self.hear(generator, variables, features, batch["samples"], keys)
        terms = {"ctc": ctc(heard, batch["labels"], batch["label_lengths"])}
        return Play(real=features, fake=None, condition=None, terms=terms, mutable=mutable)

    def hear(
        self,
        generator: linen.Module,
        variables: Tree,
        features: Float[Array, "batch frames channels"],
        samples: Int[Array, " batch"],
        keys: Array,
    ) -> tuple[CTCOutput, Tree]:
        """Output of the recognizer while it learns, and its mutable collections afterwards."""
        collections = [name for name in variables if name != "params"]
        return generator.apply(
            variables,
            features,
            self.features.frames(samples),
            self.symbols,
            self.stride,
            mutable=collections,
            rngs={STREAM: common_key(keys)},
        )

    def recordings(self, corpus: Corpus) -> Transcribed:
        """The recordings whose transcripts can be learned; others are named on standard error."""
        rate = self.spec.sample_rate
        prepared = prepare(corpus, rate, minimum_seconds=self.spec.win_length / rate)
        return transcribed(
            prepared,
            self.vocabulary,
            buckets=self.buckets,
            sample_rate=rate,
            frames_of=self.steps,
            share=self.share,
        )

    def shapes(self, prepared: Transcribed) -> list[tuple[int, int]]:
        """Samples and labels of the batches there are: an update is compiled for each."""
        rate = self.spec.sample_rate
        return shapes(prepared.train, self.buckets, rate, self.conditions.speeds)

    def batches(self, prepared: Transcribed, feed: Feed) -> Iterator[Batch]:
        """Endless batches for `play`, each of one of the `shapes`."""
        noises = Noises({}, {})
        if self.conditions.noisy:
            noises = load_noises(self.conditions, self.spec.sample_rate)
        return bucketed(
            prepared.train,
            feed,
            buckets=self.buckets,
            sample_rate=self.spec.sample_rate,
            conditions=self.conditions,
            noises=noises,
        )

    def samples(
        self, generator: linen.Module, variables: Tree, prepared: Transcribed
    ) -> Iterator[Picture]:
        """Features of the first held-out lines, what is heard in them, and what was said."""
        # Matplotlib takes a while to import, and only runs draw.
        from ganspeech.tasks.pictures import picture_of_probabilities

        for line in prepared.held_out[:SHOWN]:
            audio = line.recording.audio()
            length = bucket_of(len(audio), self.buckets, self.spec.sample_rate)
            padded = np.pad(audio, (0, length - len(audio)))[None]
            features, heard = recognize_batch(
                self, generator, variables, padded, np.array([len(audio)])
            )
            steps = int(heard.lengths[0])
            log_probs = np.asarray(jax.nn.log_softmax(heard.logits[0, :steps]))
            said = self.vocabulary.decode(greedy(log_probs))
            frames = np.asarray(features[0, : self.features.frames(len(audio))])
            title = f"said: {line.recording.text}\nheard: {said}"
            yield Picture(
                line.recording.id, picture_of_probabilities(frames, np.exp(log_probs), title)
            )


@functools.partial(jax.jit, static_argnums=(0, 1))
def recognize_batch(
    task: Recognition,
    network: linen.Module,
    variables: Tree,
    audio: Float[Array, "batch samples"],
    samples: Int[Array, " batch"],
) -> tuple[Float[Array, "batch frames channels"], CTCOutput]:
    """Features of zero-padded audio, and what a trained recognizer hears in them."""
    features = task.features(audio)
    lengths = task.features.frames(samples)
    heard = network.apply(variables, features, lengths, task.symbols, task.stride)
    return features, CTCOutput(*heard)


def ctc(
    heard: CTCOutput, labels: Int[Array, "batch most"], label_lengths: Int[Array, " batch"]
) -> Float[Array, ""]:
    """Negative log-probability of the labels a label, in nats, its mean over the batch.

    Graves et al. 2006, "Connectionist temporal classification". A line of more labels than steps
    has no finite loss: `ganspeech.data.transcribed` leaves such lines out.
    """
    steps, most = heard.logits.shape[1], labels.shape[1]
    beyond = ~(jnp.arange(steps)[None] < heard.lengths[:, None])
    unused = ~(jnp.arange(most)[None] < label_lengths[:, None])
    losses = optax.ctc_loss(
        heard.logits.astype(jnp.float32),
        beyond.astype(jnp.float32),
        labels,
        unused.astype(jnp.float32),
        blank_id=BLANK,
    )
    return jnp.mean(losses / jnp.maximum(label_lengths, 1))
