"""Parts of a network that stay as they are while the rest is trained."""

from collections.abc import Sequence

from ganspeech.game.contract import Tree


def parted(params: Tree, frozen: Sequence[str]) -> tuple[Tree, Tree]:
    """Parameters that are trained, and those of the frozen parts; `together` is the inverse.

    `ValueError` names a part that is not there, and refuses to freeze all of them.
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


def together(trained: Tree, still: Tree) -> Tree:
    """All parameters; with nothing frozen they may be of several networks."""
    return {**trained, **still} if still else trained
