"""Utterances in buckets of several lengths: what one dispatch takes at once has one shape."""

import dataclasses

import numpy as np
import pytest
import soundfile

from ganspeech.config.experiment import Budget, Experiment
from ganspeech.data.readers.folder import AudioFolder
from ganspeech.discriminators.feature_patch import FeaturePatchDiscriminator
from ganspeech.game.optimizer import Optimizer
from ganspeech.game.rules import Rules
from ganspeech.generators.feature_enhancer import FeatureEnhancer
from ganspeech.losses.adversarial import LeastSquares
from ganspeech.runs.checkpoints import Checkpoints
from ganspeech.tasks.feature_enhancement import FeatureEnhancement
from ganspeech.tasks.features import Features
from ganspeech.training import loop


@pytest.fixture(scope="module")
def mixed(tmp_path_factory) -> Experiment:
    """Eight recordings of two lengths, and an enhancer that trains on both."""
    root = tmp_path_factory.mktemp("lengths")
    rng = np.random.default_rng(0)
    for number in range(8):
        soundfile.write(root / f"{number}.wav", rng.uniform(-0.5, 0.5, 1500 + 800 * number), 16000)
    features = Features(dataclasses.replace(Features().spec, n_mels=8))
    return Experiment(
        corpus=AudioFolder(str(root), held_out=1),
        task=FeatureEnhancement(features=features, buckets=(0.2, 0.5)),
        generator=FeatureEnhancer(4),
        discriminators=(FeaturePatchDiscriminator((2, 4)),),
        objective=LeastSquares(),
        rules=Rules(critic_steps=2, adversary_from=3),
        generator_optimizer=Optimizer(),
        discriminator_optimizer=Optimizer(),
        budget=Budget(
            steps=9, batch_size=2, updates_per_dispatch=2, log_every=1, save_every=9, sample_every=0
        ),
    )


@pytest.mark.slow
def test_updates_per_dispatch_and_critic_steps_train(mixed, tmp_path, monkeypatch):
    monkeypatch.setenv("GANSPEECH_CACHE", str(tmp_path / "cache"))
    shapes = []
    shares = loop.parallel._shares
    monkeypatch.setattr(
        loop.parallel,
        "_shares",
        lambda batches, *rest: (
            shapes.append([batch["audio"].shape for batch in batches]) or shares(batches, *rest)
        ),
    )
    assert loop.train(mixed, tmp_path / "run") == 0
    assert Checkpoints(tmp_path / "run" / "checkpoints").steps() == [9]
    # The warm-up ends after an odd number of steps; dispatches are whole again after it.
    assert [len(taken) // 2 for taken in shapes] == [2, 1, 1, 2, 2, 1]
    assert all(len(set(taken)) == 1 for taken in shapes)
    assert {shape for taken in shapes for shape in taken} == {(2, 3200), (2, 8000)}

    budget = dataclasses.replace(mixed.budget, updates_per_dispatch=3, steps=12)
    with pytest.raises(ValueError, match=r"budget\.updates_per_dispatch was 2 and is 3"):
        loop.train(dataclasses.replace(mixed, budget=budget), tmp_path / "run")
