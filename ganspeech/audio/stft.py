"""The short-time Fourier transform and its inverse, differentiable, over any leading axes."""

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Complex, Float

from ganspeech.audio.spec import AudioSpec

TRANSFORM = "transform"
"""Scope of names of transforms in programs and profiles."""


@jax.named_scope(TRANSFORM)
def stft(
    audio: Float[Array, "*batch samples"], spec: AudioSpec
) -> Complex[Array, "*batch frames bins"]:
    """Complex spectrum of audio under a periodic Hann window, in float32 arithmetic.

    Equal to `librosa.stft` (frames before bins) with `spec.padding` "center"; with "same" to
    `librosa.stft(center=False)` of audio padded by `spec.pads()`. Raises `ValueError` when the
    audio is too short for one frame or to be mirrored.
    """
    return jnp.fft.rfft(windowed_frames(_pad(audio, spec), spec))


@jax.named_scope(TRANSFORM)
def istft(
    spectrum: Complex[Array, "*batch frames bins"], spec: AudioSpec, length: int | None = None
) -> Float[Array, "*batch samples"]:
    """Audio whose STFT is nearest to `spectrum` (Griffin & Lim 1984); exact on an STFT.

    `length` in samples defaults to `frames * hop` for "same" padding and to
    `(frames - 1) * hop` for "center"; it is at most `frames * hop`. Raises `ValueError` for
    a longer one, for another number of bins than the spec's, and when the windows leave
    samples uncovered, so that there is no inverse.
    """
    frames, bins = spectrum.shape[-2:]
    if bins != spec.bins:
        raise ValueError(f"the spectrum has {bins} bins, but n_fft {spec.n_fft} needs {spec.bins}")
    longest = frames * spec.hop_length
    if length is None:
        length = longest - (spec.padding == "center") * spec.hop_length
    if not 0 < length <= longest:
        raise ValueError(f"length must be 1 to {longest} for {frames} frames, not {length}")
    kept = slice(spec.pads()[0], spec.pads()[0] + length)
    envelope = _envelope(frames, spec, kept)
    frames_of_audio = jnp.fft.irfft(spectrum, spec.n_fft)
    windowed = frames_of_audio * _along_last(hann_window(spec), frames_of_audio.ndim)
    audio = overlap_add(windowed, spec)[..., kept]
    return audio / _along_last(envelope, audio.ndim)


def hann_window(spec: AudioSpec) -> np.ndarray:
    """Periodic Hann window of `win_length`, centered among zeros: float32 `[n_fft]`."""
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(spec.win_length) / spec.win_length)
    before = (spec.n_fft - spec.win_length) // 2
    return np.pad(window, (before, spec.n_fft - spec.win_length - before)).astype(np.float32)


def require_length(samples: int, spec: AudioSpec) -> None:
    """Raise `ValueError` when the audio is too short for one frame or to be mirrored."""
    needed = max(spec.pads()) + 1 if spec.pad_mode == "reflect" else 1
    if spec.padding == "same":
        needed = max(needed, spec.hop_length)
    if samples < needed:
        raise ValueError(f"audio of {samples} samples is too short: the spec needs {needed}")


def _pad(audio: Float[Array, "*batch samples"], spec: AudioSpec) -> Float[Array, "*batch padded"]:
    """Audio in float32 with the spec's padding on both sides."""
    require_length(audio.shape[-1], spec)
    widths = [(0, 0)] * (audio.ndim - 1) + [spec.pads()]
    return jnp.pad(jnp.asarray(audio, jnp.float32), widths, mode=spec.pad_mode)


def windowed_frames(
    padded: Float[Array, "*batch padded"], spec: AudioSpec
) -> Float[Array, "*batch frames n_fft"]:
    """Overlapping frames of padded audio under the window, without a gather.

    Blocks of one hop are windowed and laid side by side; so the gradient is a sum of shifted
    blocks, not a scatter, and the forward pass half the time of windowing whole frames.
    """
    hop, n_fft = spec.hop_length, spec.n_fft
    count = 1 + (padded.shape[-1] - n_fft) // hop
    per_frame = -(-n_fft // hop)
    length = (count + per_frame - 1) * hop
    missing = max(0, length - padded.shape[-1])
    padded = jnp.pad(padded, [(0, 0)] * (padded.ndim - 1) + [(0, missing)])[..., :length]
    blocks = padded.reshape(*padded.shape[:-1], -1, hop)
    parts = []
    for i in range(per_frame):
        window = hann_window(spec)[i * hop : (i + 1) * hop]
        part = blocks[..., i : i + count, : len(window)]
        parts.append(part * _along_last(window, part.ndim))
    return jnp.concatenate(parts, axis=-1)


def overlap_add(frames, spec: AudioSpec, numpy=jnp):
    """Sum of overlapping frames `[..., frames, n_fft]`, a hop apart: the transpose of framing."""
    hop = spec.hop_length
    count, n_fft = frames.shape[-2:]
    per_frame = -(-n_fft // hop)
    leading = [(0, 0)] * (frames.ndim - 2)
    frames = numpy.pad(frames, [*leading, (0, 0), (0, per_frame * hop - n_fft)])
    blocks = frames.reshape(*frames.shape[:-1], per_frame, hop)
    placed = [
        numpy.pad(blocks[..., i, :], [*leading, (i, per_frame - 1 - i), (0, 0)])
        for i in range(per_frame)
    ]
    return sum(placed).reshape(*frames.shape[:-2], (count + per_frame - 1) * hop)


def _envelope(frames: int, spec: AudioSpec, kept: slice):
    """Sum of overlapping squared windows; raises `ValueError` where that is 0."""
    squared = hann_window(spec) ** 2
    if not isinstance(frames, int):
        # jax.export leaves the number of frames symbolic, so the sum must be part of the program.
        return overlap_add(jnp.broadcast_to(squared, (frames, spec.n_fft)), spec)[kept]
    envelope = overlap_add(np.tile(squared, (frames, 1)), spec, np)[kept]
    if envelope.min() < 1e-8 * envelope.max():
        raise ValueError(
            f"no inverse STFT: windows of {spec.win_length} samples every {spec.hop_length} "
            "leave samples uncovered; lower hop_length"
        )
    return envelope


def _along_last(values, ndim: int):
    return values.reshape((1,) * (ndim - 1) + (-1,))


@jax.named_scope(TRANSFORM)
def magnitude(
    spectrum: Complex[Array, "*batch frames bins"], power: float = 1.0
) -> Float[Array, "*batch frames bins"]:
    """`|spectrum| ** power`, with a finite gradient (zero) where the spectrum is zero."""
    squared = jnp.square(spectrum.real) + jnp.square(spectrum.imag)
    if power == 2:
        return squared
    silent = squared == 0
    safe = jnp.where(silent, 1.0, squared)
    raised = jnp.sqrt(safe) if power == 1 else safe ** (power / 2)
    return jnp.where(silent, 0.0, raised)


def compressed(
    spectrum: Complex[Array, "*batch frames bins"], exponent: float, *, floor: float = 1e-12
) -> Complex[Array, "*batch frames bins"]:
    """Spectrum with its magnitudes raised to `exponent` and its phases unchanged.

    Bins whose power is below `floor` are scaled as if they had it: gradients stay finite.
    """
    power = jnp.maximum(magnitude(spectrum, power=2), floor)
    return spectrum * power ** ((exponent - 1) / 2)
