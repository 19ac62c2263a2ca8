"""Speech enhancement: clean speech from noisy, against discriminators that may predict PESQ."""

import dataclasses
import functools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import jax
import jax.numpy as jnp
import numpy as np
from flax import linen
from jaxtyping import Array, Float, Float32

from ganspeech.audio import AudioSpec, stft
from ganspeech.audio.quality import RATE as PESQ_RATE
from ganspeech.audio.quality import Undefined, pesq_wb
from ganspeech.audio.stft import compressed, magnitude
from ganspeech.data.corpus import Corpus
from ganspeech.data.feed import Feed
from ganspeech.data.noise.conditions import Conditions
from ganspeech.data.noise.noises import Noises, apply_conditions, load_noises, mix
from ganspeech.data.noisy_segments import noisy_segments
from ganspeech.data.prepare import Prepared, Recording, prepare
from ganspeech.game.contract import Batch, Play, Rated, Tree
from ganspeech.nn.axis import common_key
from ganspeech.nn.draws import STREAM
from ganspeech.tasks.batch_shapes import BatchShapes, floats
from ganspeech.tasks.trainable import Sample

SHOWN = 4
"""Number of held-out recordings shown during a run."""
SNRS = (10.0, 5.0, 0.0)
"""Signal-to-noise ratios of held-out recordings, in dB."""
ROUND_SAMPLES = 16_000
LOWEST, HIGHEST = 1.0, 4.64
"""PESQ-WB of the ratings 0 and 1."""
METRICGAN_16K = AudioSpec(
    sample_rate=16000, n_fft=512, hop_length=256, win_length=512, padding="center"
)
CMGAN_16K = AudioSpec(
    sample_rate=16000, n_fft=400, hop_length=100, win_length=400, padding="center"
)

Wave = Float32[np.ndarray, " samples"]


@dataclasses.dataclass(frozen=True)
class SpeechEnhancement:
    """Enhancement of segments of speech in noise.

    With `rate_every` the discriminators learn to predict PESQ, given the clean segment, of the
    outputs of earlier generators and of the noisy segment itself (MetricGAN, Fu et al. 2019;
    MetricGAN+, Fu et al. 2021; CMGAN, Cao et al. 2022): the objective must be least squares.
    Without, they discriminate clean from enhanced segments.
    """

    spec: AudioSpec = METRICGAN_16K
    """Audio spec of the generator's spectra and of the losses below."""
    seconds: float = 2.0
    """Length of a training segment."""
    conditions: Conditions = Conditions(noisy=1.0)
    """Rooms and noise of training segments."""
    rate_every: int = 0
    """Updates between two ratings; 0: discriminators do not learn PESQ."""
    rated: int = 32
    """Number of segments per rating."""
    magnitude_weight: float = 0.0
    """Weight of the squared distance between compressed magnitudes."""
    complex_weight: float = 0.0
    """Weight of the squared distance between compressed real and imaginary parts."""
    time_weight: float = 0.0
    """Weight of the mean absolute difference between samples."""
    compression: float = 0.3
    """Exponent of the magnitudes in those losses."""

    def __post_init__(self):
        if self.segment_samples < self.spec.n_fft:
            raise ValueError(f"task.seconds must hold a window of the spec, not {self.seconds}")
        if self.rate_every < 0 or self.rated < 1:
            raise ValueError("task.rate_every must be at least 0, and task.rated at least 1")
        if self.rate_every and self.spec.sample_rate != 16000:
            raise ValueError("PESQ is learned at 16 kHz: task.spec.sample_rate must be 16000")

    @property
    def segment_samples(self) -> int:
        """Length of a training segment in samples."""
        return round(self.seconds * self.spec.sample_rate)

    def audio_spec(self) -> AudioSpec:
        """Audio spec of the task."""
        return self.spec

    def mixed(self) -> bool:
        """False: all batches have one shape."""
        return False

    def example(self) -> tuple:
        """A silent segment, and the spec."""
        return jnp.zeros((1, self.segment_samples)), self.spec

    def condition(self) -> jax.Array:
        """Condition of metric discriminators: the clean segment."""
        return jnp.zeros((1, self.segment_samples))

    def play(self, generator: linen.Module, variables: Tree, batch: Batch, keys: jax.Array) -> Play:
        """Enhances `batch["audio"]`, float32 `[batch, segment_samples]`, to `batch["clean"]`."""
        clean = batch["clean"]
        collections = [name for name in variables if name != "params"]
        rngs = {STREAM: common_key(keys)}
        fake, mutable = generator.apply(
            variables, batch["audio"], self.spec, mutable=collections, rngs=rngs
        )
        rated = None
        if "rated_audio" in batch:
            rated = Rated(batch["rated_audio"], batch["rated_clean"], batch["rating"])
        return Play(clean, fake, clean, self._terms(clean, fake), mutable, rated)

    def recordings(self, corpus: Corpus) -> Prepared:
        """All recordings that are at least half as long as a training segment."""
        return prepare(corpus, self.spec.sample_rate, minimum_seconds=self.seconds / 2)

    def batches(self, prepared: Prepared, feed: Feed) -> Iterator[Batch]:
        """Endless `{"audio": [batch, segment_samples], "clean": the same without noise}`."""
        return noisy_segments(
            prepared.train,
            feed,
            length=self.segment_samples,
            sample_rate=self.spec.sample_rate,
            conditions=self.conditions,
            noises=_noises(self.conditions, self.spec.sample_rate),
        )

    def batch_shapes(self, size: int) -> BatchShapes:
        """Shapes of a batch of `size` segments, and of as many rated ones if PESQ is learned."""
        names = ("audio", "clean", *(("rated_audio", "rated_clean") if self.rate_every else ()))
        shapes = dict.fromkeys(names, floats(size, self.segment_samples))
        return shapes | ({"rating": floats(size)} if self.rate_every else {})

    def rate(
        self,
        generator: linen.Module,
        variables: Tree,
        prepared: Prepared,
        rng: np.random.Generator,
    ) -> dict[str, np.ndarray]:
        """PESQ of training segments, enhanced and noisy; raises ValueError if none can be rated."""
        noisy, clean = map(np.stack, zip(*(self._drawn(prepared, rng) for _ in range(self.rated))))
        audio = np.concatenate([enhance(generator, variables, noisy, self.spec), noisy])
        clean = np.concatenate([clean, clean])
        with ThreadPoolExecutor() as pool:
            ratings = np.array(list(pool.map(_rating, clean, audio)), np.float32)
        found = np.isfinite(ratings)
        if not found.any():
            raise ValueError("PESQ finds no speech in any segment: raise task.seconds")
        return {
            "rated_audio": audio[found],
            "rated_clean": clean[found],
            "rating": ratings[found],
        }

    def samples(
        self, generator: linen.Module, variables: Tree, prepared: Prepared
    ) -> Iterator[Sample]:
        """The first held-out recordings in noise never trained on, enhanced."""
        for recording, _, noisy in self.held_out(prepared)[:SHOWN]:
            enhanced = enhance(generator, variables, noisy[None], self.spec)[0]
            rate = self.spec.sample_rate
            yield Sample(recording.id, noisy, enhanced, rate, recording.text)

    def _drawn(self, prepared: Prepared, rng: np.random.Generator) -> tuple[Wave, Wave]:
        """Draws a training segment, noisy and clean."""
        recording = prepared.train[int(rng.integers(len(prepared.train)))]
        start = rng.integers(max(recording.samples - self.segment_samples, 0) + 1)
        clean = recording.audio(int(start), int(start) + self.segment_samples)
        clean = np.pad(clean, (0, self.segment_samples - len(clean)))
        noises = _noises(self.conditions, self.spec.sample_rate)
        return apply_conditions(clean, self.conditions, noises, self.spec.sample_rate, rng)

    def _terms(
        self, clean: Float[Array, "batch samples"], fake: Float[Array, "batch samples"]
    ) -> dict[str, jax.Array]:
        terms = {}
        if self.time_weight:
            terms["time"] = self.time_weight * jnp.mean(jnp.abs(clean - fake))
        if self.magnitude_weight or self.complex_weight:
            ours, theirs = (
                compressed(stft(audio, self.spec), self.compression) for audio in (clean, fake)
            )
            if self.magnitude_weight:
                distance = jnp.mean(jnp.square(magnitude(ours) - magnitude(theirs)))
                terms["magnitude"] = self.magnitude_weight * distance
            if self.complex_weight:
                distance = jnp.mean(magnitude(ours - theirs, power=2)) / 2
                terms["complex"] = self.complex_weight * distance
        return terms

    def held_out(self, prepared: Prepared) -> list[tuple[Recording, str, Wave]]:
        """Held-out recordings, each with the name of its noise and its noisy version.

        The noises are the unseen ones, or else all; they take turns, as do `SNRS`, and are the
        same for every generator.
        """
        noises = _noises(self.conditions, self.spec.sample_rate)
        choices = list((noises.unseen or noises.seen).items())
        found = []
        for place, recording in enumerate(prepared.held_out):
            name, noise = choices[place % len(choices)]
            snr = SNRS[place // len(choices) % len(SNRS)]
            rng = np.random.default_rng(place)
            found.append(
                (recording, f"{name}, {snr:g} dB", mix(recording.audio(), noise, snr, rng))
            )
        return found


def enhance(
    generator: linen.Module,
    variables: Tree,
    noisy: Float[np.ndarray, "batch samples"],
    spec: AudioSpec,
) -> Float[np.ndarray, "batch samples"]:
    """Enhances recordings, padded in between to round lengths so that few are compiled."""
    samples = noisy.shape[1]
    longer = -(-samples // ROUND_SAMPLES) * ROUND_SAMPLES
    padded = np.pad(np.asarray(noisy, np.float32), ((0, 0), (0, longer - samples)))
    return np.asarray(_enhance(generator, variables, padded, spec))[:, :samples]


@functools.partial(jax.jit, static_argnums=(0, 3))
def _enhance(generator: linen.Module, variables: Tree, noisy: jax.Array, spec: AudioSpec):
    return generator.apply(variables, noisy, spec)


@functools.cache
def _noises(conditions: Conditions, sample_rate: int) -> Noises:
    return load_noises(conditions, sample_rate)


def _rating(clean: Wave, audio: Wave) -> float:
    """PESQ of a segment on a scale from 0 to 1; NaN if undefined."""
    try:
        return (pesq_wb(clean, audio, PESQ_RATE) - LOWEST) / (HIGHEST - LOWEST)
    except Undefined:
        return np.nan
    except ImportError:
        raise ValueError(
            "to learn PESQ (task.rate_every) install its package: pip install 'ganspeech[pesq]'"
        ) from None
