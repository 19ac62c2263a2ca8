"""Vocoding whole sentences, timed: how fast a vocoder is, compilation apart."""

import time
from collections.abc import Callable, Mapping

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float
from tqdm import tqdm

from ganspeech.audio import AudioSpec, griffin_lim, log_mel, magnitude_from_log_mel
from ganspeech.evaluation.audio_quality import GRIFFIN_LIM, Facts
from ganspeech.evaluation.metrics import Audio

LogMel = Float[np.ndarray, "frames mels"]
ITERATIONS = 60
_BUCKET = 128
"""Frames; sentences are padded to a multiple, so that few lengths are compiled."""


def mels_of(recordings: Mapping[str, Audio], spec: AudioSpec) -> dict[str, LogMel]:
    """The log-mels of recordings at the spec's rate, by sentence: one frame a whole hop."""
    return {
        # A centred transform has one frame more than hops; generators give one hop per frame.
        name: np.asarray(log_mel(jnp.asarray(audio), spec))[: len(audio) // spec.hop_length]
        for name, audio in recordings.items()
    }


def vocode_all(
    vocoder: Callable[[LogMel], Audio],
    mels: Mapping[str, LogMel],
    spec: AudioSpec,
    parameters: int | None = None,
    name: str = "vocoder",
) -> tuple[dict[str, Audio], Facts]:
    """Vocode each sentence, and time it on its second call of that length.

    ``name`` stands before the progress bar.

    Mels are padded with silence to a multiple of 128 frames, which count as made; the audio is
    cut to the sentence again. The first call of each length, less a later one, is compilation.
    """
    audio, real_time, compiling, seen = {}, {}, 0.0, set()
    for sentence, mel in tqdm(mels.items(), desc=f"vocoding: {name}", unit="sentence"):
        padded = _padded(mel, spec)
        seconds = 0.0
        if len(padded) not in seen:
            seen.add(len(padded))
            seconds = _timed(vocoder, padded)[1]
        made, steady = _timed(vocoder, padded)
        compiling += max(0.0, seconds - steady)
        audio[sentence] = made[: len(mel) * spec.hop_length]
        real_time[sentence] = len(padded) * spec.hop_length / spec.sample_rate / steady
    return audio, Facts(parameters, compiling, real_time)


def griffin_lim_all(mels: Mapping[str, LogMel], spec: AudioSpec) -> tuple[dict[str, Audio], Facts]:
    """The row beside every table: fast Griffin-Lim, 60 iterations, from the same log-mels."""

    @jax.jit
    def vocoder(mel):
        return griffin_lim(magnitude_from_log_mel(mel, spec), spec, ITERATIONS)

    return vocode_all(vocoder, mels, spec, parameters=0, name=GRIFFIN_LIM)


def _padded(mel: LogMel, spec: AudioSpec) -> LogMel:
    return np.pad(mel, ((0, -len(mel) % _BUCKET), (0, 0)), constant_values=spec.silence)


def _timed(vocoder: Callable, mel: LogMel) -> tuple[Audio, float]:
    start = time.perf_counter()
    audio = np.asarray(vocoder(mel), np.float32)
    return audio, time.perf_counter() - start
