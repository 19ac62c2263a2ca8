"""Initial weights of a recognizer, from a trained one of perhaps other symbols, by `--start`."""

import jax
import jax.numpy as jnp

from ganspeech.config.experiment import Experiment
from ganspeech.game.contract import Tree
from ganspeech.models.fit import require_shapes
from ganspeech.runs.folder import load_run
from ganspeech.tasks.recognition import Recognition
from ganspeech.training.start.weights import load_start, require_same_features

OUTPUT = "symbols"
"""Layer of a recognizer that depends on its vocabulary."""


def with_encoder(variables: Tree, experiment: Experiment) -> Tree:
    """Variables of the recognizer that `start` names, all but an output for other symbols.

    The layer before CTC starts fresh unless both vocabularies are the same.
    """
    task, start = experiment.task, experiment.start
    assert isinstance(task, Recognition)
    run = load_start(load_run, start)
    there = run.experiment.task
    if not isinstance(there, Recognition):
        raise ValueError(
            f"--start {start} was trained for {type(there).__name__}: name a run of a recognizer"
        )
    require_same_features(there.features, task.features, start)
    if there.stride != task.stride:
        raise ValueError(
            f"--start {start}: task.stride was {there.stride} there, and is {task.stride} here"
        )
    trained = run.variables
    if there.vocabulary.symbols != task.vocabulary.symbols:
        output = variables["params"][OUTPUT]
        trained = {**trained, "params": {**trained["params"], OUTPUT: output}}
    require_shapes(
        variables, trained, lambda what: ValueError(f"--start {start}: the recognizer's {what}")
    )
    return jax.tree.map(jnp.asarray, trained)
