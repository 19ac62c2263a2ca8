"""Discriminators in a model's file, from which a game on other recordings can go on."""

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

from flax import linen

from ganspeech.config import serialize
from ganspeech.game.contract import Tree
from ganspeech.models.files import DISCRIMINATORS, encode, naming, read_safetensors, variables_of

if TYPE_CHECKING:
    from ganspeech.runs.folder import Run


@dataclasses.dataclass(frozen=True)
class Discriminators:
    """Trained discriminators of one game, without their optimizer."""

    modules: tuple[linen.Module, ...]
    variables: tuple[Tree, ...] = dataclasses.field(repr=False)
    """Collections of float32 arrays, of each module."""

    @classmethod
    def from_run(cls, run: "Run") -> "Discriminators":
        """Discriminators of a run; raises ValueError for one in which none has learned."""
        if not run.discriminators:
            raise ValueError(f"{run.folder} was trained without discriminators")
        fresh = run.experiment.without_game(run.step)
        if fresh and not run.experiment.game_goes_on:
            raise ValueError(f"{run.folder}: at step {run.step} none has learned: {fresh}")
        return cls(run.experiment.discriminators, run.discriminators)

    @classmethod
    def read(cls, path: str | Path) -> "Discriminators":
        """Reads those that a model file holds beside its model.

        Raises ValueError, naming the file, for a damaged one, and for one that holds none.
        """
        tensors, header = read_safetensors(path)
        if DISCRIMINATORS not in header:
            raise ValueError(
                f"{path} holds no discriminators: give a run folder, or what "
                "`ganspeech export RUN FILE --training-state` writes, or --start-discriminators "
                "False"
            )
        with naming(path):
            modules = serialize.loads(header[DISCRIMINATORS], "its discriminators")
            if not isinstance(modules, tuple) or not all(
                isinstance(module, linen.Module) for module in modules
            ):
                raise ValueError("its discriminators must be a list of networks")
            found = variables_of(tensors).get(DISCRIMINATORS, {})
            if found.keys() != {str(n) for n in range(len(modules))}:
                raise ValueError(f"it has weights of {len(found)} of {len(modules)} discriminators")
        return cls(modules, tuple(found[str(n)] for n in range(len(modules))))

    def beside(self, variables: Tree, header: dict[str, str]) -> tuple[Tree, dict[str, str]]:
        """Adds them to the variables and the header of a model, for its file."""
        own = {str(n): one for n, one in enumerate(self.variables)}
        return variables | {DISCRIMINATORS: own}, header | {DISCRIMINATORS: encode(self.modules)}
