"""Vocoding: a waveform from its mel spectrogram."""

import dataclasses
import functools
from collections.abc import Iterator

import jax
import jax.numpy as jnp
import numpy as np
from flax import linen

from ganspeech.audio import AudioSpec, log_mel
from ganspeech.audio.mel import amplified
from ganspeech.data.acoustic_segments import acoustic_segments
from ganspeech.data.corpus import Corpus
from ganspeech.data.feed import Feed
from ganspeech.data.prepare import Prepared, prepare
from ganspeech.data.segments import segments
from ganspeech.game.contract import Batch, Play, Tree
from ganspeech.losses.spectral import mel_l1, multi_resolution_stft
from ganspeech.process.checks import require_least
from ganspeech.tasks.batch_shapes import BatchShapes, floats
from ganspeech.tasks.trainable import Sample

SHOWN = 4
"""Number of held-out recordings shown during a run."""
ROUND_FRAMES = 64
"""Lengths are rounded up to this many frames, so that few programs are compiled."""


@dataclasses.dataclass(frozen=True)
class Vocoding:
    """Generation of segments of recordings from their log-mels."""

    spec: AudioSpec = AudioSpec()
    segment_frames: int = 32
    """Length of a training segment, in frames of the spec."""
    mel_weight: float = 45.0
    """Weight of the L1 distance between log-mels (Kong et al. 2020)."""
    stft_weight: float = 0.0
    """Weight of the multi-resolution STFT loss (Yamamoto et al. 2020)."""
    quieter_db: float = 0.0
    """Largest random attenuation of a segment, in dB: training recordings are at full scale, and
    quiet ones must be vocoded as well."""
    minutes: float = 0.0
    """Minutes of recordings that are trained on, the first ones; 0: all."""

    def __post_init__(self):
        require_least(self, "task", 1, "segment_frames")
        require_least(self, "task", 0, "quieter_db", "minutes")

    def audio_spec(self) -> AudioSpec:
        """Audio spec of the task."""
        return self.spec

    def mixed(self) -> bool:
        """False: all batches have one shape."""
        return False

    @property
    def segment_samples(self) -> int:
        """Length of a training segment in samples."""
        return self.segment_frames * self.spec.hop_length

    def example(self) -> tuple:
        """A silent log-mel of one segment, and the spec."""
        return jnp.zeros((1, self.segment_frames, self.spec.n_mels)), self.spec

    def condition(self) -> jax.Array:
        """A silent log-mel of one segment."""
        return jnp.zeros((1, self.segment_frames, self.spec.n_mels))

    def play(self, generator: linen.Module, variables: Tree, batch: Batch, keys: jax.Array) -> Play:
        """Vocodes `batch["audio"]`, float32 `[batch, segment_samples]` in [-1, 1].

        From its log-mel, or from the `batch["mel"]` that an acoustic model made, float32 `[batch,
        segment_frames, mels]`.
        """
        real, gain = batch["audio"], jnp.ones(())
        if self.quieter_db:
            quieter = jax.vmap(lambda key: jax.random.uniform(key, maxval=self.quieter_db))(keys)
            gain = 10 ** (-quieter[:, None] / 20)
            real *= gain
        if "mel" in batch:
            mel = amplified(batch["mel"], gain[..., None], self.spec)
        else:
            # A centered transform has one frame more than hops; generators give one hop per frame.
            mel = log_mel(real, self.spec)[:, : self.segment_frames]
        collections = [name for name in variables if name != "params"]
        fake, mutable = generator.apply(variables, mel, self.spec, mutable=collections)
        terms = {}
        if self.mel_weight:
            terms["mel"] = self.mel_weight * mel_l1(real, fake, self.spec)
        if self.stft_weight:
            terms["stft"] = self.stft_weight * multi_resolution_stft(real, fake)
        return Play(real, fake, mel, terms, mutable)

    def recordings(self, corpus: Corpus) -> Prepared:
        """All recordings that are at least as long as a training segment."""
        rate = self.spec.sample_rate
        minimum_seconds = self.segment_samples / rate
        prepared = prepare(corpus, rate, minimum_seconds=minimum_seconds, features=self.spec)
        return prepared.first(self.minutes, rate)

    def batches(self, prepared: Prepared, feed: Feed) -> Iterator[Batch]:
        """Endless `{"audio": [batch, segment_samples]}`, with `"mel"` if the corpus has them."""
        if prepared.features is not None:
            mels = prepared.features.train
            return acoustic_segments(
                prepared.train, mels, feed, frames=self.segment_frames, spec=self.spec
            )
        return segments(prepared.train, feed, length=self.segment_samples)

    def batch_shapes(self, size: int) -> BatchShapes:
        """Shapes of a batch of `size` segments."""
        return {"audio": floats(size, self.segment_samples)}

    def samples(
        self, generator: linen.Module, variables: Tree, prepared: Prepared
    ) -> Iterator[Sample]:
        """The log-mels of the first held-out recordings, vocoded: their own or the corpus'."""
        hop = self.spec.hop_length
        for place, recording in enumerate(prepared.held_out[:SHOWN]):
            audio = recording.audio()
            if prepared.features is not None:
                mel = prepared.features.held_out.of(place)
                generated = vocode(generator, variables, mel[None], self.spec)[0]
            else:
                length = rounded(-(-len(audio) // hop)) * hop
                padded = np.pad(audio, (0, length - len(audio)))
                generated = _copy(generator, variables, padded[None], self.spec)
                generated = np.asarray(generated[0, : len(audio)])
            yield Sample(recording.id, audio, generated, self.spec.sample_rate, recording.text)


def rounded(frames: int) -> int:
    """Length at which an utterance is vocoded, padded by silence so that few are compiled."""
    return -(-frames // ROUND_FRAMES) * ROUND_FRAMES


def vocode(
    generator: linen.Module, variables: Tree, mel: np.ndarray, spec: AudioSpec
) -> np.ndarray:
    """Audio `[batch, frames * spec.hop_length]` of log-mels `[batch, frames, spec.n_mels]`."""
    frames = mel.shape[1]
    padding = ((0, 0), (0, rounded(frames) - frames), (0, 0))
    padded = np.pad(np.asarray(mel, np.float32), padding, constant_values=spec.silence)
    audio = generate_exactly(generator, variables, padded, spec)
    return np.asarray(audio)[:, : frames * spec.hop_length]


@functools.partial(jax.jit, static_argnums=(0, 3))
def generate_exactly(generator: linen.Module, variables: Tree, mel: jax.Array, spec: AudioSpec):
    """Vocodes as `vocode` does, compiled for just this number of frames."""
    return generator.apply(variables, mel, spec)


@functools.partial(jax.jit, static_argnums=(0, 3))
def _copy(generator: linen.Module, variables: Tree, audio: jax.Array, spec: AudioSpec):
    frames = audio.shape[1] // spec.hop_length
    return generator.apply(variables, log_mel(audio, spec)[:, :frames], spec)
