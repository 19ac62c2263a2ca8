"""Spoken digits: a GAN draws noise over clean features, to train a recognizer with.

Then `recognition_digits_augmented` trains in its noise.

Paper: Hu et al. 2018, "Generative adversarial networks based data augmentation for noise robust
speech recognition", whose network generates whole features; this one generates noise to add to the
clean ones, which it and the discriminator see.
Data: Free Spoken Digit Dataset, the last 300 takes held out; noises that are made up, or a folder
of them, `--task.conditions.noises NOISES`.
Command: `python train.py noise_maker_digits --corpus.root FSDD`
Time: 8 minutes of one core.
Score: that of `recognition_digits_augmented`.
"""

import dataclasses

from ganspeech.config.experiment import Budget
from ganspeech.experiments import enhancement_digits
from ganspeech.experiments.enhancement_digits import RECOGNITION
from ganspeech.game.optimizer import Optimizer
from ganspeech.generators.noise_maker import NoiseMaker
from ganspeech.tasks.noise_synthesis import NoiseSynthesis

experiment = dataclasses.replace(
    enhancement_digits.experiment,
    task=NoiseSynthesis(
        features=RECOGNITION.features,
        conditions=dataclasses.replace(RECOGNITION.conditions, noisy=1.0),
        buckets=RECOGNITION.buckets,
    ),
    generator=NoiseMaker(),
    generator_optimizer=Optimizer(learning_rate=3e-4, b1=0.5, b2=0.99),
    budget=Budget(steps=3000, batch_size=16, sample_every=500, save_every=500),
)
