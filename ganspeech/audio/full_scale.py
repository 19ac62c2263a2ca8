"""Recordings beyond full scale: which scale they are in.

Formats of integers end at full scale, but files of floats hold any number, and decoders of lossy
formats overshoot. One rule for all:

- up to 1: as it is;
- integers stored as floats, by their peak those of 16, 24 or 32 bits: divided by 2^15, 2^23 or
  2^31, as if they had been stored as integers;
- any other: divided by its peak, since its scale is unknown, and clipping would distort it;
- beyond 2^31, which no scale reaches: no audio.
"""

from collections.abc import Callable

LARGEST = 2.0**31
LEAST_PEAK = 256
"""Smallest peak of integers: 42 dB below full scale of 16 bits, where no recording is used."""
WHOLE = 0.99
"""Least share of whole numbers among integers: a few may have been filtered."""
ROUNDING = 1e-3
"""Excess that is not worth a word."""


class BeyondAnyScale(ValueError):
    """Samples that no scale of audio reaches."""


def scale_of(peak: float, whole: Callable[[], float]) -> tuple[float, str]:
    """Number to divide a recording by, and in words why, empty for nothing.

    `peak` is its largest absolute sample; `whole` is asked for the share of whole numbers among its
    samples where they may be integers. Raises `BeyondAnyScale`.
    """
    if peak <= 1:
        return 1.0, ""
    if peak > LARGEST:
        raise BeyondAnyScale(f"samples up to {peak:.3g}, beyond any scale of audio")
    if peak >= LEAST_PEAK and whole() >= WHOLE:
        scale = next(scale for scale in (2.0**15, 2.0**23, 2.0**31) if peak <= scale)
        return scale, f"integers stored as floats, divided by {scale:.0f}"
    return peak, "beyond full scale, divided by its peak" if peak > 1 + ROUNDING else ""
