"""Noise, from a folder or made up, and how it is added to speech at a signal-to-noise ratio."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from jaxtyping import Float32

from ganspeech.audio.files import AUDIO_SUFFIXES, AudioFileError, read_audio
from ganspeech.data.corpus import CorpusError, Problems, is_audio
from ganspeech.data.noise.conditions import Conditions
from ganspeech.data.noise.made import made_noises
from ganspeech.data.noise.rooms import reverberated

BLOCK_SECONDS = 0.05
# A block this far below the recording's mean power is silence, and is cut out.
SILENT_BLOCK = 1e-4
SILENT_PEAK = 1e-4

Wave = Float32[np.ndarray, " samples"]
Item = TypeVar("Item")


@dataclass(frozen=True)
class Noises:
    """Recordings of noise by name, in memory, and none of them silent for long."""

    seen: dict[str, Wave]
    """Noises to train with."""
    unseen: dict[str, Wave]
    """Noises to evaluate with."""


def load_noises(conditions: Conditions, sample_rate: int) -> Noises:
    """Read `conditions.noises` or make noises up; the last `unseen` names are not for training.

    Names are paths below the folder without the suffix; noises made up are `babble` to `wind`.
    All are brought to `sample_rate`, and their silent stretches are cut out. They are held as
    float32: an hour at 16 kHz takes 230 MB. Unreadable and silent files are named on standard
    error and left out, without moving others between training and judging.

    `CorpusError` for a folder that is missing or holds no usable noise, and for an `unseen`
    that leaves none to train with.
    """
    if not conditions.noises:
        return Noises(*_parted(made_noises(sample_rate), conditions))
    folder = Path(conditions.noises).expanduser()
    if not folder.is_dir():
        raise CorpusError(
            f"conditions.noises: no folder {conditions.noises!r}; name a folder of recordings, or "
            "leave it empty for noises made up"
        )
    paths = {
        path.relative_to(folder).with_suffix("").as_posix(): path
        for path in sorted(folder.rglob("*"))
        if is_audio(path)
    }
    if not paths:
        looked_for = " ".join(AUDIO_SUFFIXES)
        raise CorpusError(f"conditions.noises: no audio file ({looked_for}) in {folder}")
    problems = Problems()
    # Parted by the names before they are read: a damaged file moves no noise to the other side.
    seen, unseen = (_usable(part, sample_rate, problems) for part in _parted(paths, conditions))
    for line in problems.lines():
        print(f"noises in {folder}: {line}", file=sys.stderr)
    if not seen:
        raise CorpusError(
            f"conditions.noises: none of the {len(paths) - conditions.unseen} noises to train with "
            f"in {folder} is usable: {'; '.join(problems.lines())}"
        )
    return Noises(seen, unseen)


def mix(speech: Wave, noise: Wave, snr_db: float, rng: np.random.Generator) -> Wave:
    """`speech` in a random stretch of `noise`, float32 `[samples]` in [-1, 1].

    The power of speech is `snr_db` decibels above that of the stretch, each over all of
    `speech`: pass it without padding. A noise shorter than the speech repeats. What would exceed
    1 is scaled down as a whole, never clipped.
    """
    return within_full_scale(speech + noise_for(speech, noise, snr_db, rng))[0]


def noise_for(speech: Wave, noise: Wave, snr_db: float, rng: np.random.Generator) -> Wave:
    """The stretch of noise that `mix` adds, at its level there: float32 like `speech`."""
    samples, spare = len(speech), len(noise) - len(speech)
    start = int(rng.integers(spare + 1 if spare >= 0 else len(noise)))
    if spare >= 0:
        stretch = noise[start : start + samples]
    else:
        stretch = np.resize(np.roll(noise, -start), samples)
    power = float(np.dot(stretch, stretch))
    if not power:
        return np.zeros_like(speech)
    gain = (float(np.dot(speech, speech)) / power) ** 0.5 * 10 ** (-snr_db / 20)
    return stretch * np.float32(gain)


def as_heard(
    clean: Wave,
    conditions: Conditions,
    noises: Noises,
    sample_rate: int,
    rng: np.random.Generator,
) -> tuple[Wave, Wave]:
    """`clean` in a drawn room and a drawn noise to train with, and by itself at the same level.

    The conditions' speeds are not its business.
    """
    heard = clean
    if rng.random() < conditions.reverberant:
        heard = reverberated(heard, sample_rate, rng)
    if rng.random() < conditions.noisy:
        names = list(noises.seen)
        noise = noises.seen[names[rng.integers(len(names))]]
        heard = heard + noise_for(heard, noise, rng.uniform(*conditions.snr_db), rng)
    heard, clean = within_full_scale(heard, clean)
    return heard, clean


def within_full_scale(heard: Wave, *others: Wave) -> tuple[Wave, ...]:
    """All of them, divided by the peak of `heard` if that exceeds 1."""
    peak = max(float(heard.max()), -float(heard.min()))
    if peak <= 1:
        return (heard, *others)
    return tuple(wave / np.float32(peak) for wave in (heard, *others))


def _parted(noises: dict[str, Item], conditions: Conditions) -> tuple[dict[str, Item], ...]:
    names, edge = sorted(noises), len(noises) - conditions.unseen
    if edge < 1:
        raise CorpusError(
            f"conditions.unseen={conditions.unseen} leaves none of the {len(names)} noises in "
            f"{conditions.noises or 'the made-up ones'} to train with: lower it"
        )
    return tuple({name: noises[name] for name in part} for part in (names[:edge], names[edge:]))


def _usable(paths: dict[str, Path], sample_rate: int, problems: Problems) -> dict[str, Wave]:
    waves = {}
    for name, path in paths.items():
        try:
            wave = _without_silence(read_audio(path, sample_rate)[0], sample_rate)
        except AudioFileError as error:
            problems.skip(str(error).replace(str(path), "the file"), name)
            continue
        if len(wave):
            waves[name] = wave
        else:
            problems.skip("silent (at least 80 dB below full scale)", name)
    return waves


def _without_silence(wave: Wave, sample_rate: int) -> Wave:
    """Without blocks of silence, which no gain would bring to a signal-to-noise ratio."""
    if np.abs(wave).max(initial=0.0) < SILENT_PEAK:
        return wave[:0]
    wave = wave - wave.mean()
    block = round(BLOCK_SECONDS * sample_rate)
    starts = np.arange(0, len(wave), block)
    powers = np.add.reduceat(wave**2, starts) / np.minimum(block, len(wave) - starts)
    kept = np.repeat(powers > SILENT_BLOCK * np.mean(wave**2), block)[: len(wave)]
    return wave[kept]
