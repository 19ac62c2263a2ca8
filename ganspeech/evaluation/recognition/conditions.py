"""Speech to recognize, clean and in noises that no training has used, always the same ones."""

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from jaxtyping import Float32
from tqdm import tqdm

from ganspeech.data.noise.conditions import Conditions
from ganspeech.data.noise.noises import load_noises, mix
from ganspeech.evaluation.recognition.accuracy import Answer

SNRS = (10.0, 5.0, 0.0)
"""How loud speech is beside the noise, in dB, unless told otherwise."""
CLEAN = "clean"
CHUNK = 256
"""Utterances that are in memory at once."""
Audio = Float32[np.ndarray, " samples"]


@dataclass(frozen=True)
class Reference:
    """An utterance to recognize."""

    id: str
    reference: str
    """Reference, in the words, or phones, that are counted."""
    speaker: str
    audio: Callable[[], Audio]
    """Its recording in [-1, 1]; read when asked for, since a corpus may not fit in memory."""


def unseen_noises(
    conditions: Conditions, sample_rate: int, folder: Path | None = None
) -> dict[str, Audio]:
    """Noises that no training under these conditions uses, by name.

    Of another folder they are all but those that hold the same samples as one that is trained on.
    ValueError, naming the folder, if none is left.
    """
    own = load_noises(conditions, sample_rate)
    if folder is None:
        return own.unseen
    others = load_noises(replace(conditions, noises=str(folder), unseen=0), sample_rate).seen
    found = {
        name: noise
        for name, noise in sorted(others.items())
        if not any(np.array_equal(noise, trained) for trained in own.seen.values())
    }
    if not found:
        raise ValueError(f"{folder}: every noise in it was trained on; give others with --noises")
    return found


def conditions_of(snrs: Sequence[float], noises: Mapping[str, Audio]) -> list[tuple[str, float]]:
    """Every noise at every SNR, by falling SNR."""
    return [(name, snr) for snr in sorted(set(snrs), reverse=True) for name in noises]


def hear(
    spoken: Sequence[Reference],
    recognize: Callable[[Sequence[Audio]], Sequence[str]],
    *,
    snrs: Sequence[float],
    noises: Mapping[str, Audio],
    progress: bool = True,
) -> dict[str, list[Answer]]:
    """Recognizes each utterance, clean and then in every noise at every SNR: rows by SNR."""
    clean = [Answer(one.id, one.reference, "", one.speaker) for one in spoken]
    rows = {CLEAN: clean}
    for name, snr in conditions_of(snrs, noises):
        noisy = [replace(answer, noise=name, snr_db=snr) for answer in clean]
        rows.setdefault(f"{snr:g} dB", []).extend(noisy)
    by_id = {one.id: one for one in spoken}
    total = sum(map(len, rows.values()))
    with tqdm(total=total, desc="recognizing", disable=not progress) as bar:
        for row, answers in rows.items():
            heard: list[Answer] = []
            for start in range(0, len(answers), CHUNK):
                chunk = answers[start : start + CHUNK]
                texts = recognize([as_heard(answer, by_id, noises) for answer in chunk])
                heard += [replace(a, hypothesis=t) for a, t in zip(chunk, texts, strict=True)]
                bar.update(len(chunk))
            rows[row] = heard
    return rows


def as_heard(answer: Answer, spoken: Mapping[str, Reference], noises: Mapping[str, Audio]) -> Audio:
    """The audio that an answer is given to.

    The stretch of noise depends on the names of utterance and noise alone: it is the same at every
    SNR, for every recognizer.
    """
    audio = spoken[answer.id].audio()
    if answer.snr_db is None:
        return audio
    rng = np.random.default_rng(zlib.crc32(f"{answer.id}\n{answer.noise}".encode()))
    return mix(audio, noises[answer.noise], answer.snr_db, rng)
