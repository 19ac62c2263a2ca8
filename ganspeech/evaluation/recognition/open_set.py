"""Words that are found, against other sounds that are taken for one, over the threshold.

A recognizer of a few words that is used as a spotter rejects what it is not sure of
(`ganspeech.models.spotter`): a higher threshold misses more words, and mistakes fewer sounds.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from ganspeech.data.labels.labeled import LabeledRecording
from ganspeech.evaluation.pages import figures
from ganspeech.evaluation.pages.figures import Curve
from ganspeech.models.recognizer import Recognizer

FOUND = 0.95
"""Share of the words at which mistakes are counted."""
CHUNK = 256
"""Utterances that are in memory at once."""


@dataclass(frozen=True)
class OpenSet:
    """Confidences of a recognizer in held-out words and other sounds."""

    found: Float[np.ndarray, " words"]
    """Confidence in each word that was heard rightly; -1 where it was not."""
    taken: Float[np.ndarray, " others"]
    """Confidence in the word that each other sound was taken for; -1 where it was for none."""

    @property
    def threshold(self) -> float | None:
        """Highest threshold that finds `FOUND` of the words; None if none does."""
        kept = np.sort(self.found)[::-1][int(np.ceil(FOUND * len(self.found))) - 1]
        return None if kept < 0 else float(kept)

    def found_at(self, threshold: float) -> float:
        """Share of the words that a threshold finds."""
        return float(np.mean(self.found >= threshold))

    def taken_at(self, threshold: float) -> int:
        """Number of other sounds that are taken for a word at a threshold."""
        return int(np.sum(self.taken >= threshold))

    def line(self) -> str:
        """All of it in a sentence, with an exact interval (Clopper and Pearson 1934)."""
        of = f"{len(self.found)} words and {len(self.taken)} other sounds, clean"
        if self.threshold is None:
            most = 100 * self.found_at(0.0)
            return f"Of {of}: no threshold finds {100 * FOUND:.0f} % of the words; {most:.1f} % are"
        from scipy import stats  # slow to import

        count = self.taken_at(self.threshold)
        interval = stats.binomtest(count, len(self.taken)).proportion_ci()
        share = 100 * count / len(self.taken)
        return (
            f"Of {of}: at a threshold of {self.threshold:.3f}, {100 * FOUND:.0f} % of the words "
            f"are found, and {count} other sounds taken for one: {share:.1f} % "
            f"[{100 * interval.low:.1f}, {100 * interval.high:.1f}]"
        )

    def figure(self) -> str:
        """HTML: other sounds taken for a word over words found, at every threshold."""
        thresholds = np.unique(np.r_[0.0, self.found[self.found >= 0], self.taken, 1.0 + 1e-9])
        thresholds = thresholds[thresholds >= 0]
        found = [100 * self.found_at(t) for t in thresholds]
        taken = [100 * self.taken_at(t) / len(self.taken) for t in thresholds]
        curve = Curve("Other sounds", {"all thresholds": (taken, found)}, x_label="others taken, %")
        drawn = figures.curves(curve, ["--system-0"], legend=False)
        title = "Words found, % over other sounds taken for one (ROC)"
        return f"<p>{self.line()}.</p><div class='figures'>{figures.chart(title, drawn)}</div>"


def open_set_of(recognizer: Recognizer, lines: Sequence[LabeledRecording]) -> OpenSet | None:
    """Confidences in held-out recordings; None unless there are both words and other sounds."""
    words = recognizer.task.vocabulary.words
    said = [" ".join(words(line.recording.text)) for line in lines]
    if all(said) or not any(said):
        return None
    found: list[float] = []
    taken: list[float] = []
    for start in range(0, len(lines), CHUNK):
        audio = [line.recording.audio() for line in lines[start : start + CHUNK]]
        for text, heard in zip(said[start : start + CHUNK], recognizer(audio), strict=True):
            if text:
                found.append(heard.confidence if heard.text == text else -1.0)
            else:
                taken.append(heard.confidence if heard.text else -1.0)
    return OpenSet(np.array(found), np.array(taken))
