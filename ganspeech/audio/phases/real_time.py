"""Phases for magnitudes that arrive frame by frame, with little or no look-ahead.

Real-time iterative spectrogram inversion (Zhu, Beauregard and Wyse 2007, "Real-time signal
estimation from modified short-time Fourier transform magnitude spectra", with look-ahead): frames
whose phases are kept no longer change, and the few that wait behind them are improved together, by
fast Griffin-Lim, each time a frame arrives.
"""

from typing import NamedTuple

import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Complex, Float, Int

from ganspeech.audio.phases.griffin_lim import improved, turn_of_a_hop
from ganspeech.audio.spec import AudioSpec
from ganspeech.audio.stft import hann_window, overlap_add, windowed_frames

LEAST = 1e-2
"""Sums of squared windows are clipped here before a division: the outermost are nearly zero."""


class Waiting(NamedTuple):
    """What is known between two frames."""

    magnitude: Float[Array, "batch waiting bins"]
    """Of the frames whose phases may still change, the oldest first."""
    phases: Complex[Array, "batch waiting bins"]
    """Theirs so far, of size 1; zero before the first frame."""
    sums: Float[Array, "batch span"]
    """Kept frames, windowed and added, from where the oldest waiting frame begins."""
    weights: Float[Array, "1 span"]
    """Squared windows of the kept frames there."""
    arrived: Int[Array, ""]
    """Number of frames that have arrived."""


def nothing_yet(batch: int, spec: AudioSpec, look_ahead: int) -> Waiting:
    """State before the first frame, all zeros; `look_ahead` frames wait behind the next to keep."""
    shape = (batch, look_ahead + 1, spec.bins)
    span = (look_ahead + -(-spec.n_fft // spec.hop_length)) * spec.hop_length
    return Waiting(
        jnp.zeros(shape),
        jnp.zeros(shape, jnp.complex64),
        jnp.zeros((batch, span)),
        jnp.zeros((1, span)),
        jnp.zeros((), jnp.int32),
    )


def arrive(
    state: Waiting,
    magnitude: Float[Array, "batch bins"],
    spec: AudioSpec,
    *,
    iterations: int,
    momentum: float = 0.99,
) -> tuple[Waiting, Complex[Array, "batch bins"], Float[Array, "batch hop"]]:
    """Takes a frame in, and keeps the oldest that waits.

    Returns the state, the phases of the frame that is kept, and the hop of audio in which no other
    window begins any more: the first one of that frame. It is one of silence as long as frames that
    wait are before the first.
    """
    count, hop = state.phases.shape[1], spec.hop_length
    window = hann_window(spec)[None, None]
    waiting = jnp.concatenate([state.magnitude[:, 1:], magnitude[:, None]], axis=1)
    newest = state.phases[:, -1:] * turn_of_a_hop(spec)[None, None]
    newest = jnp.where(state.arrived, newest, jnp.ones_like(newest))
    first = jnp.concatenate([state.phases[:, 1:], newest], axis=1)
    real = jnp.arange(count) + state.arrived + 1 >= count
    squared = jnp.square(window) * real[None, :, None]
    weights = jnp.maximum(state.weights + overlap_add(squared, spec), LEAST)

    def rebuilt(phases):
        frames = jnp.fft.irfft(waiting * phases, spec.n_fft) * window
        audio = (state.sums + overlap_add(frames, spec)) / weights
        return jnp.fft.rfft(windowed_frames(audio, spec))

    phases = improved(first, rebuilt, iterations, momentum)
    kept = jnp.fft.irfft(waiting[:, 0] * phases[:, 0], spec.n_fft) * window[0]
    behind = ((0, 0), (0, state.sums.shape[1] - spec.n_fft))
    sums = state.sums + jnp.pad(kept, behind)
    covered = state.weights + jnp.pad(squared[:, 0], behind)
    audio = sums[:, :hop] / jnp.maximum(covered[:, :hop], LEAST)
    left = Waiting(
        waiting,
        phases,
        jnp.pad(sums[:, hop:], [(0, 0), (0, hop)]),
        jnp.pad(covered[:, hop:], [(0, 0), (0, hop)]),
        state.arrived + 1,
    )
    return left, phases[:, 0], audio


def real_time_phases(
    magnitude: Float[Array, "batch frames bins"],
    spec: AudioSpec,
    *,
    look_ahead: int,
    iterations: int,
    momentum: float = 0.99,
) -> Complex[Array, "batch frames bins"]:
    """Phases of size 1 of all frames, each as if no more than `look_ahead` later ones were known.

    Behind the last frame there is silence. No gradient passes.
    """
    magnitude = lax.stop_gradient(magnitude)
    all_of_it = jnp.pad(magnitude, ((0, 0), (0, look_ahead), (0, 0)))

    def step(state, frame):
        state, phases, _ = arrive(state, frame, spec, iterations=iterations, momentum=momentum)
        return state, phases

    begin = nothing_yet(magnitude.shape[0], spec, look_ahead)
    _, phases = lax.scan(step, begin, jnp.moveaxis(all_of_it, 1, 0))
    return jnp.moveaxis(phases[look_ahead:], 0, 1)


def ended(
    state: Waiting, spec: AudioSpec, *, iterations: int, momentum: float = 0.99
) -> Float[Array, "batch samples"]:
    """Rest of the audio once the last frame has arrived: `arrive`'s next hops, up to silence."""
    hops = []
    for _ in range(state.phases.shape[1] - 1):
        silence = jnp.zeros_like(state.magnitude[:, 0])
        state, _, audio = arrive(state, silence, spec, iterations=iterations, momentum=momentum)
        hops.append(audio)
    rest = state.sums / jnp.maximum(state.weights, LEAST)
    return jnp.concatenate([*hops, rest], axis=1)
