"""Texts spoken by voices as material: those that a run holds out, or those of a folder."""

import functools
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from ganspeech.audio import log_mel, resample
from ganspeech.data.labels.transcribed import LabeledRecording
from ganspeech.data.prepare import Recording, prepare
from ganspeech.data.readers.ljspeech import LJSpeech
from ganspeech.evaluation.held_out import held_out_of
from ganspeech.evaluation.pages.intervals import ratio_interval
from ganspeech.evaluation.quality.material import Image, Material
from ganspeech.evaluation.quality.metrics import Audio
from ganspeech.evaluation.quality.scores import COPY
from ganspeech.evaluation.quality.speech_metrics import SPEECH_METRICS
from ganspeech.evaluation.quality.speed import speak_all
from ganspeech.evaluation.request import Request
from ganspeech.game.contract import Batch, Tree
from ganspeech.generators.vits.network import VITS
from ganspeech.models.voice import Voice
from ganspeech.runs.folder import Run
from ganspeech.tasks.voices.text_to_speech import TextToSpeech

SHORTEST = 0.1
"""Seconds of a recording that can be compared."""


def spoken_by_run(trained: Run, request: Request) -> Material:
    """The held-out texts of a run, spoken beside their recordings.

    Other voices say them too, and the baseline is a row of copy synthesis. Raises ValueError,
    naming the folder, for a corpus that holds nothing out.
    """
    voice, task = Voice.from_run(trained), trained.experiment.task
    network = voice.network
    assert isinstance(task, TextToSpeech)  # or it would have no voice
    lines = held_out_of(trained, request)
    name = trained.name
    copies = (
        {line.recording.id: copied(task, network, trained.variables, line) for line in lines}
        if request.baseline
        else {}
    )

    def aligned(sentence: str) -> dict[str, Image]:
        line = next(line for line in lines if line.recording.id == sentence)
        return {"Alignment of the recording": _alignment(task, network, trained.variables, line)}

    return _material(
        f"{name} on its held-out sentences",
        {name: voice} | dict(request.voices),
        [line.recording for line in lines],
        others={COPY: copies} if request.baseline else {},
        more=aligned,
        notes=(
            f"{name} is the checkpoint of step {trained.step}.",
            *(
                [f"{COPY.capitalize()} is the recording, encoded and decoded by {name}."]
                if request.baseline
                else []
            ),
        ),
    )


def spoken_by_voices(
    voices: Mapping[str, Voice], folder: Path, sentences: int | None = None
) -> Material:
    """The texts of a folder in LJSpeech's layout, the first `sentences` or all.

    `CorpusError`, naming the folder, for one of another layout.
    """
    rate = next(iter(voices.values())).sample_rate
    corpus = LJSpeech(str(folder), held_out=0)
    recordings = prepare(corpus, rate, minimum_seconds=SHORTEST).train[:sentences]
    title = f"{', '.join(voices)} on the texts of {folder.resolve().name}"
    return _material(title, voices, recordings)


def copied(
    task: TextToSpeech, network: VITS, variables: Tree, line: LabeledRecording
) -> Float[np.ndarray, " samples"]:
    """A recording by way of its latent frames, at their mean: copy synthesis, in [-1, 1]."""
    audio, _, _ = _understood(task, network, variables, task.batch_of(line))
    hop = task.spec.hop_length
    frames = line.recording.samples // hop
    return np.clip(np.asarray(audio[0, : frames * hop]), -1.0, 1.0)


def _material(
    title: str,
    voices: Mapping[str, Voice],
    recordings: Sequence[Recording],
    *,
    others: Mapping[str, Mapping[str, Audio]] | None = None,
    more: Callable[[str], Mapping[str, Image]] = lambda _: {},
    notes: Sequence[str] = (),
) -> Material:
    """All texts spoken by all voices, at the rate of the first one."""
    rate = next(iter(voices.values())).sample_rate
    texts = {recording.id: recording.text for recording in recordings}
    reference = {recording.id: recording.audio() for recording in recordings}
    systems, facts, told, problems = {}, {}, list(notes), list[str]()
    for name, voice in voices.items():
        wanted = {r.id: (r.text, _speaker(voice, r)) for r in recordings}
        made, facts[name], failed = speak_all(voice, wanted, name)
        problems += failed
        systems[name] = {s: resample(a, voice.sample_rate, rate) for s, a in made.items()}
        told += [f"{name}: {voice.about}"] * bool(voice.about)
        told += _pace(name, systems[name], reference)
    told.append(
        "Voices are timed from text to audio, phonemes and all, one sentence after another."
    )

    def pictures(sentence: str) -> dict[str, Image]:
        recording = next(r for r in recordings if r.id == sentence)
        drawn = {
            f"Durations by {name}": _durations(voice, recording)
            for name, voice in voices.items()
            if sentence in systems[name]
        }
        return dict(more(sentence)) | drawn

    return Material(
        title=title,
        rate=rate,
        reference=reference,
        systems=systems | dict(others or {}),
        facts=facts,
        texts=texts,
        notes=tuple(told),
        problems=tuple(problems),
        metrics=SPEECH_METRICS,
        pictures=pictures,
    )


def _speaker(voice: Voice, recording: Recording) -> str | None:
    """Who says it, if the voice can be who said it."""
    return recording.speaker if recording.speaker in voice.speakers else None


def _pace(name: str, made: Mapping[str, Audio], reference: Mapping[str, Audio]) -> list[str]:
    """How long all sentences are beside their recordings."""
    if not made:
        return []
    ours, theirs = (
        np.array([len(audio[sentence]) for sentence in made], float) for audio in (made, reference)
    )
    found = ratio_interval(ours, theirs)
    bounds = f" [{found.low:.3f}, {found.high:.3f}]" if np.isfinite(found.low) else ""
    return [f"{name} is {found.value:.3f}{bounds} times as long as the recordings."]


@functools.partial(jax.jit, static_argnums=(0, 1))
def _understood(
    task: TextToSpeech, network: VITS, variables: Tree, batch: Batch
) -> tuple[Array, Array, Array]:
    """Audio of a batch's recordings by way of latent frames, their log-mels, and their paths."""
    *arguments, _ = task.arguments(batch)
    linear = arguments[2]
    taught: Any = network.apply(variables, *arguments, linear.shape[1])
    return taught.audio, log_mel(batch["audio"], task.spec), taught.path


def _alignment(task: TextToSpeech, network: VITS, variables: Tree, line: LabeledRecording) -> Image:
    _, mel, path = _understood(task, network, variables, task.batch_of(line))
    frames, symbols = line.recording.samples // task.spec.hop_length, len(line.labels)
    return _drawn(
        np.asarray(mel[0, :frames]),
        np.asarray(path[0, :symbols, :frames]),
        [task.text.symbols[number] for number in line.labels],
        line.recording.text,
    )


def _durations(voice: Voice, recording: Recording) -> Image:
    """Picture of a voice's speech and the duration of each symbol, without pauses."""
    hop = voice.spec.hop_length
    spoken = list(voice.stream(recording.text, speaker=_speaker(voice, recording)))
    audio = np.concatenate([one.audio[: sum(one.frames) * hop] for one in spoken])
    frames = np.array([number for one in spoken for number in one.frames])
    mel = np.asarray(log_mel(jnp.asarray(audio), voice.spec))[: frames.sum()]
    symbols = [symbol for one in spoken for symbol in one.symbols]
    path = np.eye(len(symbols), dtype=np.float32).repeat(frames, axis=1)
    return _drawn(mel, path, symbols, recording.text)


def _drawn(mel: np.ndarray, path: np.ndarray, symbols: Sequence[str], text: str) -> Image:
    # Matplotlib takes a while to import, and only pages draw.
    from ganspeech.tasks.pictures import picture_of_alignment

    return picture_of_alignment(mel, path, symbols, text)
