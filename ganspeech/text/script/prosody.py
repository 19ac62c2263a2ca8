"""Values of SSML's attributes: rates, volumes, pauses. Each raises ValueError for another."""

import re

from ganspeech.text.script.script import brief

RATES = {"x-slow": 0.5, "slow": 0.75, "medium": 1.0, "fast": 1.25, "x-fast": 1.75, "default": 1.0}
"""Factors on the speed."""
VOLUMES = {"silent": 0.0, "x-soft": 0.25, "soft": 0.5, "medium": 1.0, "loud": 1.5, "x-loud": 2.0,
           "default": 1.0}  # fmt: skip
"""Factors on the audio."""
BREAKS = {"none": 0.0, "x-weak": 0.075, "weak": 0.15, "medium": 0.3, "strong": 0.7, "x-strong": 1.2}
"""Seconds of silence; weak, medium and strong are those of clauses, sentences and paragraphs."""
LONGEST_BREAK = 60.0
"""Longest pause in seconds that may be asked for."""
LOUDEST = 40.0
"""Largest change of the volume in decibels."""

_RATE = re.compile(r"([+-]?)(\d{1,6}(?:\.\d{1,6})?|\.\d{1,6})(%?)")
_DECIBELS = re.compile(r"([+-]?(?:\d{1,3}(?:\.\d{1,6})?|\.\d{1,6}))dB", re.IGNORECASE)
_LEVEL = re.compile(r"\d{1,3}(?:\.\d{1,6})?|\.\d{1,6}")
_TIME = re.compile(r"\+?(\d{1,6}(?:\.\d{0,6})?|\.\d{1,6})(ms|s)")


def rate_of(value: str, around: float) -> float:
    """Factor on the speed, within an element whose factor is `around`.

    A label, a percentage of the voice's own rate, a change in percent (`+20%`) of the rate around,
    or a factor.
    """
    if value in RATES:
        return RATES[value]
    found = _RATE.fullmatch(value)
    if not found or (found[1] and not found[3]):
        raise ValueError(f"rate must be {_listed(RATES)}, 80%, +20% or 0.8, not {brief(value)}")
    number = float(found[2]) / (100 if found[3] else 1)
    if found[1]:
        return around * (1 + (number if found[1] == "+" else -number))
    return number


def volume_of(value: str, around: float) -> float:
    """Factor on the audio, within an element whose factor is `around`.

    A label, a change in decibels of the volume around (`+6dB`), or a level from 0 to 100.
    """
    if value in VOLUMES:
        return VOLUMES[value]
    if (found := _DECIBELS.fullmatch(value)) and abs(float(found[1])) <= LOUDEST:
        return around * 10 ** (float(found[1]) / 20)
    if _LEVEL.fullmatch(value) and float(value) <= 100:
        return float(value) / 100
    raise ValueError(
        f"volume must be {_listed(VOLUMES)}, a change such as -6dB of at most {LOUDEST:g} dB, or "
        f"0 to 100, not {brief(value)}"
    )


def seconds_of(time: str | None, strength: str | None) -> float:
    """Seconds of a break; without either attribute, those of a sentence."""
    if time is not None:
        found = _TIME.fullmatch(time)
        seconds = float(found[1]) / (1000 if found[2] == "ms" else 1) if found else -1.0
        if not 0 <= seconds <= LONGEST_BREAK:
            raise ValueError(
                f"time must be such as 500ms or 1.5s, at most {LONGEST_BREAK:g}s, not {brief(time)}"
            )
        return seconds
    if strength is not None and strength not in BREAKS:
        raise ValueError(f"strength must be {_listed(BREAKS)}, not {brief(strength)}")
    return BREAKS[strength or "medium"]


def _listed(names: dict[str, float]) -> str:
    return ", ".join(names)
