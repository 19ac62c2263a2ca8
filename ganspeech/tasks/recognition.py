"""Recognition of speech, learned from recordings and their transcripts by CTC."""

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
from ganspeech.data.corpus import Corpus, CorpusError
from ganspeech.data.feed import Feed
from ganspeech.data.labels.id_lines import read_id_lines, written_id
from ganspeech.data.labels.transcribed import Transcribed, transcribed
from ganspeech.data.noise.conditions import Conditions
from ganspeech.data.noise.noises import Noises, load_noises
from ganspeech.data.prepare import Prepared, prepare
from ganspeech.game.contract import Batch, Play, Tree
from ganspeech.nn.axis import common_key
from ganspeech.nn.draws import STREAM
from ganspeech.nn.vocal_tract import with_other_throats
from ganspeech.recognizers.ctc_output import CTCOutput, steps_of
from ganspeech.recognizers.decoding import decoded
from ganspeech.tasks.batch_shapes import BatchShapes, utterances
from ganspeech.tasks.features import Features
from ganspeech.tasks.trainable import Picture
from ganspeech.text.vocabulary import BLANK, Characters, Vocabulary

SHOWN = 4
"""Number of held-out recordings shown during a run."""
THROAT = 0x7B0A7
"""Number that tells keys of vocal tracts from others."""


@dataclasses.dataclass(frozen=True)
class Recognition:
    """Supervised training of a recognizer on features of utterances, by CTC."""

    features: Features = Features()
    """Features of the audio."""
    vocabulary: Vocabulary = Characters()
    """Vocabulary of the transcripts."""
    stride: Literal[1, 2, 4] = 4
    """Frames per output step; CTC needs at least one step per symbol."""
    buckets: tuple[float, ...] = (1.0, 2.0, 4.0, 8.0, 16.0)
    """Lengths in seconds that utterances are padded to, each compiled once; longer
    recordings are not trained on."""
    conditions: Conditions = Conditions()
    """Speeds, rooms and noise of training utterances."""
    throat: float = 0.0
    """Largest change of the vocal tract's length in training, as a share: 0.2 scales frequencies of
    each utterance by 0.83 to 1.2 (Jaitly and Hinton 2013). For log-mels."""
    share: float = 1.0
    """Share of every speaker's training recordings that is used, from the first on."""
    transcripts: str = ""
    """File of lines ID TEXT, as `ganspeech pseudo-labels` writes it: what the other training
    recordings say, right or wrong (self-training, Kahn et al. 2020)."""

    def __post_init__(self):
        if not self.buckets or min(self.buckets) <= 0:
            raise ValueError(f"task.buckets must be seconds above 0, not {self.buckets}")
        if not 0 < self.share <= 1:
            raise ValueError(f"task.share must be above 0 and at most 1, not {self.share}")
        if not 0 <= self.throat <= 1:
            raise ValueError(f"task.throat must be from 0 to 1, not {self.throat}")
        if self.throat and (self.features.kind != "log-mel" or self.features.deltas):
            raise ValueError("task.throat scales frequencies of log-mels: use them, without deltas")
        if self.stride not in (1, 2, 4):
            raise ValueError(f"task.stride must be 1, 2 or 4, not {self.stride}")

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
    def symbols(self) -> int:
        """Number of symbols, including the blank."""
        return len(self.vocabulary.symbols)

    def steps(self, samples: int) -> int:
        """Number of output steps for `samples`."""
        return steps_of(self.features.frames(samples), self.stride)

    def example(self) -> tuple:
        """Features of one silent utterance, its frames, and the numbers of symbols and stride."""
        frames = self.features.frames(round(min(self.buckets) * self.spec.sample_rate))
        features = jnp.zeros((1, frames, self.features.channels))
        return features, jnp.full((1,), frames, jnp.int32), self.symbols, self.stride

    def condition(self) -> Array | None:
        """None: there is no discriminator."""
        return None

    def play(self, generator: linen.Module, variables: Tree, batch: Batch, keys: Array) -> Play:
        """Recognizes `batch["audio"]`, float32 `[batch, samples]` in [-1, 1], zero-padded.

        The first `batch["samples"]` are the utterance, and the first `batch["label_lengths"]` of
        `batch["labels"]` its labels; all int32.
        """
        features = self.learned_from(batch["audio"], keys)
        output, mutable = self.recognize(generator, variables, features, batch["samples"], keys)
        terms = {"ctc": ctc(output, batch["labels"], batch["label_lengths"])}
        return Play(real=features, fake=None, condition=None, terms=terms, mutable=mutable)

    def learned_from(
        self, audio: Float[Array, "batch samples"], keys: Array
    ) -> Float[Array, "batch frames channels"]:
        """Features of training audio, as if by speakers with other vocal tracts."""
        features = self.features(audio)
        if not self.throat:
            return features
        # Keys of their own: dropout and masks draw from those of the batch.
        own = jax.vmap(lambda key: jax.random.fold_in(key, THROAT))(keys)
        return with_other_throats(features, own, self.throat, self.spec)

    def recognize(
        self,
        generator: linen.Module,
        variables: Tree,
        features: Float[Array, "batch frames channels"],
        samples: Int[Array, " batch"],
        keys: Array,
    ) -> tuple[CTCOutput, Tree]:
        """Output of the recognizer in training, and its updated mutable collections."""
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
        """Recordings whose transcripts can be learned; others are reported on standard error."""
        return self.learned(self.prepared(corpus))

    def prepared(self, corpus: Corpus) -> Prepared:
        """All recordings of a corpus, whether they have transcripts or not."""
        rate = self.spec.sample_rate
        return prepare(corpus, rate, minimum_seconds=self.spec.win_length / rate)

    def learned(self, prepared: Prepared) -> Transcribed:
        """Those of `prepared` whose transcripts can be learned; others are reported as above."""
        return transcribed(
            prepared,
            self.vocabulary,
            buckets=self.buckets,
            sample_rate=self.spec.sample_rate,
            frames_of=self.steps,
            share=self.share,
            told=self._told(prepared) if self.transcripts else None,
        )

    def _told(self, prepared: Prepared) -> dict[str, str]:
        """What `transcripts` say; `CorpusError` for a file of other recordings."""
        told = {id: " ".join(line.words) for id, line in read_id_lines(self.transcripts).items()}
        if not any(written_id(recording.id) in told for recording in prepared.train):
            raise CorpusError(
                f"--task.transcripts {self.transcripts}: none of its {len(told)} ids is of a "
                "recording to train on"
            )
        return told

    def shapes(self, prepared: Transcribed) -> list[tuple[int, int]]:
        """Samples and labels of each batch shape: an update is compiled for each."""
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

    def batch_shapes(self, size: int) -> BatchShapes:
        """Shapes of a batch of `size` utterances in the longest bucket.

        How many labels it has depends on the corpus; here they are as many as the output allows.
        """
        samples = round(max(self.buckets) * self.spec.sample_rate)
        return utterances(size, samples, self.steps(samples))

    def samples(
        self, generator: linen.Module, variables: Tree, prepared: Transcribed
    ) -> Iterator[Picture]:
        """Features, recognized texts and transcripts of the first held-out recordings."""
        # Matplotlib is slow to import, and only runs draw.
        from ganspeech.tasks.pictures import picture_of_probabilities

        for line in prepared.held_out[:SHOWN]:
            audio = line.recording.audio()
            length = bucket_of(len(audio), self.buckets, self.spec.sample_rate)
            padded = np.pad(audio, (0, length - len(audio)))[None]
            features, output = recognize_batch(
                self, generator, variables, padded, np.array([len(audio)])
            )
            steps = int(output.lengths[0])
            log_probs = np.asarray(jax.nn.log_softmax(output.logits[0, :steps]))
            text = self.vocabulary.decode(decoded(log_probs, self.vocabulary))
            frames = np.asarray(features[0, : self.features.frames(len(audio))])
            title = f"transcript: {line.recording.text}\nrecognized: {text}"
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
    """Features of zero-padded audio, and the output of a trained recognizer for them."""
    features = task.features(audio)
    lengths = task.features.frames(samples)
    output = network.apply(variables, features, lengths, task.symbols, task.stride)
    return features, CTCOutput(*output)


def ctc(
    output: CTCOutput, labels: Int[Array, "batch most"], label_lengths: Int[Array, " batch"]
) -> Float[Array, ""]:
    """Negative log-probability of the labels per label, in nats, averaged over the batch.

    Graves et al. 2006, "Connectionist temporal classification". A recording with more labels
    than steps has no finite loss: `ganspeech.data.labels.transcribed` leaves such out.
    """
    steps, most = output.logits.shape[1], labels.shape[1]
    beyond = ~(jnp.arange(steps)[None] < output.lengths[:, None])
    unused = ~(jnp.arange(most)[None] < label_lengths[:, None])
    losses = optax.ctc_loss(
        output.logits.astype(jnp.float32),
        beyond.astype(jnp.float32),
        labels,
        unused.astype(jnp.float32),
        blank_id=BLANK,
    )
    return jnp.mean(losses / jnp.maximum(label_lengths, 1))
