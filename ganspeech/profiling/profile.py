"""The profile of an experiment: work by part, on cards and on this CPU."""

import dataclasses

from ganspeech.config.experiment import Experiment
from ganspeech.profiling.cards import CARDS, Card, this_cpu
from ganspeech.profiling.operations import flatten
from ganspeech.profiling.parts import Work, by_part, names_of
from ganspeech.profiling.program import Compiled, compile_update, trace_update


@dataclasses.dataclass(frozen=True)
class Profile:
    """Work of an update, and what it takes."""

    parts: dict[str, dict[str, Work]]
    """Work by part for each platform, in the order of the table: forms of operations differ."""
    cards: tuple[Card, ...]
    compiled: Compiled | None
    """Totals of XLA for this machine; None if it was not asked."""
    open_loops: int
    """Loops whose number of turns is not known before they run, counted once."""

    def total(self, platform: str) -> Work:
        """Work of all parts."""
        return sum(self.parts[platform].values(), Work())

    def seconds(self, card: Card) -> float:
        """Expected time of an update: parts one after another."""
        return sum(card.seconds(work) for work in self.parts[card.platform].values())


def profile_of(experiment: Experiment, *, compiles: bool) -> Profile:
    """Profiles the update of an experiment; compiling it may take minutes.

    Raises ValueError for a batch that cannot be divided.
    """
    traced = trace_update(experiment)
    cards = (*CARDS, this_cpu())
    name = names_of(experiment)
    parts, open_loops = {}, 0
    for platform in dict.fromkeys(card.platform for card in cards):
        program = flatten(traced.jaxpr, platform)
        found = by_part(program, name)
        parts[platform] = {part: found[part] for part in sorted(found, key=_order)}
        open_loops = max(open_loops, program.open_loops)
    compiled = compile_update(traced) if compiles else None
    return Profile(parts, cards, compiled, open_loops)


def _order(part: str) -> int:
    """Networks come first, the rest last."""
    order = ("generator", "discriminator", "losses", "transforms", "optimizer", "other")
    return order.index(part.split()[0])
