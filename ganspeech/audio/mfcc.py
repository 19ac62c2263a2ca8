"""Mel-frequency cepstral coefficients (Davis & Mermelstein 1980) and their deltas."""

import functools
import operator
from typing import Literal

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from ganspeech.audio.mel import mel_spectrogram
from ganspeech.audio.spec import AudioSpec


def mfcc(
    audio: Float[Array, "*batch samples"],
    spec: AudioSpec,
    *,
    n_mfcc: int = 20,
    dct_type: Literal[1, 2, 3] = 2,
    norm: Literal["ortho", "none"] = "ortho",
    lifter: float = 0.0,
    top_db: float | None = 80.0,
) -> Float[Array, "*batch frames n_mfcc"]:
    """First coefficients of the cosine transform of the mel bands in decibels.

    Equal to `librosa.feature.mfcc` (frames first) with the spec's mel bands; `spec.power`
    should be 2; `spec.log_base` and `log_floor` are unused. `lifter` L > 0 weighs
    coefficient n (from 1) by `1 + L/2 sin(pi n / L)`; `top_db` as in `power_to_db`.
    """
    if not 1 <= n_mfcc <= spec.n_mels:
        raise ValueError(f"n_mfcc must be 1 to the spec's {spec.n_mels} mels, not {n_mfcc}")
    if lifter < 0:
        raise ValueError(f"lifter must be at least 0, not {lifter}")
    decibels = power_to_db(mel_spectrogram(audio, spec), top_db=top_db)
    transform = cosines(spec.n_mels, n_mfcc, dct_type=dct_type, norm=norm)
    if lifter > 0:
        weights = 1 + lifter / 2 * np.sin(np.pi * np.arange(1, n_mfcc + 1) / lifter)
        transform = (transform * weights).astype(np.float32)
    return jnp.matmul(decibels, transform, precision=jax.lax.Precision.HIGHEST)


def cosines(
    bands: int,
    coefficients: int,
    *,
    dct_type: Literal[1, 2, 3] = 2,
    norm: Literal["ortho", "none"] = "ortho",
) -> Float[np.ndarray, "bands coefficients"]:
    """First columns of the matrix of the cosine transform, from mel bands to coefficients."""
    # Takes a while to import, which synthesis does not need.
    from scipy.fft import dct

    matrix = dct(np.eye(bands), type=dct_type, norm=None if norm == "none" else norm, axis=0)
    return matrix[:coefficients].T.astype(np.float32)


def power_to_db(
    power: Float[Array, "*batch frames mels"], *, top_db: float | None = 80.0
) -> Float[Array, "*batch frames mels"]:
    """`10 log10` of power clipped at 1e-10 and at `top_db` below the loudest of an utterance.

    `librosa.power_to_db` of each utterance alone, whatever else is in the batch.
    """
    decibels = 10.0 * jnp.log10(jnp.maximum(power, 1e-10))
    if top_db is None:
        return decibels
    if top_db < 0:
        raise ValueError(f"top_db must be at least 0, not {top_db}")
    loudest = jnp.max(decibels, axis=(-2, -1), keepdims=True)
    return jnp.maximum(decibels, loudest - top_db)


def deltas(
    features: Float[Array, "*batch frames channels"],
    *,
    width: int = 9,
    order: int = 1,
    mode: Literal["interp", "nearest"] = "interp",
) -> Float[Array, "*batch frames channels"]:
    """Derivatives of an `order` over frames, by polynomials fitted to `width` frames.

    Savitzky & Golay 1964; equal to `librosa.feature.delta` with the same mode. "interp" fits
    the edges to the first and last `width` frames, "nearest" repeats the edge frames.
    Raises `ValueError` when width is even, below 3, not above `order`, or longer than the
    features under "interp".
    """
    if width < 3 or width % 2 == 0 or not 1 <= order < width:
        raise ValueError(f"width must be odd, at least 3 and above order {order} >= 1, not {width}")
    frames = features.shape[-2]
    if mode == "interp" and frames < width:
        raise ValueError(f"{frames} frames are fewer than width {width}: use mode 'nearest'")
    ends = [(0, 0)] * (features.ndim - 2) + [(width // 2, width // 2), (0, 0)]
    if mode == "nearest":
        features = jnp.pad(features, ends, mode="edge")
    # Takes half a second to import, which synthesis does not need.
    from scipy.signal import savgol_coeffs

    taps = savgol_coeffs(width, order, deriv=order, use="dot")
    inner = features.shape[-2] - width + 1
    shifted = (np.float32(tap) * features[..., i : i + inner, :] for i, tap in enumerate(taps))
    slopes = functools.reduce(operator.add, shifted)
    # The order-th derivative of a polynomial of that degree is one value over the whole fit.
    return jnp.pad(slopes, ends, mode="edge") if mode == "interp" else slopes
