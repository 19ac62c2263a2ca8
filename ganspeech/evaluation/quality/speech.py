"""Texts spoken by voices as material: those that a run holds out, or those of a folder."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import jax.numpy as jnp
import numpy as np

from ganspeech.audio import log_mel, resample
from ganspeech.data.prepare import Recording, prepare
from ganspeech.data.readers.ljspeech import LJSpeech
from ganspeech.evaluation.held_out import held_out_of
from ganspeech.evaluation.pages.intervals import ratio_interval
from ganspeech.evaluation.quality.copies import alignment_of, copied
from ganspeech.evaluation.quality.material import Image, Material
from ganspeech.evaluation.quality.metrics import Audio
from ganspeech.evaluation.quality.scores import COPY
from ganspeech.evaluation.quality.speech_metrics import SPEECH_METRICS
from ganspeech.evaluation.quality.speed import speak_all
from ganspeech.evaluation.request import Request
from ganspeech.generators.vits.network import VITS
from ganspeech.load import voice_of
from ganspeech.models.voice import Voice
from ganspeech.runs.folder import Run

SHORTEST = 0.1
"""Seconds of a recording that can be compared."""


def spoken_by_run(trained: Run, request: Request) -> Material:
    """The held-out texts of a run, spoken beside their recordings.

    Other voices say them too, and the baseline is a row of copy synthesis. Raises ValueError,
    naming the folder, for a corpus that holds nothing out.
    """
    voice, name = voice_of(trained), trained.name
    lines = held_out_of(trained, request)
    copies = (
        {line.recording.id: copied(trained, voice, line) for line in lines}
        if request.baseline
        else {}
    )

    def aligned(sentence: str) -> dict[str, Image]:
        line = next(line for line in lines if line.recording.id == sentence)
        symbols = [voice.text.symbols[number] for number in line.labels]
        image = _drawn(*alignment_of(trained, line), symbols, line.recording.text)
        return {"Alignment of the recording": image}

    note = f"{COPY.capitalize()} is the recording, {_copying(voice)} {name}."
    return _material(
        f"{name} on its held-out sentences",
        {name: voice} | dict(request.voices),
        [line.recording for line in lines],
        others={COPY: copies} if request.baseline else {},
        more=aligned,
        notes=(f"{name} is the checkpoint of step {trained.step}.", *([note] if copies else [])),
    )


def _copying(voice: Voice) -> str:
    """What is done to a recording in copy synthesis, in words."""
    if isinstance(voice.network, VITS):
        return "encoded and decoded by"
    return "its mels spoken by the vocoder of"


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
