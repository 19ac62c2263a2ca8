"""A score of what was read that needs no labels, by which members and checkpoints are selected.

Baevski et al. 2021, "Unsupervised speech recognition", section 4.3: of candidates, the one of the
least `NLL - log U` is selected. NLL is the mean over utterances of the negative log-likelihood of a
phone, under a model of the text, and U the share of the inventory that is read at all. A reader
that always says what is likeliest has a low NLL, but uses few phones.

Here the model is of order 4 with Kneser-Ney smoothing, in nats, the end of an utterance is
predicted and counted like a phone, and silence is removed from both sides: that of texts is drawn
at random, and that of speech may have been cut.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ganspeech.data.unlabeled.unpaired import SILENCE
from ganspeech.evaluation.recognition.unpaired.readings import Readings, Rows
from ganspeech.recognizers.kneser_ney import learn_ngrams
from ganspeech.recognizers.language_model import NGram
from ganspeech.tasks.unlabeled.phone_reading import collapsed

ORDER = 4
APART = 10
"""Each so many sentences, one is kept from the model that tells the likelihood of the text."""


@dataclass(frozen=True)
class UnsupervisedScore:
    """Scores of what was read, without labels."""

    nll_of: Mapping[str, float]
    """Negative log-likelihood of a phone in each utterance, in nats, by its id."""
    phones_used: float
    """Share of the inventory that is read at all, without silence."""

    @property
    def nll(self) -> float:
        """Mean over utterances, in nats."""
        return float(np.mean(list(self.nll_of.values())))

    @property
    def unsupervised(self) -> float:
        """`nll - log(phones_used)`, lower is better; infinite where nothing is read."""
        return self.nll - math.log(self.phones_used) if self.phones_used else math.inf

    @property
    def collapsed(self) -> bool:
        """Whether too few of the phones are in use, so that it is never selected."""
        return collapsed(self.phones_used)


def language_of(readings: Readings) -> NGram:
    """The model of the text."""
    return _learned(readings, readings.texts)


def unsupervised_score(readings: Readings, read: Rows, language: NGram) -> UnsupervisedScore:
    """Scores `read`, a row for each utterance of `readings`."""
    used = np.delete(readings.counts(read), SILENCE) > 0
    ids = (one.id for one in readings.utterances)
    return UnsupervisedScore(
        {id: _nll(readings, row, language) for id, row in zip(ids, read, strict=True)},
        float(used.mean()),
    )


def text_nll(readings: Readings) -> float:
    """NLL of sentences of the text under a model of its others: what a perfect reader may have.

    NaN for fewer than `APART` sentences.
    """
    apart = readings.texts[::APART]
    others = [text for n, text in enumerate(readings.texts) if n % APART]
    if len(readings.texts) < APART:
        return math.nan
    language = _learned(readings, others)
    return float(np.mean([_nll(readings, row, language) for row in apart]))


def _learned(readings: Readings, texts: Rows) -> NGram:
    return learn_ngrams([readings.spaced(text).split() for text in texts], ORDER)


def _nll(readings: Readings, row: Sequence[int], language: NGram) -> float:
    names = readings.spaced(row).split()
    return -language.score_sentence(names) * math.log(10) / (len(names) + 1)
