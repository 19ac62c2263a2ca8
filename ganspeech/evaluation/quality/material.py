"""Material: the recordings and the systems' audio that a table is made of."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
from jaxtyping import UInt8

from ganspeech.audio import (
    AUDIO_SUFFIXES,
    HIFIGAN_22K,
    PRESETS,
    SPEECH_16K,
    VOCOS_24K,
    AudioFileError,
    AudioSpec,
    read_audio,
    resample,
)
from ganspeech.evaluation.pages.figures import Curve
from ganspeech.evaluation.quality.metrics import METRICS, Audio, Metric
from ganspeech.evaluation.quality.scores import GRIFFIN_LIM, Facts
from ganspeech.evaluation.quality.speed import griffin_lim_all, mels_of

Image = UInt8[np.ndarray, "height width 3"]
SPEC_OF_RATE = {spec.sample_rate: spec for spec in (SPEECH_16K, HIFIGAN_22K, VOCOS_24K)}


@dataclass(frozen=True)
class Material:
    """Audio by sentence, all at one rate."""

    title: str
    rate: int
    reference: Mapping[str, Audio]
    systems: Mapping[str, Mapping[str, Audio]]
    facts: Mapping[str, Facts] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    conditions: Mapping[str, str] = field(default_factory=dict)
    """What a sentence was put through, such as a noise."""
    curves: tuple[Curve, ...] = ()
    """Figures of training to show beside the scores."""
    notes: tuple[str, ...] = ()
    """How it was made."""
    problems: tuple[str, ...] = ()
    """Files that were left out or changed, one line each."""
    metrics: tuple[Metric, ...] = METRICS
    """Metrics that make sense of such audio."""
    pictures: Callable[[str], Mapping[str, Image]] | None = None
    """More to see of a sentence, by caption; drawn when asked for."""


def from_folders(
    reference: Path,
    folders: Mapping[str, Path],
    sentences: int | None = None,
    *,
    baseline: bool = True,
) -> Material:
    """Match audio files by stem, in all subfolders; the first `sentences` of them, or all.

    What does not match, cannot be read or has another rate is named in `problems`; other rates
    are resampled to the reference's commonest. The Griffin-Lim row is made here, of the
    reference's mels, unless there is to be no `baseline`. `ValueError` if nothing matches or a
    folder is missing.
    """
    problems: list[str] = []
    ours = _files(reference, "reference", problems)
    theirs = {name: _files(folder, name, problems) for name, folder in folders.items()}
    wanted = sorted(stem for stem in ours if any(stem in files for files in theirs.values()))
    if not wanted:
        raise ValueError(
            f"no file of {reference} has the name of one in "
            f"{' or '.join(str(folder) for folder in folders.values())} (suffixes aside)"
        )
    wanted_by_any = set().union(*theirs.values())
    problems += [f"reference: {s} has no counterpart" for s in sorted(set(ours) - wanted_by_any)]
    for name, files in theirs.items():
        problems += [f"{name}: {s} has no reference" for s in sorted(set(files) - set(ours))]
        problems += [f"{name}: {s} is missing" for s in wanted if s not in files]
    wanted = wanted[:sentences]
    loaded = _read({s: ours[s] for s in wanted}, "reference", problems)
    if not loaded:
        raise ValueError(f"no recording of {reference} that has a counterpart can be read")
    rate = Counter(rate for _, rate in loaded.values()).most_common(1)[0][0]
    recordings = _at_rate(loaded, rate, "reference", problems)
    systems = {
        name: _at_rate(
            _read({s: files[s] for s in recordings if s in files}, name, problems),
            rate,
            name,
            problems,
        )
        for name, files in theirs.items()
    }
    if not any(systems.values()):
        raise ValueError("no audio that has a reference can be read")
    facts, notes = dict[str, Facts](), tuple[str, ...]()
    if baseline:
        systems[GRIFFIN_LIM], facts[GRIFFIN_LIM], note = _griffin_lim(recordings, rate)
        notes = (note,)
    return Material(
        title=f"{', '.join(folders)} against {reference.name or reference}",
        rate=rate,
        reference=recordings,
        systems=systems,
        facts=facts,
        notes=notes,
        problems=tuple(problems),
    )


def _griffin_lim(recordings: Mapping[str, Audio], rate: int) -> tuple[dict[str, Audio], Facts, str]:
    spec = SPEC_OF_RATE.get(rate, SPEECH_16K)
    at_spec = {s: resample(audio, rate, spec.sample_rate) for s, audio in recordings.items()}
    # Shorter than a window, audio cannot be mirrored at its ends.
    long_enough = {s: audio for s, audio in at_spec.items() if len(audio) > spec.n_fft}
    made, facts = griffin_lim_all(mels_of(long_enough, spec), spec)
    back = {s: resample(audio, spec.sample_rate, rate) for s, audio in made.items()}
    note = f"Griffin-Lim is made from {_describe(spec)}"
    if rate != spec.sample_rate:
        note += f", with recordings resampled from {rate} Hz and back"
    return back, facts, note


def _describe(spec: AudioSpec) -> str:
    name = next(name for name, preset in PRESETS.items() if preset == spec)
    bands = f"{spec.n_mels} mel bands to {spec.fmax:g} Hz"
    return f"{name} log-mels ({bands}, {spec.sample_rate} Hz, hop {spec.hop_length})"


def _files(folder: Path, name: str, problems: list[str]) -> dict[str, Path]:
    if not folder.is_dir():
        raise ValueError(f"{name}: no such folder: {folder}")
    found: dict[str, Path] = {}
    for path in sorted(p for p in folder.rglob("*") if p.suffix.lower() in AUDIO_SUFFIXES):
        if path.stem in found:
            problems.append(f"{name}: {path} is left out: {found[path.stem]} has the same name")
        else:
            found[path.stem] = path
    return found


def _read(
    files: Mapping[str, Path], name: str, problems: list[str]
) -> dict[str, tuple[Audio, int]]:
    loaded = {}
    for stem, path in files.items():
        try:
            loaded[stem] = read_audio(path, note=partial(_note, problems, f"{name}: {path}"))
        except AudioFileError as error:
            problems.append(f"{name}: {error}")
    return loaded


def _note(problems: list[str], where: str, fault: str) -> None:
    problems.append(f"{where}: {fault}")


def _at_rate(
    loaded: Mapping[str, tuple[Audio, int]], rate: int, name: str, problems: list[str]
) -> dict[str, Audio]:
    for stem, (_, own) in loaded.items():
        if own != rate:
            problems.append(f"{name}: {stem} is resampled from {own} to {rate} Hz")
    return {stem: resample(audio, own, rate) for stem, (audio, own) in loaded.items()}
