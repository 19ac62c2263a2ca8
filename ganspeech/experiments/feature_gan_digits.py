"""Spoken digits: a GAN without labels, whose discriminator learns what speech looks like.

Then `recognition_digits_discriminator` learns on the discriminator's maps.

Paper: Radford et al. 2016, "Unsupervised representation learning with deep convolutional generative
adversarial networks", https://arxiv.org/abs/1511.06434, on stretches of log-mels, without batch
normalization.
Data: Free Spoken Digit Dataset, the last 300 takes held out.
Command: `python train.py feature_gan_digits --corpus.root FSDD`
Time: 2.1 minutes of one core.
Score: that of `recognition_digits_discriminator`.
"""

import dataclasses

from ganspeech.config.experiment import Budget
from ganspeech.experiments import enhancement_digits
from ganspeech.experiments.enhancement_digits import RECOGNITION
from ganspeech.game.optimizer import Optimizer
from ganspeech.generators.feature_generator import FeatureGenerator
from ganspeech.tasks.feature_generation import FeatureGeneration

experiment = dataclasses.replace(
    enhancement_digits.experiment,
    task=FeatureGeneration(
        features=RECOGNITION.features,
        conditions=dataclasses.replace(RECOGNITION.conditions, noisy=0.8),
        buckets=RECOGNITION.buckets,
    ),
    generator=FeatureGenerator(),
    generator_optimizer=Optimizer(learning_rate=5e-4, b1=0.5, b2=0.99),
    discriminator_optimizer=Optimizer(learning_rate=3e-4, b1=0.5, b2=0.99),
    budget=Budget(steps=4000, batch_size=32, sample_every=500, save_every=500),
)
