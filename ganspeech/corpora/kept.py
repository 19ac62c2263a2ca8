"""What a journal keeps of a recording, from JSON; each of these raises something for damage."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float32

from ganspeech.corpora.sound.measures import Measures
from ganspeech.corpora.texts.transcripts import Part


@dataclass(frozen=True)
class Sound:
    """What is measured of the sound of a clip."""

    measures: Measures
    speaker: Float32[np.ndarray, " 256"] | None
    """Embedding of its speaker; None without the package."""
    envelope: Float32[np.ndarray, " frames"]
    """Its level every 20 ms."""


def probabilities(kept: Any) -> Float32[np.ndarray, " frames"]:
    """Probabilities of speech, kept as percent."""
    return _vector(kept) / 100


def sound(kept: Any) -> Sound:
    """Measures, speaker and envelope of a clip."""
    found, speaker = kept["measures"], kept["speaker"]
    level, snr, clipped, speech = (
        _number(found[name]) for name in ("level", "snr", "clipped", "speech")
    )
    rated = found["dnsmos"]
    return Sound(
        Measures(level, snr, clipped, speech, None if rated is None else _number(rated)),
        None if speaker is None else _vector(speaker),
        _vector(kept["envelope"]),
    )


def heard(kept: Any) -> str:
    """What was heard in a clip."""
    if not isinstance(kept, str):
        raise ValueError(f"{kept!r} is no text")
    return kept


def parts(kept: Any, clips: int) -> list[Part]:
    """Parts of a transcript, one for each clip."""
    found = [Part(*map(int, part)) for part in kept]
    if len(found) != clips or any(part.begin < 0 for part in found):
        raise ValueError(f"{kept!r} are no parts of {clips} clips")
    return found


def fits(kept: Any) -> tuple[float, tuple[float, ...]]:
    """Misfit of a clip's text, and those of texts of others."""
    misfit, *others = map(_number, kept)
    return misfit, tuple(others)


def _number(kept: Any) -> float:
    if not math.isfinite(number := float(kept)):
        raise ValueError(f"{kept!r} is no number")
    return number


def _vector(kept: Sequence[float]) -> np.ndarray:
    vector = np.array(kept, np.float32)
    if vector.ndim != 1 or not len(vector) or not np.isfinite(vector).all():
        raise ValueError("numbers are missing")
    return vector
