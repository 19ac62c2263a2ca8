"""The constant-Q transform: bins a fixed musical interval apart, windows of as many periods each.

Every octave is the one above it at half the rate, so each is read from a copy of the audio that is
decimated as far as its bins allow (Schoerkhuber and Klapuri 2010), by ordinary convolutions over
blocks of one hop; the gradient is a convolution, too.
"""

import functools
import math

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Complex, Float

C1 = 440.0 * 2 ** (-45 / 12)
"""32.703 Hz, the note from which octaves are counted."""

PASSED = 0.225
"""Passband of the half-band filter, as a share of the rate before decimation."""

RINGING = 64
"""Samples beyond its ends in which decimated audio, at any level, may be nonzero."""


def cqt(
    audio: Float[Array, "batch samples"],
    *,
    sample_rate: int,
    hop_length: int,
    bins_per_octave: int,
    octaves: int,
) -> Complex[Array, "batch frames bins"]:
    """Constant-Q spectrum from C1 up, in float32: `octaves * bins_per_octave` bins, lowest first.

    Equal to `librosa.cqt(pad_mode="constant", tuning=0)`, frames before bins, within 2 % (librosa
    rounds windows to whole samples): `1 + samples // hop_length` frames, frame `n` centered on
    sample `n * hop_length`, silence outside, and a bin of window length `N` scaled by
    `1 / sqrt(N)`. Raises `ValueError` when bins reach half the sample rate.
    """
    top = C1 * 2.0 ** (octaves - 1 / bins_per_octave)
    if top >= sample_rate / 2:
        raise ValueError(
            f"{octaves} octaves of {bins_per_octave} bins from C1 on reach {top:.0f} Hz, but "
            f"half the sample rate is {sample_rate / 2:g} Hz; lower octaves or raise sample_rate"
        )
    frames = 1 + audio.shape[-1] // hop_length
    x = jnp.asarray(audio, jnp.float32)
    level, early, rows = 0, 0, []
    for octave in reversed(range(octaves)):
        highest = C1 * 2.0 ** (octave + 1 - 1 / bins_per_octave)
        while hop_length % 2 ** (level + 1) == 0 and highest <= PASSED * sample_rate / 2**level:
            x = halve_rate(jnp.pad(x, ((0, 0), (2 * RINGING - early, 2 * RINGING - early))))
            level, early = level + 1, RINGING
        kernel = _kernel(octave, bins_per_octave, sample_rate, hop_length, level)
        rows.append(_correlate(x, early, kernel, hop_length >> level, frames))
    real, imaginary = jnp.split(jnp.stack(rows[::-1], axis=2), 2, axis=-1)
    return lax.complex(real, imaginary).reshape(audio.shape[0], frames, -1)


def double_rate(x: Float[Array, "batch samples"]) -> Float[Array, "batch 2*samples"]:
    """`x` at twice its rate: its own samples with interpolated ones in between."""
    return jnp.stack([x, _halfway(x)], axis=-1).reshape(x.shape[0], -1)


def halve_rate(x: Float[Array, "batch samples"]) -> Float[Array, "batch samples/2"]:
    """`x` at half its rate, `ceil(samples / 2)` samples; aliases are 90 dB down.

    Content up to `PASSED` of the rate is kept; that above `1 / 2 - PASSED` is removed.
    """
    pairs = jnp.pad(x, ((0, 0), (0, x.shape[-1] % 2))).reshape(x.shape[0], -1, 2)
    before = jnp.pad(pairs[:, :-1, 1], ((0, 0), (1, 0)))
    return (pairs[..., 0] + _halfway(before)) / 2


def _halfway(x: Float[Array, "batch samples"]) -> Float[Array, "batch samples"]:
    """Interpolate `x` halfway to each next sample by a Kaiser-windowed sinc; zeros outside.

    Rates are doubled and halved by a half-band filter: every other coefficient is zero,
    and these are the rest.
    """
    reach = 32
    time = np.arange(-reach, reach) + 0.5
    window = np.i0(9.0 * np.sqrt(1 - (time / reach) ** 2)) / np.i0(9.0)
    kernel = (np.sinc(time) * window).astype(np.float32)
    return lax.conv_general_dilated(
        x[..., None],
        jnp.asarray(kernel)[:, None, None],
        (1,),
        ((reach - 1, reach),),
        dimension_numbers=("NWC", "WIO", "NWC"),
        precision=jax.lax.Precision.HIGHEST,
    )[..., 0]


@functools.lru_cache(maxsize=256)
def _kernel(
    octave: int, bins_per_octave: int, sample_rate: int, hop_length: int, level: int
) -> np.ndarray:
    """Kernels of an octave at `2 ** level` under the rate: float32 `[blocks, hop, 2 * bins]`.

    Real parts of all bins, then imaginary ones; blocks of one hop reach as far before the frame's
    center as after.
    """
    ratio = 2.0 ** (2 / bins_per_octave)
    quality = (ratio + 1) / (ratio - 1)
    frequency = C1 * 2.0 ** (octave + np.arange(bins_per_octave) / bins_per_octave)
    length = quality * sample_rate / frequency
    hop = hop_length >> level
    blocks = 2 * math.ceil(length[0] / 2 ** (level + 1) / hop)
    # In samples of the full rate, where lengths and the scale are defined.
    time = (np.arange(blocks * hop) - blocks * hop / 2)[:, None] * 2**level
    window = np.where(np.abs(time) < length / 2, 0.5 + 0.5 * np.cos(2 * np.pi * time / length), 0.0)
    window *= np.sqrt(length) / window.sum(axis=0)
    angle = 2 * np.pi * frequency / sample_rate * time
    kernel = np.concatenate([window * np.cos(angle), -window * np.sin(angle)], axis=1)
    return kernel.astype(np.float32).reshape(blocks, hop, -1)


def _correlate(
    x: Float[Array, "batch samples"], early: int, kernel: np.ndarray, hop: int, frames: int
) -> Float[Array, "batch frames outputs"]:
    """Products of `kernel` with `x` around each multiple of `hop`, zeros outside `x`.

    Sample `early` of `x` is the first frame's center.
    """
    before = len(kernel) // 2 * hop - early
    length = (frames - 1 + len(kernel)) * hop
    padding = (before, length - before - x.shape[-1], 0)
    blocks = lax.pad(x, jnp.float32(0), ((0, 0, 0), padding)).reshape(x.shape[0], -1, hop)
    return lax.conv_general_dilated(
        blocks,
        jnp.asarray(kernel),
        (1,),
        ((0, 0),),
        dimension_numbers=("NWC", "WIO", "NWC"),
        precision=jax.lax.Precision.HIGHEST,
    )
