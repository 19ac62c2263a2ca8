"""Work of a program by part of the game: operations, and bytes to and from memory.

The bytes follow a simple rule of what compilers fuse: products, convolutions, Fourier transforms,
sorts and gathers read and write memory, as do loops, and values kept for the gradient; chains of
all other operations read what such operations made, and write what they will read.
"""

import dataclasses
import re
from collections import defaultdict
from collections.abc import Callable

from ganspeech.audio.stft import TRANSFORM
from ganspeech.game.losses import DISCRIMINATOR
from ganspeech.game.rules import Game
from ganspeech.game.update import LOSSES, OPTIMIZER
from ganspeech.profiling.costs import flops
from ganspeech.profiling.operations import ENTER, LEAVE, Operation, Program, Value

HALF = ("bfloat16", "float16")
ALONE = frozenset((
    "dot_general", "conv_general_dilated", "fft", "sort", "gather", "dynamic_update_slice",
    "top_k", "cumsum", "cumlogsumexp", "cummax", "cumprod", "scatter", "scatter-add",
    "scatter_add", "scatter-mul", "scatter-max", "scatter-min",
))  # fmt: skip
"""Operations that are a kernel each."""
VIEWS = frozenset(
    ("reshape", "squeeze", "expand_dims", "copy", "copy_p", "stop_gradient", "pvary", "pcast")
)
"""Operations whose result is the same memory."""
CUTS = frozenset(("slice", "dynamic_slice", "split"))
"""Operations that read no more than they give."""
REPEATS = frozenset(("broadcast_in_dim", "iota", "empty", "empty2"))
"""Operations that are never kept: their result is repeated where it is read."""


@dataclasses.dataclass(frozen=True)
class Work:
    """Work of a part in one update."""

    half: float = 0.0
    """Operations on 16-bit numbers."""
    full: float = 0.0
    """All other operations."""
    bytes: float = 0.0
    """Bytes read from and written to memory."""

    def __add__(self, other: "Work") -> "Work":
        return Work(self.half + other.half, self.full + other.full, self.bytes + other.bytes)

    @property
    def flops(self) -> float:
        """Operations of either kind."""
        return self.half + self.full

    @property
    def intensity(self) -> float:
        """Operations per byte."""
        return self.flops / self.bytes if self.bytes else 0.0


def by_part(program: Program, part_of: Callable[[str], str]) -> dict[str, Work]:
    """Work of each part; `part_of` gives the part of a scope of names."""
    traffic = _traffic(program)
    parts: dict[str, Work] = defaultdict(Work)
    for operation in program.operations:
        count = operation.times * flops(operation)
        half = bool(operation.inputs) and str(operation.inputs[0].dtype) in HALF
        moved = operation.times * traffic.get(id(operation), 0.0)
        work = Work(count if half else 0.0, 0.0 if half else count, moved)
        parts[part_of(operation.scope)] += work
    return dict(parts)


def names_of(game: Game) -> Callable[[str], str]:
    """Function from a scope of names to the part of a game."""
    generator = type(game.generator).__name__
    networks = [type(network).__name__ for network in game.discriminators]
    numbered = [
        f"{name} {networks[:place].count(name) + 1}" if networks.count(name) > 1 else name
        for place, name in enumerate(networks)
    ]
    labels = {
        f"{DISCRIMINATOR}{place}": f"discriminator {name}" for place, name in enumerate(numbered)
    }

    def part_of(scope: str) -> str:
        names = re.findall(r"[\w.-]+", scope)
        for name in names:
            if name in labels:
                return labels[name]
        if any(name.partition(".")[0] == generator for name in names):
            return f"generator {generator}"
        for name, part in ((TRANSFORM, "transforms"), (LOSSES, "losses"), (OPTIMIZER, "optimizer")):
            if name in names:
                return part
        return "other"

    return part_of


def _traffic(program: Program) -> dict[int, float]:
    """Bytes that each operation reads and writes in one run, by its id."""
    home = _homes(program)
    kept = _kept(program, home)
    seen: set[tuple[int, str]] = set()
    moved: dict[int, float] = {}
    for operation in program.operations:
        if operation.name in VIEWS or operation.name in (ENTER, LEAVE):
            continue
        total = 0.0
        inputs = {id(home[id(value)]): home[id(value)] for value in operation.inputs}
        for value in inputs.values():
            if operation.name in ALONE:
                total += min(value.bytes, _gathered(operation, value))
            elif value.shape and (value.producer is None or id(value) in kept):
                cut = operation.name in CUTS
                key = (id(operation) if cut else id(value), operation.scope)
                if key not in seen:
                    seen.add(key)
                    total += operation.outputs[0].bytes if cut else value.bytes
        written = (value for value in operation.outputs if id(home[id(value)]) in kept)
        total += sum(min(value.bytes, _gathered(operation, value)) for value in written)
        moved[id(operation)] = total
    return moved


def _gathered(operation: Operation, value: Value) -> float:
    """Bytes of an array that an operation touches, which may be few of it."""
    if operation.name == "gather":
        return operation.outputs[0].bytes
    if operation.name == "dynamic_update_slice":
        return operation.inputs[1].bytes
    return value.bytes


def _homes(program: Program) -> dict[int, Value]:
    """The value whose memory each value is."""
    home: dict[int, Value] = {}
    for operation in program.operations:
        for value in operation.inputs:
            home.setdefault(id(value), value)
        for value in operation.outputs:
            same = operation.name in VIEWS and value.size == operation.inputs[0].size
            home[id(value)] = home[id(operation.inputs[0])] if same else value
    return home


def _kept(program: Program, home: dict[int, Value]) -> set[int]:
    """Ids of the values that are in memory."""
    kept = {id(home[id(value)]) for value in program.results if id(value) in home}
    for operation in program.operations:
        through = operation.name in ALONE or operation.name in (ENTER, LEAVE)
        backward = "transpose(" in operation.scope
        if through:
            kept.update(id(home[id(value)]) for value in operation.outputs)
        for value in operation.inputs:
            source = home[id(value)]
            maker = source.producer
            if maker is None or (maker.name in REPEATS and not through):
                continue
            if through or (backward and "transpose(" not in maker.scope):
                kept.add(id(source))
    return kept
