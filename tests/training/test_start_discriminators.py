"""Games that go on against the discriminators of another run, or of a file it was exported to."""

import dataclasses

import jax
import numpy as np
import pytest

from ganspeech.commands.cli import main
from ganspeech.load import load_vocoder
from ganspeech.models.discriminators import Discriminators
from ganspeech.runs.folder import load_run
from ganspeech.training import loop

STATE = "--training-state"


def begun(experiment, folder):
    """Players of a run that has had one update, of rates next to nothing."""
    still = {
        name: dataclasses.replace(getattr(experiment, name), learning_rate=1e-9)
        for name in ("generator_optimizer", "discriminator_optimizer")
    }
    one = dataclasses.replace(experiment.budget, steps=1, save_every=1)
    loop.train(dataclasses.replace(experiment, budget=one, **still), folder)
    run = load_run(folder)
    return run.variables, run.discriminators


def same(one, other) -> bool:
    close = jax.tree.map(lambda a, b: np.allclose(a, b, atol=1e-6), one, other)
    return all(jax.tree.leaves(close))


@pytest.fixture
def trained(tiny, tmp_path) -> str:
    """A run whose players have learned."""
    loop.train(tiny, tmp_path / "trained")
    return str(tmp_path / "trained")


def test_both_players_go_on(tiny, trained, tmp_path, capsys):
    file = str(tmp_path / "state.safetensors")
    assert main(["export", trained, file, STATE]) == 0
    run = load_run(trained)
    assert same(load_vocoder(file).variables, run.variables)
    assert Discriminators.read(file).modules == tiny.discriminators
    for number, start in enumerate((trained, file)):
        there = dataclasses.replace(tiny, start=start, start_discriminators=True, seed=5)
        generator, discriminators = begun(there, tmp_path / f"both-{number}")
        assert same(generator, run.variables) and same(discriminators, run.discriminators)
    alone = dataclasses.replace(tiny, start=file, seed=5)
    generator, discriminators = begun(alone, tmp_path / "alone")
    assert same(generator, run.variables) and not same(discriminators, run.discriminators)


def test_a_half_sized_file_is_enough(trained, tmp_path):
    file = tmp_path / "state.safetensors"
    assert main(["export", trained, str(file), STATE, "--float16"]) == 0
    (half,), (whole,) = Discriminators.read(file).variables, load_run(trained).discriminators
    differences = jax.tree.map(lambda a, b: np.abs(a - b).max(initial=0), half, whole)
    assert 0 < max(jax.tree.leaves(differences)) < 1e-3


def test_what_cannot_go_on_is_refused_by_name(tiny, trained, tmp_path):
    file = str(tmp_path / "model.safetensors")
    assert main(["export", trained, file]) == 0
    both = dataclasses.replace(tiny, start=file, start_discriminators=True)
    with pytest.raises(
        ValueError, match=r"^--start .*model.safetensors: .* no discriminators.*RUN"
    ):
        loop.train(both, tmp_path / "a")
    assert not (tmp_path / "a").exists()
    twice = dataclasses.replace(
        tiny, start=trained, start_discriminators=True, discriminators=2 * tiny.discriminators
    )
    with pytest.raises(ValueError, match=r"has 1 discriminators, but the run has 2"):
        loop.train(twice, tmp_path / "b")
    wider = (dataclasses.replace(tiny.discriminators[0], channels=5, max_channels=5),)
    with pytest.raises(ValueError, match=r"of discriminator 0 params/.* this architecture has"):
        loop.train(dataclasses.replace(twice, discriminators=wider), tmp_path / "c")
    with pytest.raises(ValueError, match="True needs --start, which has them"):
        dataclasses.replace(tiny, start_discriminators=True)
    alone = dataclasses.replace(both, discriminators=())
    assert both.game_goes_on and not alone.game_goes_on
    loop.train(alone, tmp_path / "d")


def test_discriminators_that_never_played_are_not_exported(tiny, tmp_path, capsys):
    rules = dataclasses.replace(tiny.rules, adversary_from=500)
    loop.train(dataclasses.replace(tiny, rules=rules), tmp_path / "run")
    assert main(["export", str(tmp_path / "run"), str(tmp_path / "o.safetensors"), STATE]) == 1
    told = "at step 12 none has learned: discriminators play after step 500 (rules.adversary-from)"
    assert told in capsys.readouterr().err
    assert main(["export", "absent", str(tmp_path / "o.safetensors"), STATE]) == 2


@pytest.mark.parametrize(
    "more, told",
    [
        (["out.onnx"], "kept in .safetensors alone, not in onnx"),
        (["out.safetensors", "--for-conversion"], "leave --for-conversion out"),
    ],
)
def test_options_that_exclude_each_other(more, told, trained, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["export", trained, *more, STATE]) == 2
    assert told in capsys.readouterr().err


def test_only_runs_have_a_training_state(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["export", "primed-16k", "out.safetensors", STATE]) == 2
    assert "--training-state is of run folders, and primed-16k is none" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
