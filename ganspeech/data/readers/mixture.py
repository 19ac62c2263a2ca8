"""Several corpora as one."""

from collections.abc import Sequence
from dataclasses import dataclass

from ganspeech.data.corpus import Corpus, Problems, Utterance


@dataclass(frozen=True)
class Mixture(Corpus):
    """Corpora trained on together; each keeps its own held-out part from training.

    Recordings are weighted by their length, and so corpora by their hours.
    """

    parts: tuple[Corpus, ...]
    """The corpora; their flags are numbered from 0."""

    @property
    def held_out(self) -> int:  # type: ignore[override]
        """Number of utterances that the parts hold out together."""
        return sum(part.held_out for part in self.parts)

    def utterances(self, problems: Problems | None = None) -> Sequence[Utterance]:
        """Utterances of the parts, one part after the other."""
        return [utterance for part in self.parts for utterance in part.utterances(problems)]
