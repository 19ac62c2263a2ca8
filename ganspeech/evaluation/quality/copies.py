"""Held-out recordings by way of a run that learns to speak: copy synthesis, and alignments."""

import functools
from typing import Any, cast

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from ganspeech.audio import log_mel
from ganspeech.audio.phases.griffin_lim import griffin_lim, magnitude_from_log_mel
from ganspeech.data.labels.transcribed import LabeledRecording
from ganspeech.game.contract import Batch, Tree
from ganspeech.generators.acoustic.vocoded import Vocoded
from ganspeech.generators.vits.network import VITS
from ganspeech.models.voice import Voice
from ganspeech.models.voice_variables import divided
from ganspeech.runs.folder import Run
from ganspeech.tasks.voices.text_to_mel import TextToMel, align_mels
from ganspeech.tasks.voices.text_to_speech import TextToSpeech

VoiceTask = TextToSpeech | TextToMel
"""Tasks of runs that learn to speak."""


def copied(run: Run, voice: Voice, line: LabeledRecording) -> Float[np.ndarray, " samples"]:
    """Copy synthesis of a recording, in [-1, 1]: what the voice's last part makes of it.

    A VITS decodes the mean of its latent frames; other voices speak its log-mels.
    """
    task = cast(VoiceTask, run.experiment.task)
    batch, hop = task.batch_of(line), task.spec.hop_length
    frames = line.recording.samples // hop
    if isinstance(task, TextToMel):
        audio = _spoken(voice, log_mel(jnp.asarray(line.recording.audio()), task.spec)[None])
    else:
        audio, _, _ = _understood(task, cast(VITS, voice.network), run.variables, batch)
    return np.clip(np.asarray(audio)[0, : frames * hop], -1.0, 1.0)


def alignment_of(
    run: Run, line: LabeledRecording
) -> tuple[Float[np.ndarray, "frames mels"], Float[np.ndarray, "symbols frames"]]:
    """Log-mels of a recording, and the path by which the run assigns frames to symbols."""
    task = cast(VoiceTask, run.experiment.task)
    batch = task.batch_of(line)
    frames, symbols = line.recording.samples // task.spec.hop_length, len(line.labels)
    if isinstance(task, TextToMel):
        mel = log_mel(jnp.asarray(batch["audio"]), task.spec)
        _, path = align_mels(task, run.experiment.generator, run.variables, batch)
    else:
        network = cast(VITS, run.experiment.generator)
        _, mel, path = _understood(task, network, run.variables, batch)
    return np.asarray(mel[0, :frames]), np.asarray(path[0, :symbols, :frames])


def _spoken(voice: Voice, mels: Float[Array, "1 frames mels"]) -> Float[Array, "1 samples"]:
    """Log-mels through the vocoder of a voice, or by Griffin-Lim if it has none."""
    if not isinstance(voice.network, Vocoded):
        return griffin_lim(magnitude_from_log_mel(mels, voice.spec), voice.spec)
    *_, variables = divided(voice)
    audio: Any = voice.network.vocoder.apply(variables, mels, voice.spec)
    return audio


@functools.partial(jax.jit, static_argnums=(0, 1))
def _understood(
    task: TextToSpeech, network: VITS, variables: Tree, batch: Batch
) -> tuple[Array, Array, Array]:
    """Audio of a batch's recordings by way of latent frames, their log-mels, and their paths."""
    *arguments, _ = task.arguments(batch)
    linear = arguments[2]
    taught: Any = network.apply(variables, *arguments, linear.shape[1])
    return taught.audio, log_mel(batch["audio"], task.spec), taught.path
