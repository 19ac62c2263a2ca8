"""Sentences vocoded, enhanced or spoken, timed: how fast it goes, compilation apart."""

import time
from collections.abc import Callable, Mapping

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float
from tqdm import tqdm

from ganspeech.audio import AudioSpec, griffin_lim, log_mel, magnitude_from_log_mel
from ganspeech.evaluation.quality.metrics import Audio
from ganspeech.evaluation.quality.scores import GRIFFIN_LIM, Facts
from ganspeech.models.voice import Voice

LogMel = Float[np.ndarray, "frames mels"]
ITERATIONS = 60
_BUCKET = 128
"""Frames; sentences are padded to a multiple, so that few lengths are compiled."""


def mels_of(recordings: Mapping[str, Audio], spec: AudioSpec) -> dict[str, LogMel]:
    """The log-mels of recordings at the spec's rate, by sentence: one frame a whole hop."""
    return {
        # A centerd transform has one frame more than hops; generators give one hop per frame.
        name: np.asarray(log_mel(jnp.asarray(audio), spec))[: len(audio) // spec.hop_length]
        for name, audio in recordings.items()
    }


def vocode_all(
    vocoder: Callable[[LogMel], Audio],
    mels: Mapping[str, LogMel],
    spec: AudioSpec,
    parameters: int | None = None,
    name: str = "vocoder",
    progress: bool = True,
) -> tuple[dict[str, Audio], Facts]:
    """Vocode each sentence, and time it on its second call of that length.

    `name` stands before the progress bar, if there is one.

    Mels are padded with silence to a multiple of 128 frames, which count as made; the audio is
    cut to the sentence again. The first call of each length, less a later one, is compilation.
    """
    padded = {sentence: _padded(mel, spec) for sentence, mel in mels.items()}
    frames_a_second = spec.sample_rate / spec.hop_length
    made, facts = _all(vocoder, padded, frames_a_second, parameters, f"vocoding: {name}", progress)
    audio = {s: one[: len(mels[s]) * spec.hop_length] for s, one in made.items()}
    return audio, facts


def enhance_all(
    enhancer: Callable[[Audio], Audio],
    noisy: Mapping[str, Audio],
    rate: int,
    parameters: int,
    name: str,
) -> tuple[dict[str, Audio], Facts]:
    """Enhance each recording, and time it on its second call; those of whole seconds share one."""
    padded = {sentence: np.pad(audio, (0, -len(audio) % rate)) for sentence, audio in noisy.items()}
    made, facts = _all(enhancer, padded, rate, parameters, f"enhancing: {name}")
    return {sentence: one[: len(noisy[sentence])] for sentence, one in made.items()}, facts


def speak_all(
    voice: Voice, texts: Mapping[str, tuple[str, str | None]], name: str
) -> tuple[dict[str, Audio], Facts, list[str]]:
    """Have each sentence's text spoken by its speaker (None: the first), and time it.

    Each is spoken twice and timed the second time; what the first times took longer is compilation.
    A text that the voice cannot say is left out and named, with the reason, in the list.
    """
    made, real_time, failed, compiling = {}, {}, list[str](), 0.0
    for sentence, (text, speaker) in tqdm(texts.items(), f"speaking: {name}", unit="sentence"):
        try:
            voice.text.spell(text)  # has its front end loaded, which is not speaking
            _, first = _spoken(voice, text, speaker)
            audio, seconds = _spoken(voice, text, speaker)
        except ValueError as error:
            failed.append(f"{name}: {sentence}: {error}")
            continue
        made[sentence] = audio
        real_time[sentence] = len(audio) / voice.sample_rate / seconds
        compiling += first - seconds
    return made, Facts(voice.parameters, max(0.0, compiling), real_time), failed


def griffin_lim_all(
    mels: Mapping[str, LogMel], spec: AudioSpec, *, progress: bool = True
) -> tuple[dict[str, Audio], Facts]:
    """The row beside every table: fast Griffin-Lim, 60 iterations, from the same log-mels."""

    @jax.jit
    def vocoder(mel):
        return griffin_lim(magnitude_from_log_mel(mel, spec), spec, ITERATIONS)

    return vocode_all(vocoder, mels, spec, parameters=0, name=GRIFFIN_LIM, progress=progress)


def _all(
    function: Callable[[np.ndarray], Audio],
    inputs: Mapping[str, np.ndarray],
    per_second: float,
    parameters: int | None,
    name: str,
    progress: bool = True,
) -> tuple[dict[str, Audio], Facts]:
    """The audio made of each input, of which `per_second` rows are a second, and the facts."""
    audio, real_time, compiling, seen = {}, {}, 0.0, set()
    for sentence, given in tqdm(inputs.items(), desc=name, unit="sentence", disable=not progress):
        seconds = 0.0
        if len(given) not in seen:
            seen.add(len(given))
            seconds = _timed(function, given)[1]
        audio[sentence], steady = _timed(function, given)
        compiling += max(0.0, seconds - steady)
        real_time[sentence] = len(given) / per_second / steady
    return audio, Facts(parameters, compiling, real_time)


def _padded(mel: LogMel, spec: AudioSpec) -> LogMel:
    return np.pad(mel, ((0, -len(mel) % _BUCKET), (0, 0)), constant_values=spec.silence)


def _spoken(voice: Voice, text: str, speaker: str | None) -> tuple[Audio, float]:
    start = time.perf_counter()
    audio = voice.say(text, speaker=speaker)
    return audio, time.perf_counter() - start


def _timed(function: Callable, given: np.ndarray) -> tuple[Audio, float]:
    start = time.perf_counter()
    audio = np.asarray(function(given), np.float32)
    return audio, time.perf_counter() - start
