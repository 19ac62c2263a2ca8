"""A run that starts from trained weights."""

import dataclasses

import jax
import numpy as np
import pytest

from ganspeech.audio import SpecMismatch
from ganspeech.load import load_vocoder
from ganspeech.models.vocoder import Vocoder
from ganspeech.training import loop


@pytest.fixture
def trained(tiny, tmp_path) -> str:
    """A model file whose weights are told apart easily."""
    mel, spec = tiny.task.example()
    variables = jax.jit(tiny.generator.init, static_argnums=2)(jax.random.key(7), mel, spec)
    path = tmp_path / "trained.safetensors"
    Vocoder(tiny.generator, variables, spec).save(path)
    return str(path)


def begun(experiment, folder):
    """The generator of a run that has had one update, of a rate next to nothing."""
    still = dataclasses.replace(experiment.generator_optimizer, learning_rate=1e-9)
    one = dataclasses.replace(experiment.budget, steps=1, save_every=1)
    loop.train(dataclasses.replace(experiment, generator_optimizer=still, budget=one), folder)
    return load_vocoder(folder).variables


def test_the_first_weights_are_the_trained_ones(tiny, trained, tmp_path):
    ours = begun(dataclasses.replace(tiny, start=trained), tmp_path / "run")
    fresh = begun(tiny, tmp_path / "fresh")
    theirs = load_vocoder(trained).variables
    close = jax.tree.map(lambda a, b: np.allclose(a, b, atol=1e-6), ours, theirs)
    assert all(jax.tree.leaves(close))
    assert not np.allclose(fresh["params"]["embed"]["kernel"], theirs["params"]["embed"]["kernel"])


def test_weights_that_do_not_fit_are_refused_by_name(tiny, trained, tmp_path):
    wider = dataclasses.replace(tiny.generator, width=tiny.generator.width + 8)
    with pytest.raises(ValueError, match=r"--start .*trained.*params/.*this architecture has"):
        loop.train(dataclasses.replace(tiny, start=trained, generator=wider), tmp_path / "a")
    lower = dataclasses.replace(tiny.task.spec, fmin=10.0)
    task = dataclasses.replace(tiny.task, spec=lower)
    with pytest.raises(SpecMismatch, match=r"run's task differs: fmin is 10\.0 there"):
        loop.train(dataclasses.replace(tiny, start=trained, task=task), tmp_path / "b")
    with pytest.raises(ValueError, match=r"^--start nowhere: no vocoder 'nowhere'"):
        loop.train(dataclasses.replace(tiny, start="nowhere"), tmp_path / "c")
