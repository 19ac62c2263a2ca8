"""The phase-primed Vocos: a network that corrects a phase estimate instead of inventing a phase.

Most of a vocoder's training goes into predicting phase from nothing. Here a few iterations
of fast Griffin-Lim (Perraudin et al. 2013) inside the graph give a first phase, and the network,
of the ConvNeXt kind of Vocos (Siuzdak 2023), learns what is missing:

1. *magnitude*: the mel's pseudo-inverse, corrected by a first stack of blocks, is the log-magnitude
   that the iterations start from;
2. *prime*: `iterations` of Griffin-Lim, first phases advancing at the bins' center frequencies; no
   gradient passes;
3. *correct*: a second stack sees the estimate (log-magnitudes before and after one more projection,
   and how phases turn from frame to frame and from bin to bin) and corrects log-magnitude and
   phase;
4. *settle*: a few more iterations, which the gradient does pass, bring the corrected phases of
   neighboring frames to agree (as the unrolled iterations of Masuyama et al. 2019 do), then the
   inverse STFT. The gradient of a phase is limited, or bins that cancel would be most of it.

Last layers start near zero, so the untrained generator already is Griffin-Lim.

FreeV (Lv et al. 2024, https://arxiv.org/abs/2406.08196) starts from the mel's pseudo-inverse, too,
but invents the phase; WaveFit (Koizumi et al. 2022, https://arxiv.org/abs/2210.01029) repeats a
network where iterations stand here.
"""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from flax import linen as nn
from jax import lax
from jaxtyping import Array, Bool, Complex, Float

from ganspeech.audio import AudioSpec, istft, stft
from ganspeech.audio.phases.griffin_lim import magnitude_from_log_mel, prime_phase, turn_of_a_hop
from ganspeech.nn.convolution.convnext import ConvNeXtBlock
from ganspeech.nn.dense import Dense, LayerNorm
from ganspeech.nn.masked import masked

FLOOR = 1e-5
"""Magnitudes are clipped here before a logarithm."""

LOUDEST = 6.0
"""Log-magnitudes are clipped here, above what audio in [-1, 1] can have at common FFT sizes."""


class ConvNeXtStack(nn.Module):
    """Features in, a small correction of each bin out."""

    outputs: int
    """Outputs per frame."""
    width: int
    """Channels of every block."""
    blocks: int
    """ConvNeXt blocks."""
    causal: bool = False
    """Whether a frame sees none of the later ones."""

    @nn.compact
    def __call__(
        self,
        x: Float[Array, "batch frames features"],
        valid: Bool[Array, "batch frames"] | None = None,
    ) -> Float[Array, "batch frames out"]:
        """Correction of each frame from its context; float32, initially near zero.

        Frames that are not `valid`, if given, do not affect others.
        """
        x = LayerNorm()(Dense(self.width)(x))
        for _ in range(self.blocks):
            x = x if valid is None else masked(x, valid)
            x = ConvNeXtBlock(self.width, layer_scale=1 / self.blocks, causal=self.causal)(x)
        return Dense(self.outputs, stddev=1e-3)(LayerNorm()(x)).astype(jnp.float32)


class PrimedVocos(nn.Module):
    """Log-mel to waveform from a Griffin-Lim start; 4.67 M parameters at 80 mels, n_fft 1,024."""

    width: int = 256
    """Channels of both stacks."""
    magnitude_blocks: int = 3
    """Blocks that correct the magnitude before the phase is estimated."""
    blocks: int = 5
    """Blocks that correct magnitude and phase after it."""
    iterations: int = 16
    """Griffin-Lim iterations that prime the phase; 0 leaves the center-frequency start."""
    settling: int = 4
    """Iterations after the correction, inside the gradient."""

    @nn.compact
    def __call__(
        self, log_mel: Float[Array, "batch frames mels"], spec: AudioSpec
    ) -> Float[Array, "batch samples"]:
        """Audio of `frames * spec.hop_length` samples, in float32, not limited to [-1, 1].

        Raises `ValueError` when the features have another number of mel bands than `spec`.
        """
        spec.require_bands(log_mel.shape[-1])
        log_mel = log_mel.astype(jnp.float32)
        level = jnp.log(jnp.maximum(magnitude_from_log_mel(log_mel, spec), FLOOR))
        level += ConvNeXtStack(spec.bins, self.width, self.magnitude_blocks, name="magnitude")(
            log_mel
        )
        correct = ConvNeXtStack(2 * spec.bins, self.width, self.blocks, name="correct")
        return primed_audio(level, log_mel, correct, spec, self.iterations, self.settling)


def primed_audio(
    level: Float[Array, "batch frames bins"],
    features: Float[Array, "batch frames features"],
    correct: Callable[[Float[Array, "batch frames all"]], Float[Array, "batch frames corrections"]],
    spec: AudioSpec,
    iterations: int,
    settling: int,
) -> Float[Array, "batch samples"]:
    """Audio of log-magnitudes: primed, corrected and settled, `frames * spec.hop_length` samples.

    `correct` maps the `features` and the estimate to a correction of each bin's log-magnitude
    and, after all of these, to the radians by which each bin's phase is rotated.
    """
    estimate = lax.stop_gradient(jnp.exp(level))
    # Not by its own magnitude, which is zero where an iteration cancels a bin exactly.
    phases = prime_phase(estimate, spec, iterations) / estimate
    described = jnp.concatenate([features, level, *_describe(level, phases, spec)], axis=-1)
    louder, turn = jnp.split(correct(described), 2, axis=-1)
    magnitude = jnp.exp(jnp.minimum(level + louder, LOUDEST))
    phases *= lax.complex(jnp.cos(turn), jnp.sin(turn))
    phases = lax.fori_loop(
        0, settling, lambda _, old: _settled(_project(magnitude * old, spec), magnitude), phases
    )
    return istft(magnitude * phases, spec, level.shape[1] * spec.hop_length)


def _project(
    spectrum: Complex[Array, "batch frames bins"], spec: AudioSpec
) -> Complex[Array, "batch frames bins"]:
    """Nearest spectrum that is the STFT of a waveform."""
    frames = spectrum.shape[1]
    return stft(istft(spectrum, spec, frames * spec.hop_length), spec)[:, :frames]


def _unit(values: Complex[Array, "..."]) -> Complex[Array, "..."]:
    """Phases alone; smooth at zero, where a phase has no gradient."""
    squared = jnp.square(values.real) + jnp.square(values.imag)
    return values * lax.rsqrt(squared + FLOOR**2)


@jax.custom_jvp
def _settled(
    projected: Complex[Array, "..."], magnitude: Float[Array, "..."]
) -> Complex[Array, "..."]:
    """Phases of a projection; their gradient does not grow where they get this magnitude."""
    return _unit(projected)


@_settled.defjvp
def _settled_tangent(primals, tangents):
    # A phase turns by 1 / |projected| of what moves its bin, so with its magnitude put back the
    # bin moves magnitude / |projected| times as far: up to a thousand times where frames cancel,
    # again with each iteration. A few bins, whose phases rounding decides, would then be the
    # gradient of a whole batch. Limited to 1, a bin never moves further than its projection, and
    # as projections do not lengthen, neither does an iteration (docs/measured.md).
    projected, magnitude = primals
    moved, _ = tangents
    squared = jnp.square(projected.real) + jnp.square(projected.imag)
    slope = jnp.minimum(lax.rsqrt(squared + FLOOR**2), 1 / magnitude)
    unit = _unit(projected)
    along = unit.real * moved.real + unit.imag * moved.imag
    return unit, slope * (moved - unit * along)


def _describe(
    level: Float[Array, "batch frames bins"],
    phases: Complex[Array, "batch frames bins"],
    spec: AudioSpec,
) -> list[Float[Array, "batch frames bins"]]:
    """Features of a phase estimate, without any absolute phase.

    The estimate is projected once more onto STFTs of waveforms. Features are the
    log-magnitude that survives, and as cosine and sine: how far the projection turned each phase,
    its turn since the last frame beyond the bin's own frequency, and since the bin below.
    """
    projected = _project(lax.stop_gradient(jnp.exp(level)) * phases, spec)
    size = jnp.abs(projected)
    unit = _unit(projected)
    expected = turn_of_a_hop(spec).conj()
    turned = unit * phases.conj()
    in_time = unit[:, 1:] * unit[:, :-1].conj() * expected[None, None]
    in_frequency = unit[..., 1:] * unit[..., :-1].conj()
    return [
        jnp.log(jnp.maximum(size, FLOOR)),
        *_parts(turned),
        *_parts(jnp.pad(in_time, ((0, 0), (1, 0), (0, 0)))),
        *_parts(jnp.pad(in_frequency, ((0, 0), (0, 0), (1, 0)))),
    ]


def _parts(values: Complex[Array, "..."]) -> tuple[Float[Array, "..."], Float[Array, "..."]]:
    return values.real, values.imag
