"""Settings of an ablation that all its rows share."""

import dataclasses
from typing import Annotated

import tyro

from ganspeech.config.experiment import Experiment
from ganspeech.training.collapse import Collapsed


@dataclasses.dataclass(frozen=True)
class AblationSettings:
    """An experiment, and how its rows are trained and scored."""

    experiment: Annotated[Experiment, tyro.conf.arg(name="")]
    seeds: int = 1
    """Number of members of each row, with consecutive seeds from that of the experiment."""
    run: str = ""
    """Folder of the ablation, resumed if there is one; empty: runs/EXPERIMENT-ablation."""
    page: str = ""
    """Path of the page; empty: index.html in the folder."""
    population: bool = False
    """Train a row, and next ones that differ in loss weights and rates alone, in one program."""
    collapsed: Collapsed = "keep"
    """What becomes, at each `save-every`, of members of a population that have collapsed: nothing,
    an early end, or new weights for the steps that are left."""
    retry: bool = False
    """Retry members that failed before."""
    sentences: int | None = None
    """Number of held-out sentences to score, for tasks with sentences."""
    samples: int | None = None
    """Number of generated examples to score, for tasks that generate from noise."""
    recognizer: str | None = None
    """Recognizer that counts wrong words of spoken or enhanced speech, as for `eval.py quality`."""
    vocoder: str | None = None
    """Vocoder that speaks log-mels made from noise, as for `eval.py quality`."""

    def __post_init__(self):
        for name in ("seeds", "sentences", "samples"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ValueError(f"--{name} must be at least 1, not {value}")
        if self.collapsed != "keep" and not self.population:
            raise ValueError(f"--collapsed {self.collapsed} is for populations: add --population")
