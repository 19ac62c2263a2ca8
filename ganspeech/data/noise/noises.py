"""Noise, recorded or synthetic, and its addition to speech at a signal-to-noise ratio."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np
from jaxtyping import Float32

from ganspeech.audio.decoding import AudioFileError
from ganspeech.audio.files import AUDIO_SUFFIXES, read_audio
from ganspeech.data.corpus import CorpusError, Problems, is_audio
from ganspeech.data.noise.conditions import Conditions
from ganspeech.data.noise.made import made_noises
from ganspeech.data.noise.rooms import reverberated

BLOCK_SECONDS = 0.05
# Blocks this far below the recording's mean power are silence, and are cut out.
SILENT_BLOCK = 1e-4
SILENT_PEAK = 1e-4

Wave = Float32[np.ndarray, " samples"]
Item = TypeVar("Item")


@dataclass(frozen=True)
class Noises:
    """Recordings of noise by name, in memory, without long silence."""

    seen: dict[str, Wave]
    """Noises to train with."""
    unseen: dict[str, Wave]
    """Noises to evaluate with."""


def load_noises(conditions: Conditions, sample_rate: int) -> Noises:
    """Reads `conditions.noises` or synthesizes noises; the last `unseen` by name are held out.

    Names are paths below the folder without the suffix; synthetic noises are `babble` to `wind`.
    All are resampled to `sample_rate`, and silent stretches are cut out. They are held as
    float32: an hour at 16 kHz takes 230 MB. Unreadable and silent files are reported on
    standard error and left out, without moving others between training and evaluation.

    Raises `CorpusError` for a folder that is missing or holds no usable noise, and for an
    `unseen` that leaves none to train with.
    """
    if not conditions.noises:
        return Noises(*_split(made_noises(sample_rate), conditions))
    folder = Path(conditions.noises).expanduser()
    if not folder.is_dir():
        raise CorpusError(
            f"conditions.noises: no folder {conditions.noises!r}; name a folder of recordings, or "
            "leave it empty for synthetic noises"
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
    # Split by name before reading, so that a damaged file moves no noise to the other part.
    seen, unseen = (_usable(part, sample_rate, problems) for part in _split(paths, conditions))
    problems.tell(f"noises in {folder}")
    if not seen:
        raise CorpusError(
            f"conditions.noises: none of the {len(paths) - conditions.unseen} noises to train with "
            f"in {folder} is usable: {'; '.join(problems.lines())}"
        )
    return Noises(seen, unseen)


def mix(speech: Wave, noise: Wave, snr_db: float, rng: np.random.Generator) -> Wave:
    """Adds a random stretch of `noise` to `speech`: float32 `[samples]` in [-1, 1].

    The power of speech is `snr_db` decibels above that of the stretch, each over all of
    `speech`: pass it without padding. A noise shorter than the speech repeats. A sum above 1 is
    scaled down as a whole, never clipped.
    """
    return within_full_scale(speech + noise_for(speech, noise, snr_db, rng))[0]


def noise_for(speech: Wave, noise: Wave, snr_db: float, rng: np.random.Generator) -> Wave:
    """Stretch of noise that `mix` adds, at its level there: float32, as long as `speech`."""
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


def apply_conditions(
    clean: Wave,
    conditions: Conditions,
    noises: Noises,
    sample_rate: int,
    rng: np.random.Generator,
) -> tuple[Wave, Wave]:
    """Returns `clean` in a random room and training noise, and `clean` itself at the same level.

    Speeds are not applied.
    """
    noisy = clean
    if rng.random() < conditions.reverberant:
        noisy = reverberated(noisy, sample_rate, rng)
    if rng.random() < conditions.noisy:
        names = list(noises.seen)
        noise = noises.seen[names[rng.integers(len(names))]]
        noisy = noisy + noise_for(noisy, noise, rng.uniform(*conditions.snr_db), rng)
    noisy, clean = within_full_scale(noisy, clean)
    return noisy, clean


def within_full_scale(noisy: Wave, *others: Wave) -> tuple[Wave, ...]:
    """Divides all waves by the peak of `noisy` if that exceeds 1."""
    peak = max(float(noisy.max()), -float(noisy.min()))
    if peak <= 1:
        return (noisy, *others)
    return tuple(wave / np.float32(peak) for wave in (noisy, *others))


def _split(noises: dict[str, Item], conditions: Conditions) -> tuple[dict[str, Item], ...]:
    names, edge = sorted(noises), len(noises) - conditions.unseen
    if edge < 1:
        raise CorpusError(
            f"conditions.unseen={conditions.unseen} leaves none of the {len(names)} noises in "
            f"{conditions.noises or 'the built-in set'} to train with: lower it"
        )
    return tuple({name: noises[name] for name in part} for part in (names[:edge], names[edge:]))


def _usable(paths: dict[str, Path], sample_rate: int, problems: Problems) -> dict[str, Wave]:
    waves = {}
    for name, path in paths.items():
        try:
            audio, _ = read_audio(path, sample_rate, partial(problems.mend, name=name))
        except AudioFileError as error:
            problems.skip(str(error).replace(str(path), "the file"), name)
            continue
        wave = _without_silence(audio, sample_rate)
        if len(wave):
            waves[name] = wave
        else:
            problems.skip("silent (at least 80 dB below full scale)", name)
    return waves


def _without_silence(wave: Wave, sample_rate: int) -> Wave:
    """Cuts out silent blocks, which no gain would bring to a signal-to-noise ratio."""
    if np.abs(wave).max(initial=0.0) < SILENT_PEAK:
        return wave[:0]
    wave = wave - wave.mean()
    block = round(BLOCK_SECONDS * sample_rate)
    starts = np.arange(0, len(wave), block)
    powers = np.add.reduceat(wave**2, starts) / np.minimum(block, len(wave) - starts)
    kept = np.repeat(powers > SILENT_BLOCK * np.mean(wave**2), block)[: len(wave)]
    return wave[kept]
