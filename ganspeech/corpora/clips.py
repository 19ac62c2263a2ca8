"""Clips: what is known of each, out of the journal of its recording."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from jaxtyping import Float32

from ganspeech.corpora.sound.measures import Measures
from ganspeech.corpora.sources import Source

Origin = Literal["none", "given", "aligned", "heard"]
"""Where a text comes from: nowhere, from its table, from a transcript, or from a recognizer."""


@dataclass(frozen=True)
class Clip:
    """A stretch of a recording that may become a line of the corpus."""

    id: str
    source: Source
    begin: float
    """Seconds in the recording, with the kept margins."""
    end: float
    measures: Measures
    text: str = ""
    origin: Origin = "none"
    misfit: float | None = None
    """How badly its text fits; None where nobody could tell."""
    misheard: float | None = None
    """Share of its text's words that were heard otherwise, or too much; of aligned texts alone."""
    others: tuple[float, ...] = ()
    """How badly texts of other clips fit it."""
    speaker: Float32[np.ndarray, " 256"] | None = None
    """Embedding of its speaker; None without the package."""
    envelope: Float32[np.ndarray, " frames"] | None = None
    """Its level every 20 ms, by which copies are found."""

    @property
    def seconds(self) -> float:
        """Its length."""
        return self.end - self.begin

    @property
    def letters_a_second(self) -> float | None:
        """How fast its text would be read; None without a text."""
        letters = sum(sign.isalnum() for sign in self.text)
        return letters / self.seconds if letters else None

    def with_text(self, text: str, origin: Origin) -> "Clip":
        """The clip with a text in one line, which holds nothing that `metadata.csv` cannot."""
        plain = " ".join(text.replace("|", " ").split())
        return replace(self, text=plain, origin=origin if plain else "none")


@dataclass(frozen=True)
class Fault:
    """A recording of which nothing is used, and why."""

    source: Source
    reason: str
