"""A trained discriminator of features as a maker of features: the maps of one of its layers."""

import dataclasses
import functools
from collections.abc import Iterator
from typing import TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np
from flax import linen

from ganspeech.audio.pieces import Audio, AudioPieces
from ganspeech.audio.stft import require_length
from ganspeech.data.convert import PEAK
from ganspeech.game.contract import Tree
from ganspeech.models.files import encode, fingerprint
from ganspeech.models.windows import Frames, in_windows, padded
from ganspeech.recognizers.front import Maps
from ganspeech.tasks.feature_generation import FeatureGeneration
from ganspeech.tasks.features import Features

if TYPE_CHECKING:
    from ganspeech.runs.folder import Run


@dataclasses.dataclass(frozen=True)
class DiscriminatorMaps:
    """Maps of a discriminator that learned features of speech from noise, without labels.

    Radford et al. 2016. They are as many frames as the features that it sees.
    """

    network: linen.Module
    """The discriminator."""
    variables: Tree = dataclasses.field(repr=False)
    """Its variables."""
    features: Features
    """What it sees of audio."""
    name: str = ""

    @classmethod
    def from_run(cls, run: "Run") -> "DiscriminatorMaps":
        """Maps of a run; raises ValueError, naming the run, if it trained something else."""
        task = run.experiment.task
        if not isinstance(task, FeatureGeneration):
            raise ValueError(
                f"{run.folder} was trained for {type(task).__name__}: maps are those of a run of "
                "FeatureGeneration, such as feature_gan_digits"
            )
        networks = run.experiment.discriminators
        return cls(networks[0], run.discriminators[0], task.features, run.name)

    @property
    def sample_rate(self) -> int:
        """Rate in Hz of the audio that it takes."""
        return self.features.spec.sample_rate

    @property
    def rate(self) -> float:
        """Frames in a second."""
        return self.sample_rate / self.features.spec.hop_length

    @functools.cached_property
    def layers(self) -> int:
        """Number of layers before the logits."""
        example = jnp.zeros((1, round(self.rate), self.features.channels))
        (seen,) = jax.eval_shape(self.network.apply, self.variables, example)
        return len(seen) - 1

    @property
    def fingerprint(self) -> str:
        """Short digest of all that decides what it makes of audio."""
        return fingerprint(f"{self.network!r} {encode(self.features)}", self.variables)

    def require_layer(self, layer: int) -> None:
        """Raises ValueError for a layer that there is not."""
        if not 0 <= layer < self.layers:
            raise ValueError(
                f"layer must be from 0 to {self.layers - 1}, the layers of {self.name}'s "
                f"discriminator, not {layer}"
            )

    def width(self, layer: int) -> int:
        """Numbers in a frame of a layer: bands times channels."""
        audio = jax.ShapeDtypeStruct((1, self.sample_rate), jnp.float32)
        lengths = jax.ShapeDtypeStruct((1,), jnp.int32)
        see = functools.partial(_maps, Maps(self.network, layer), self.features)
        return jax.eval_shape(see, self.variables, audio, lengths).shape[-1]

    def pieces(self, audio: AudioPieces, *, layer: int) -> Iterator[Frames]:
        """Yield the maps of one recording, brought to the peak of training, in bounded memory.

        A recording beyond 30 seconds is seen in windows (`ganspeech.models.windows`). Raises
        ValueError for one that is silent, and for a layer that there is not.
        """
        self.require_layer(layer)
        if not (peak := audio.peak):
            raise ValueError("it is silent: all of its samples are 0")
        loud = (piece * np.float32(PEAK / peak) for piece in audio)
        maps = Maps(self.network, layer)

        def frames(window: Audio) -> Frames:
            require_length(len(window), self.features.spec)
            whole = jnp.asarray(padded(window, self.sample_rate))[None]
            lengths = jnp.array([len(window)])
            made = _maps(maps, self.features, self.variables, whole, lengths)
            return np.asarray(made[0, : self.features.frames(len(window))])

        hop = self.features.spec.hop_length
        yield from in_windows(loud, frames, rate=self.sample_rate, hop=hop)


@functools.partial(jax.jit, static_argnums=(0, 1))
def _maps(
    maps: Maps, features: Features, variables: Tree, audio: jax.Array, lengths: jax.Array
) -> jax.Array:
    return maps(variables, features(audio), features.frames(lengths), None)
