"""Experiments that cannot be read back: one line that names the file."""

import dataclasses
import sys

import pytest

from ganspeech.config import serialize
from ganspeech.config.registry import CLASSES, MENUS, resolve
from ganspeech.game.optimizer import Optimizer


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"class": "Bud', "Unterminated string"),
        ('{"class": 5}', "has no 5"),
        ('{"steps": 5}', "has no class without a name"),
        ('{"class": "os.system"}', "'os.system' is not a class of ganspeech"),
        ('{"class": "Gone"}', "this version of ganspeech has no Gone"),
        ('{"class": "ganspeech.config.serialize.dumps"}', "this version of ganspeech has no dumps"),
        ('{"class": "Budget", "stepz": 1}', "Budget has no field 'stepz'"),
        ('{"class": "Budget", "steps": 0}', "budget.steps must be at least 1"),
        ('{"class": "Budget", "steps": "x"}', "Budget: .*'str'"),
        ('{"class": "Experiment"}', "Experiment: .* missing .*'generator'"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_line_naming_the_file(text, told):
    with pytest.raises(ValueError, match=rf"^run\.json: .*{told}.*$"):
        serialize.loads(text, "run.json")


def test_paths_of_modules_that_are_gone_are_read_by_their_class():
    old = '{"class": "ganspeech.optimizer.Optimizer", "warmup": 3}'
    assert serialize.loads(old) == Optimizer(warmup=3)
    assert '"class": "Optimizer"' in serialize.dumps(Optimizer())


@pytest.mark.parametrize("entry", CLASSES.values(), ids=lambda entry: entry.name)
def test_every_registered_class_is_where_the_registry_says(entry):
    kind = resolve(entry.name)
    assert (kind.__module__, kind.__qualname__) == (f"ganspeech.{entry.module}", entry.name)


def test_a_class_of_another_package_is_written_by_its_path_and_refused():
    @dataclasses.dataclass(frozen=True)
    class Optimizer:
        """A user's own, of the same name."""

    text = serialize.dumps(Optimizer())
    with pytest.raises(ValueError, match=r"Optimizer' is not a class of ganspeech"):
        serialize.loads(text)


@pytest.mark.parametrize("menu", MENUS)
def test_names_are_constants_of_their_modules_but_for_one_a_class(menu):
    for entry in MENUS[menu].entries:
        constants = vars(sys.modules[entry.kind.__module__])
        names = [name.upper().replace("-", "_") for name in entry.settings]
        without = [name for name in names if not isinstance(constants.get(name), entry.kind)]
        assert len(without) <= 1, f"{entry}: no constant for {without}"
