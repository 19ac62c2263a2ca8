"""Spoken digits in noise: features that a GAN enhances for a recognizer.

L1 distance times 100, and a discriminator of patches that sees the noisy features; the same network
by its distance alone with `--discriminators none`. Then `recognition_digits_enhanced` uses it.

Paper: Donahue et al. 2018, "Exploring speech enhancement with generative adversarial networks for
robust speech recognition", https://arxiv.org/abs/1711.05747 (FSEGAN).
Data: Free Spoken Digit Dataset, the last 300 takes held out; noises that are made up, or a folder
of them, `--task.conditions.noises NOISES`.
Command: `python train.py enhancement_digits --corpus.root FSDD`
Time: 3 minutes of one core, 2.8 without the game.
Score: that of `recognition_digits_enhanced`.
Departures: convolutions over time alone in the generator, least squares.
"""

import dataclasses
from typing import cast

from ganspeech.config.experiment import Budget
from ganspeech.discriminators.feature_patch import FeaturePatchDiscriminator
from ganspeech.experiments import recognition_digits
from ganspeech.game.optimizer import Optimizer
from ganspeech.game.rules import Rules
from ganspeech.generators.feature_enhancer import FeatureEnhancer
from ganspeech.losses.adversarial import LeastSquares
from ganspeech.tasks.feature_enhancement import FeatureEnhancement
from ganspeech.tasks.recognition import Recognition

RECOGNITION = cast(Recognition, recognition_digits.experiment.task)
"""Recognition task whose features are enhanced."""

experiment = dataclasses.replace(
    recognition_digits.experiment,
    task=FeatureEnhancement(
        features=RECOGNITION.features,
        # Some examples are clean, and should stay unchanged.
        conditions=dataclasses.replace(RECOGNITION.conditions, noisy=0.9),
        buckets=RECOGNITION.buckets,
    ),
    generator=FeatureEnhancer(),
    discriminators=(FeaturePatchDiscriminator(),),
    objective=LeastSquares(),
    rules=Rules(feature_matching=0.0, ema=0.995),
    generator_optimizer=Optimizer(
        learning_rate=1e-3, b1=0.8, b2=0.99, clip=50.0, warmup=50, schedule="cosine"
    ),
    discriminator_optimizer=Optimizer(learning_rate=3e-4, b1=0.5, b2=0.99),
    budget=Budget(steps=2000, batch_size=16, sample_every=500, save_every=500),
)
