"""Recognizers behind a front: a network that features pass first.

Its weights lie in the collection `frozen`, which no optimizer sees, and keep their initial values
unless `--start RUN` loads them from a run.
"""

import dataclasses
from abc import ABC, abstractmethod
from typing import Any

import jax
import jax.numpy as jnp
from flax import linen
from jax import lax
from jaxtyping import Array, Float, Int, Key

from ganspeech.discriminators.feature_patch import TAPS, FeaturePatchDiscriminator
from ganspeech.generators.feature_enhancer import FeatureEnhancer
from ganspeech.generators.noise_maker import NoiseMaker
from ganspeech.nn.axis import example_keys
from ganspeech.nn.draws import STREAM
from ganspeech.nn.masked import masked, valid_places
from ganspeech.process.checks import require_least, require_share
from ganspeech.recognizers.convolutional import ConvolutionalRecognizer
from ganspeech.recognizers.ctc_output import CTCOutput

Features = Float[Array, "batch frames channels"]
Lengths = Int[Array, " batch"]
Variables = Any


@dataclasses.dataclass(frozen=True)
class Front(ABC):
    """A trained network that features pass before a recognizer."""

    network: linen.Module
    """Network whose variables are kept."""

    @abstractmethod
    def init(self, key: Key[Array, ""], features: Features, lengths: Lengths) -> Variables:
        """Initial variables of the network."""

    @abstractmethod
    def __call__(
        self,
        variables: Variables,
        features: Features,
        lengths: Lengths,
        keys: Key[Array, " batch"] | None,
    ) -> Features:
        """Features of as many frames; `keys`, one per example, only in training."""


@dataclasses.dataclass(frozen=True)
class Enhanced(Front):
    """Features as an enhancer cleans them (Donahue et al. 2018, FSEGAN)."""

    network: linen.Module
    """The enhancer."""
    beside: bool = False
    """Whether to append the original features as more channels (hybrid, in the paper)."""

    def init(self, key: Key[Array, ""], features: Features, lengths: Lengths) -> Variables:
        """Initial variables of the enhancer."""
        return self.network.init(key, features, lengths)

    def __call__(
        self,
        variables: Variables,
        features: Features,
        lengths: Lengths,
        keys: Key[Array, " batch"] | None,
    ) -> Features:
        """Features of the same channels, or twice as many; deterministic."""
        enhanced: Any = self.network.apply(variables, features, lengths)
        return jnp.concatenate([enhanced, features], axis=-1) if self.beside else enhanced


@dataclasses.dataclass(frozen=True)
class MadeNoisy(Front):
    """Features made noisy by a noise maker in training; unchanged otherwise."""

    network: linen.Module
    """The noise maker."""
    share: float = 0.5
    """Share of the examples that become noisy."""

    def __post_init__(self):
        require_share(self, "front", "share")

    def init(self, key: Key[Array, ""], features: Features, lengths: Lengths) -> Variables:
        """Initial variables of the noise maker."""
        return self.network.init(key, features, lengths, jax.random.split(key, len(features)))

    def __call__(
        self,
        variables: Variables,
        features: Features,
        lengths: Lengths,
        keys: Key[Array, " batch"] | None,
    ) -> Features:
        """Features of the same channels."""
        if keys is None:
            return features
        chance, draws = jax.vmap(jax.random.split, out_axes=1)(keys)
        noisy: Any = self.network.apply(variables, features, lengths, draws)
        chosen = jax.vmap(jax.random.uniform)(chance) < self.share
        return jnp.where(chosen[:, None, None], noisy, features)


@dataclasses.dataclass(frozen=True)
class Maps(Front):
    """Maps of one layer of a discriminator of features, as channels.

    Radford et al. 2016 put a linear classifier on them. Maps of fewer frames are repeated to
    the number of frames of the features.
    """

    network: linen.Module
    """The discriminator, of features without a condition."""
    layer: int = 1
    """Index of the layer, from 0."""

    def __post_init__(self):
        require_least(self, "front", 0, "layer")

    def init(self, key: Key[Array, ""], features: Features, lengths: Lengths) -> Variables:
        """Initial variables of the discriminator."""
        return self.network.init(key, features)

    def __call__(
        self,
        variables: Variables,
        features: Features,
        lengths: Lengths,
        keys: Key[Array, " batch"] | None,
    ) -> Features:
        """Features of `bands * width` channels, grouped by band; deterministic."""
        frames = features.shape[1]
        # Zeros as far as the layer reaches, so that its output at the last frames does not depend
        # on their padding.
        reach = TAPS << self.layer
        inside = masked(features, valid_places(lengths, frames))
        padded = jnp.pad(inside, ((0, 0), (0, reach), (0, 0)))
        (maps,) = self.network.apply(variables, padded)
        if self.layer >= len(maps) - 1:
            raise ValueError(
                f"front.layer is {self.layer}, but the discriminator has {len(maps) - 1} layers"
            )
        chosen = maps[self.layer]
        rate = -(-padded.shape[1] // chosen.shape[1])
        chosen = chosen.reshape(*chosen.shape[:2], -1)
        return jnp.repeat(chosen, rate, axis=1)[:, :frames]


class Fronted(linen.Module):
    """A recognizer behind a front, called as any other."""

    front: Front
    """Network that features pass first."""
    recognizer: linen.Module
    """The recognizer behind it."""
    learns: bool = False
    """Whether the front learns with the recognizer; otherwise it is frozen."""

    @linen.compact
    def __call__(
        self, features: Features, lengths: Lengths, symbols: int, stride: int
    ) -> CTCOutput:
        """Recognize features behind the front; a frozen front computes in float32."""

        def first(key: Key[Array, ""]) -> Variables:
            return self.front.init(key, features[:1], lengths[:1])

        if self.is_initializing():
            kept = self._kept(first(self.make_rng("params")))
            if kept:
                self.variable("frozen", "front", lambda: kept)
        variables: Variables = self.get_variable("frozen", "front", {})
        if self.learns:
            variables = variables | {"params": self.param("front", lambda k: first(k)["params"])}
        keys = None
        if self.has_rng(STREAM):
            keys = example_keys(self.make_rng(STREAM), len(features))
        passed = self.front(variables, features, lengths, keys)
        if not self.learns:
            passed = lax.stop_gradient(passed)
        return self.recognizer(passed, lengths, symbols, stride)

    def front_of(self, variables: Variables) -> Variables:
        """Variables of the front among all `variables`, to call `front` with."""
        kept = variables.get("frozen", {}).get("front", {})
        return kept | {"params": variables["params"]["front"]} if self.learns else kept

    def with_front(self, variables: Variables, front: Variables) -> Variables:
        """Replace the front's variables among all `variables`."""
        kept = self._kept(front)
        changed = variables | ({"frozen": {"front": kept}} if kept else {})
        if self.learns:
            changed |= {"params": variables["params"] | {"front": front["params"]}}
        return changed

    def _kept(self, front: Variables) -> Variables:
        """Variables of the front that no optimizer sees."""
        return {name: x for name, x in front.items() if name != "params" or not self.learns}


ENHANCED = Enhanced(FeatureEnhancer())
MADE_NOISY = MadeNoisy(NoiseMaker())
MAPS = Maps(FeaturePatchDiscriminator())
FRONTED = Fronted(ENHANCED, ConvolutionalRecognizer())
