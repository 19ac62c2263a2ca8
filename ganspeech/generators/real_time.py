"""A vocoder for live use: magnitudes from a causal network, phases as they can be found in time.

Where magnitudes are good, phases follow: from the magnitudes of audio that the phase-primed Vocos
(`ganspeech.generators.primed`) has made, iterations that look two frames ahead recover what it
scores. So the network, ConvNeXt blocks that see no later frame, corrects the magnitudes of the
mel's pseudo-inverse, and real-time spectrogram inversion (`ganspeech.audio.phases.real_time`) does
the rest, in training as in use; the gradient passes magnitudes alone. At 16 kHz and a hop of 256
samples a frame's audio is complete 80 ms after the frame has come.

MS-Wavehax (https://arxiv.org/abs/2506.03554) and StreamingVocos are causal networks that invent
phases.
"""

from collections.abc import Mapping
from typing import Any

import jax.numpy as jnp
from flax import linen as nn
from jax import lax
from jaxtyping import Array, Float

from ganspeech.audio import AudioSpec, istft
from ganspeech.audio.phases.griffin_lim import magnitude_from_log_mel
from ganspeech.audio.phases.real_time import (
    arrive,
    ended,
    nothing_yet,
    real_time_phases,
)
from ganspeech.generators.primed import FLOOR, LOUDEST, ConvNeXtStack
from ganspeech.nn.past import COLLECTION, in_stream


class RealTimeVocos(nn.Module):
    """Log-mel to waveform, frame by frame; 1.91 M parameters at 80 mels, n_fft 1,024."""

    width: int = 192
    """Channels of all blocks."""
    blocks: int = 8
    """Blocks that correct the magnitude."""
    look_ahead: int = 2
    """Frames that are waited for before a phase is kept."""
    iterations: int = 4
    """Griffin-Lim iterations with each frame that comes, at least 1."""

    def __post_init__(self):
        if self.iterations < 1 or self.look_ahead < 0:
            raise ValueError("generator.iterations must be at least 1, generator.look_ahead 0")
        super().__post_init__()

    @nn.compact
    def __call__(
        self, log_mel: Float[Array, "batch frames mels"], spec: AudioSpec
    ) -> Float[Array, "batch samples"]:
        """Audio of `frames * spec.hop_length` samples, in float32, not limited to [-1, 1].

        With the collection "past" mutable it goes on where the call before ended, and the audio
        comes `delay` samples late. Raises `ValueError` when the features have another number of mel
        bands than `spec`.
        """
        spec.require_bands(log_mel.shape[-1])
        log_mel = log_mel.astype(jnp.float32)
        level = jnp.log(jnp.maximum(magnitude_from_log_mel(log_mel, spec), FLOOR))
        stack = ConvNeXtStack(spec.bins, self.width, self.blocks, causal=True, name="magnitude")
        magnitude = jnp.exp(jnp.minimum(level + stack(log_mel), LOUDEST))
        if in_stream(self):
            return self._go_on(magnitude, spec)
        phases = real_time_phases(
            magnitude, spec, look_ahead=self.look_ahead, iterations=self.iterations
        )
        return istft(magnitude * phases, spec, log_mel.shape[1] * spec.hop_length)

    def delay(self, spec: AudioSpec) -> int:
        """Samples that a stream begins with before the audio of its first frame."""
        return self.look_ahead * spec.hop_length + spec.pads()[0]

    def ended(self, past: Mapping[str, Any], spec: AudioSpec) -> Float[Array, "batch samples"]:
        """Rest of the audio of a stream, whose past is `past`, up to silence."""
        return ended(past["waiting"], spec, iterations=self.iterations)

    def _go_on(self, magnitude, spec: AudioSpec):
        batch, frames = magnitude.shape[:2]
        waiting = self.variable(
            COLLECTION, "waiting", lambda: nothing_yet(batch, spec, self.look_ahead)
        )

        def step(state, frame):
            state, _, audio = arrive(state, frame, spec, iterations=self.iterations)
            return state, audio

        waiting.value, audio = lax.scan(step, waiting.value, jnp.moveaxis(magnitude, 1, 0))
        return jnp.moveaxis(audio, 0, 1).reshape(batch, frames * spec.hop_length)
