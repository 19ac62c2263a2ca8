"""Initial weights of readers of phones, from a run of recognition without labels, by `--start`."""

import jax
import jax.numpy as jnp

from ganspeech.config.experiment import Experiment
from ganspeech.game.contract import Tree
from ganspeech.generators.phone_generator import PhoneGenerator
from ganspeech.models.fit import require_shapes
from ganspeech.recognizers.divided_reader import DividedReader
from ganspeech.recognizers.phone_decoding import phone_model
from ganspeech.recognizers.phone_language import language_table
from ganspeech.runs.folder import Run, load_run
from ganspeech.tasks.unlabeled.phone_reading import PhoneReading
from ganspeech.tasks.unlabeled.unpaired_recognition import UnpairedRecognition
from ganspeech.training.start.weights import load_start


def with_phones(variables: Tree, experiment: Experiment) -> Tree:
    """Variables of the generator of phones that `start` names, which goes on from there."""
    assert isinstance(experiment.generator, PhoneGenerator)
    run = _reading(experiment, experiment.generator, "generator")
    _require_fit(variables, run.variables, experiment.start)
    return jax.tree.map(jnp.asarray, run.variables)


def with_reader(variables: Tree, experiment: Experiment) -> Tree:
    """Replaces the reader's variables by those of a run, and the language by that of the corpus."""
    network, task = experiment.generator, experiment.task
    assert isinstance(network, DividedReader) and isinstance(task, PhoneReading)
    run = _reading(experiment, network.reader, "generator.reader")
    wanted = variables["frozen"]["weights"]
    # What only predicts clusters is left out.
    params = {name: part for name, part in run.variables["params"].items() if name != "clusters"}
    if not network.reader.residual:
        params.pop("inner", None)
    reader = {**run.variables, "params": params}
    _require_fit(wanted, reader, experiment.start)
    data = task.matching(experiment.corpus)
    model = phone_model(data.texts, data.phones, network.order)
    return network.with_reader(variables, reader, language_table(model, data.phones))


def _reading(experiment: Experiment, reader: PhoneGenerator, field: str) -> Run:
    """The run to start from, of such a reader, whose phones must be the corpus'."""
    start, task = experiment.start, experiment.task
    assert isinstance(task, PhoneReading)
    run = load_start(load_run, start)
    if not isinstance(run.experiment.task, UnpairedRecognition):
        raise ValueError(
            f"--start {start} was trained for {type(run.experiment.task).__name__}: name a run of "
            "the task unpaired-recognition"
        )
    for name in ("kernel", "stride", "gain", "residual"):
        was, now = getattr(run.experiment.generator, name), getattr(reader, name)
        if was != now:
            raise ValueError(
                f"--start {start}: {field}.{name} was {was} there, and is {now} here: add "
                f"--{field}.{name} {was}"
            )
    here, there = task.matching(experiment.corpus).phones, run.recordings.phones
    if here != there:
        different = next((n for n, pair in enumerate(zip(here, there)) if pair[0] != pair[1]), -1)
        raise ValueError(
            f"--start {start} reads other phones than the corpus has (first {there[different]!r}, "
            f"here {here[different]!r}): use the same corpus and texts"
        )
    return run


def _require_fit(wanted: Tree, given: Tree, start: str) -> None:
    require_shapes(
        wanted, given, lambda what: ValueError(f"--start {start}: the generator's {what}")
    )
