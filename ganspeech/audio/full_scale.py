"""Recordings beyond full scale: which scale they are in.

Formats of integers end at full scale, but files of floats hold any number, and decoders of lossy
formats overshoot. One rule for all:

- up to 1: as it is;
- integers stored as floats, by their peak those of 16, 24 or 32 bits: divided by 2^15, 2^23 or
  2^31, as if they had been stored as integers;
- any other: divided by its peak, since its scale is unknown, and clipping would distort it;
- beyond 2^31, which no scale reaches: no audio.
"""

import numpy as np
from jaxtyping import Float32

LARGEST = 2.0**31
LEAST_PEAK = 256
"""Smallest peak of integers: 42 dB below full scale of 16 bits, where no recording is used."""
WHOLE = 0.99
"""Least share of whole numbers among integers: a few may have been filtered."""
ROUNDING = 1e-3
"""Excess that is not worth a word."""


class BeyondAnyScale(ValueError):
    """Samples that no scale of audio reaches."""


class Scale:
    """Scale of a recording, from its blocks in any order."""

    def __init__(self) -> None:
        self._peak = 0.0
        self._whole = self._samples = 0

    def add(self, block: Float32[np.ndarray, "samples channels"]) -> None:
        """Takes a block."""
        self._peak = max(self._peak, float(block.max()), -float(block.min()))
        self._whole += int(np.count_nonzero(block == np.round(block)))
        self._samples += block.size

    def rule(self) -> tuple[float, str]:
        """Number to divide by, and in words why, empty for nothing; raises `BeyondAnyScale`."""
        if self._peak <= 1:
            return 1.0, ""
        if self._peak > LARGEST:
            raise BeyondAnyScale(f"samples up to {self._peak:.3g}, beyond any scale of audio")
        if self._peak >= LEAST_PEAK and self._whole >= WHOLE * self._samples:
            scale = next(scale for scale in (2.0**15, 2.0**23, 2.0**31) if self._peak <= scale)
            return scale, f"integers stored as floats, divided by {scale:.0f}"
        excessive = self._peak > 1 + ROUNDING
        return self._peak, "beyond full scale, divided by its peak" if excessive else ""
