"""Members of a population that have collapsed: they go on, end early, or begin again.

Most members of a game without labels never recover once they say the same few phones of everything
(Baevski et al. 2021, "Unsupervised speech recognition", select among 60 for that reason). Ended
early, they leave the program, and the others are faster; begun again, they are another chance.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple

from ganspeech.config.experiment import Experiment
from ganspeech.tasks.trainable import Collapsing

Collapsed = Literal["keep", "stop", "restart"]
"""What becomes of a collapsed member: nothing, an early end, or new weights."""
SAID = {"stop": "training ends", "restart": "begins again with new weights"}


class Collapse(NamedTuple):
    """A member's collapse, as its checkpoints record it."""

    step: int
    sign: str
    then: Collapsed

    def __str__(self) -> str:
        return f"collapsed at step {self.step} ({self.sign}): {SAID[self.then]}"


def collapses_of(about: Mapping[str, Any]) -> list[Collapse]:
    """Collapses that a checkpoint's metadata records."""
    return [Collapse(*one) for one in about.get("collapses", [])]


def has_ended(collapses: Iterable[Collapse]) -> bool:
    """Whether training of a member ended with a collapse."""
    return any(one.then == "stop" for one in collapses)


def require_signs(experiment: Experiment, then: Collapsed) -> None:
    """Raises ValueError if the task has no sign by which to know a collapse, but needs one."""
    if then != "keep" and not isinstance(experiment.task, Collapsing):
        raise ValueError(
            f"{type(experiment.task).__name__} has no sign of a collapse, so that no member can "
            f"{then}: leave out --collapsed"
        )
