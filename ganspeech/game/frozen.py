"""Frozen parts of a network."""

from collections.abc import Sequence

from ganspeech.game.contract import Tree


def split_frozen(params: Tree, frozen: Sequence[str]) -> tuple[Tree, Tree]:
    """Splits parameters into trained and frozen ones; `merge_frozen` is the inverse.

    Raises ValueError for unknown parts, naming the first, and if nothing is left to train.
    """
    if not frozen:
        return params, {}
    if missing := [name for name in frozen if name not in params]:
        raise ValueError(
            f"rules.frozen: the generator has no part {missing[0]!r}; it has {', '.join(params)}"
        )
    trained = {name: part for name, part in params.items() if name not in frozen}
    if not trained:
        raise ValueError("rules.frozen names all parts of the generator: nothing is left to train")
    return trained, {name: params[name] for name in frozen}


def merge_frozen(trained: Tree, frozen: Tree) -> Tree:
    """Merges parameters; with nothing frozen they may be those of several networks."""
    return {**trained, **frozen} if frozen else trained
