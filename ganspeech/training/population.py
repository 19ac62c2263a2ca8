"""Training of several runs that share all shapes, in one compiled program.

The fastest of three ways depends on the networks and the machine: a convolution with one more axis
of weights is a grouped one, slow on a CPU, while small operations that leave an accelerator idle
are worth batching over members. So each way is measured.
"""

import functools
import json
import math
import sys
import time
from collections.abc import Sequence
from operator import attrgetter
from pathlib import Path
from statistics import median
from typing import Literal

import jax

from ganspeech.config import serialize
from ganspeech.config.experiment import Experiment
from ganspeech.game.contract import Batch, Metrics, Tree
from ganspeech.game.rules import Rules
from ganspeech.game.settings import may_differ
from ganspeech.game.state import GanState
from ganspeech.runs import folder as runs
from ganspeech.runs.checkpoints import CheckpointError
from ganspeech.training import parallel
from ganspeech.training.collapse import Collapsed, collapses_of, has_ended, require_signs
from ganspeech.training.loop import Alone, Update
from ganspeech.training.member import Member, TrainingError, error_file
from ganspeech.training.parallel import WAYS, PopulationUpdate, Way
from ganspeech.training.start.starts import require_start
from ganspeech.training.tending import Tended

TIMED = 5
"""Timed dispatches of each way, after the one that compiles."""
PATIENCE = 900.0
"""Longest estimated time for compiling a way, in seconds."""


class PopulationError(TrainingError):
    """Error of members that stopped because a metric was not finite; the others are trained."""

    def __init__(self, errors: dict[Path, str], members: int):
        self.errors = errors
        """Reasons by the member's folder."""
        reasons = "; ".join(f"{folder}: {error}" for folder, error in errors.items())
        super().__init__(f"{len(errors)} of {members} members stopped: {reasons}")


def train_population(
    experiments: Sequence[Experiment],
    folders: Sequence[Path],
    way: Way | Literal["fastest"] = "fastest",
    collapsed: Collapsed = "keep",
) -> int:
    """Trains members that share all shapes; each writes a run folder.

    They differ in their seeds, and in weights of losses and step sizes (`may_differ`).

    Results equal those of training alone, up to float precision. Members that are finished, or
    failed before (`error.txt`), are skipped; the others resume at the newest step for which all
    have a checkpoint. `way` is one of `parallel.WAYS`, or `fastest` to measure them. At every
    `save_every`, members that have collapsed go on, stop, or restart with new weights for the steps
    that are left, as `collapsed` says; their checkpoints record it.

    Returns the exit status of a process: 0, or 128 + the number of the signal that stopped it,
    after saving. Raises ValueError for members that cannot train together, or whose task has no
    sign of a collapse, and at the end
    PopulationError, naming those whose metrics stopped being finite, now or earlier.
    """
    folders = [Path(folder) for folder in folders]
    _check(experiments, folders)
    require_signs(experiments[0], collapsed)
    failed = {
        folder: error_file(folder).read_text(encoding="utf-8").strip()
        for folder in folders
        if error_file(folder).exists()
    }
    require_start(experiments[0], folders[0])
    prepared = experiments[0].task.recordings(experiments[0].corpus)
    members = [
        Member(experiment, folder, prepared)
        for experiment, folder in zip(experiments, folders)
        if folder not in failed
    ]
    members = [member for member in members if not _is_finished(member)]
    status = 0
    if members:
        with runs.in_use([member.folder for member in members]):
            update_of = functools.partial(_update, way=way)
            status = Tended(members, update_of, collapsed, _common_step(members)).run()
    failed |= {member.folder: str(member.error) for member in members if member.error}
    if failed and not status:
        raise PopulationError(failed, len(folders))
    return status


def _check(experiments: Sequence[Experiment], folders: Sequence[Path]) -> None:
    if not experiments or len(experiments) != len(folders):
        raise ValueError(f"{len(experiments)} members need as many folders, not {len(folders)}")
    if len(set(folders)) < len(folders):
        raise ValueError(f"each member needs a folder of its own: {', '.join(map(str, folders))}")
    if jax.process_count() > 1:
        raise ValueError("a population trains in one process; several train one run at a time")
    if any(experiment.budget.keep_best for experiment in experiments):
        raise ValueError(
            "budget.keep_best: checkpoints are scored of runs that train alone, not of a population"
        )
    for folder, other in zip(folders[1:], experiments[1:]):
        if changed := apart(experiments[0], other):
            raise ValueError(
                "members of a population may differ only in their seeds, weights of losses and "
                f"learning rates, but {folder} differs from {folders[0]} in {', '.join(changed)}"
            )


def apart(first: Experiment, other: Experiment) -> list[str]:
    """Names of settings for which two members cannot share a program; none if they can."""
    return [name for name in _different(first, other) if name not in may_differ(first)]


def _different(first: Experiment, other: Experiment) -> list[str]:
    one, two = (json.loads(serialize.dumps(experiment)) for experiment in (first, other))
    return [name for name, *_ in runs.differences(one, two) if name != "seed"]


def _settings(experiments: Sequence[Experiment]) -> dict[str, list[float]]:
    """Values, by member, of the settings in which members differ."""
    names = {name for other in experiments[1:] for name in _different(experiments[0], other)}
    return {name: [attrgetter(name)(one) for one in experiments] for name in sorted(names)}


def _is_finished(member: Member) -> bool:
    if not (steps := member.checkpoints.steps()):
        return False
    return steps[-1] >= member.budget.steps or has_ended(
        collapses_of(member.checkpoints.newest_about())
    )


def _common_step(members: Sequence[Member]) -> int:
    """Newest step for which every member has a usable checkpoint; 0 if there is none."""
    common = set.intersection(*(set(member.checkpoints.steps()) for member in members))
    for step in sorted(common, reverse=True):
        try:
            for member in members:
                member.checkpoints.about(step)
            return step
        except CheckpointError as error:
            members[0].report(f"warning: {error}; trying earlier ones")
    return 0


def _update(
    members: Sequence[Member], before: Update | None, way: Way | Literal["fastest"]
) -> Update:
    """The update of members; of those that are left of more, in the way of the one `before`."""
    experiment = members[0].experiment
    if len(members) == 1:
        return Alone(experiment)
    if before is None:
        wanted = WAYS if way == "fastest" else (way,)
        possible, reasons = _possible(members, wanted)
    else:
        assert isinstance(before, _Fastest | PopulationUpdate)
        possible, reasons = _possible(members, (before.way,))
        if not possible:  # fewer members may no longer divide over the devices
            possible, reasons = _possible(members, WAYS)
    if not possible:
        raise ValueError("; ".join(dict.fromkeys(reasons.values())))
    if len(possible) == 1 and not reasons:
        return next(iter(possible.values()))
    return _Fastest(experiment.rules, possible, reasons, len(members))


def _possible(
    members: Sequence[Member], ways: Sequence[Way]
) -> tuple[dict[Way, PopulationUpdate], dict[Way, str]]:
    """Updates of members in those ways that are possible, and why others are not."""
    experiment, count = members[0].experiment, len(members)
    settings = _settings([member.experiment for member in members])
    possible: dict[Way, PopulationUpdate] = {}
    reasons: dict[Way, str] = {}
    for one in ways:
        try:
            parallel.check_way(
                one, count, experiment.budget.batch_size, experiment.rules.accumulate
            )
        except ValueError as error:
            reasons[one] = str(error)
        else:
            steps = experiment.budget.steps
            possible[one] = PopulationUpdate(experiment, steps, count, one, settings)
    return possible, reasons


class _Fastest:
    """The fastest of several ways, timed before the first update on copies of the members.

    Always times the whole game, even while the generator warms up without discriminators.
    """

    def __init__(
        self, rules: Rules, ways: dict[Way, PopulationUpdate], reasons: dict[Way, str], members: int
    ):
        self._rules, self._ways, self._reasons, self._members = rules, ways, reasons, members
        self._used = next(iter(ways.values()))
        self._measured = False

    @property
    def way(self) -> Way:
        """The way that is used."""
        return self._used.way

    def place(self, states: Sequence[GanState]) -> GanState:
        """Combines the members' states on the devices."""
        return self._used.place(states)

    def separate(self, tree: Tree) -> list[Tree]:
        """Splits a state or metrics by member, on the host."""
        return self._used.separate(tree)

    def __call__(
        self, state: GanState, batches: Sequence[Sequence[Batch]], *, adversary: bool = True
    ) -> tuple[GanState, Metrics]:
        """Updates in the fastest way."""
        if not self._measured:
            states = self.separate(state)
            self._used = self._ways[self._fastest(states, batches)]
            self._measured, self._ways = True, {}  # the other programs are no longer needed
            state = self.place(states)
        return self._used(state, batches, adversary=adversary)

    def _fastest(self, states: list[GanState], batches: Sequence[Sequence[Batch]]) -> Way:
        seconds: dict[Way, float] = {}
        timings: list[str] = []
        compilation = 0.0  # seconds for one copy of the game
        steps = self._members * len(batches[0]) // self._rules.critic_steps
        for way, update in self._ways.items():
            expected = compilation * update.copies
            if expected > PATIENCE:
                self._reasons[way] = f"would take about {expected:.0f} s to compile"
                continue
            best = min(seconds.values(), default=math.inf)
            first, seconds[way] = _timed(update, states, batches, 2 * best)
            compilation = first / update.copies
            timings.append(f"{way} {steps / seconds[way]:.3g} (compiled in {first:.0f} s)")
        fastest = min(seconds, key=seconds.__getitem__)
        timings += [f"{way} not tried ({reason})" for way, reason in self._reasons.items()]
        print(
            f"{self._members} members in one program, member-steps a second: {', '.join(timings)}; "
            f"using {fastest}",
            file=sys.stderr,
        )
        return fastest


def _timed(
    update: PopulationUpdate,
    states: list[GanState],
    batches: Sequence[Sequence[Batch]],
    hopeless: float,
) -> tuple[float, float]:
    """Seconds of the first dispatch, which compiles, and the median of later ones.

    Stops early once a dispatch takes longer than `hopeless` seconds.
    """
    seconds: list[float] = []
    state = update.place(states)
    while len(seconds) <= TIMED and not (len(seconds) > 1 and seconds[-1] > hopeless):
        start = time.perf_counter()
        state, _ = jax.block_until_ready(update(state, batches))
        seconds.append(time.perf_counter() - start)
    return seconds[0], median(seconds[1:])
