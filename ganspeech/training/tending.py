"""Training of a population that ends or restarts members which have collapsed."""

from collections.abc import Callable, Sequence

from ganspeech.game.state import GanState
from ganspeech.tasks.trainable import Collapsing
from ganspeech.training.collapse import Collapse, Collapsed, has_ended
from ganspeech.training.loop import Training, Update
from ganspeech.training.member import Member


class Tended(Training):
    """Training that looks for collapsed members whenever checkpoints are due."""

    def __init__(
        self,
        members: Sequence[Member],
        update_of: Callable[[Sequence[Member], Update | None], Update],
        then: Collapsed,
        step: int,
    ):
        """`update_of` makes the update of the members that are left, after an earlier one."""
        super().__init__(members, update_of(members, None), step)
        self._update_of, self._then = update_of, then

    def _save(self, *, due: bool = False, last: bool = False) -> None:
        self._settle()
        if due and self._then != "keep":
            self._tend()
        super()._save(due=due, last=last)
        if any(has_ended(member.collapses) for member in self.members):
            self._drop()

    def _tend(self) -> None:
        """Notes collapses of living members, and replaces the states of those that restart."""
        states = self.update.separate(self.state)
        fresh = False
        for index, (member, state) in enumerate(zip(self.members, states)):
            if member.error or not (sign := _sign(member, state)):
                continue
            collapse = Collapse(self.step, sign, self._then)
            member.collapses.append(collapse)
            member.report(f"{member.folder} {collapse}")
            if self._then == "restart":
                states[index] = member.fresh(again=len(member.collapses))
                fresh = True
        if fresh:
            self.state = self.update.place(states)

    def _drop(self) -> None:
        """Takes stopped members out of the program."""
        states = self.update.separate(self.state)
        left = [
            (member, state)
            for member, state in zip(self.members, states)
            if not has_ended(member.collapses)
        ]
        self.members = [member for member, _ in left]
        if left:
            self.update = self._update_of(self.members, self.update)
            self.state = self.update.place([state for _, state in left])


def _sign(member: Member, state: GanState) -> str:
    task = member.experiment.task
    assert isinstance(task, Collapsing)
    return task.collapse(member.experiment.generator, state.averaged, member.prepared)
