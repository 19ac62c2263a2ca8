"""Which texts are not what was said, by how texts of other clips fit.

A limit for all speakers, accents and recognizers would be too strict for some and too lax for
others. So every clip is compared with its own text and with texts of others, which are wrong for
certain, and the limit lies between the two.
"""

from collections.abc import Sequence

import numpy as np
from rapidfuzz.distance import Levenshtein

from ganspeech.text.english.normalization import normalized

OTHERS = 2
"""Texts of other clips that each clip is compared with."""
FEWEST = 8
"""Clips below which there is too little to compare with."""
BETWEEN = 0.6
"""Where the limit lies between the usual text and the best of wrong ones: 0.6 of the way."""
BEST_OF_WRONG = 0.05
"""Share of wrong texts that fit better than what counts as the best of them."""
SURE = 1.25
"""Least ratio of both at which texts are told apart."""


class Unmatched(ValueError):
    """Texts that fit no better than others; the message has both figures."""


def others_like(text: str, texts: Sequence[str]) -> list[str]:
    """Texts of about the same length, which say something else: length alone tells nothing then."""
    different = {other for other in texts if other.split() != text.split()}
    return sorted(different, key=lambda other: (abs(len(other) - len(text)), other))[:OTHERS]


def misheard(text: str, heard: str) -> float:
    """Edits between the words of a text and those heard, by the number of the text's."""
    words = normalized(text).split()
    return Levenshtein.distance(words, normalized(heard).split()) / max(len(words), 1)


def limit(misfits: Sequence[float], others: Sequence[float]) -> float | None:
    """The misfit from which a text is not what was said; None for too few texts.

    Raises `Unmatched` where most texts fit no better than those of other clips.
    """
    if len(misfits) < FEWEST or len(others) < FEWEST:
        return None
    usual = float(np.median(misfits))
    wrong = float(np.quantile(others, BEST_OF_WRONG))
    if wrong < SURE * usual:
        raise Unmatched(
            f"the texts fit their recordings (misfit {usual:.2f}) hardly better than those of "
            f"others ({wrong:.2f}): they are of other recordings, or in a language that the "
            "recognizer does not know; name another with --recognizer, or trust the texts with "
            "--recognizer none"
        )
    return usual + BETWEEN * (wrong - usual)
