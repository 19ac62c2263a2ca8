"""Spoken digits in noise, recognized from the maps of a trained discriminator of features.

Paper: Radford et al. 2016, with a recognizer on the maps of one layer in place of a linear one.
Command: `python train.py recognition_digits_discriminator --corpus.root FSDD
--start RUN`, a run of `feature_gan_digits`; with few labels by `--task.share 0.01`. Compare it with
random maps, without `--start`; with the same network trained by the labels, `--generator.learns
True`; and with `recognition_digits --task.conditions.noisy 0.8`.
"""

import dataclasses

from ganspeech.experiments import (
    feature_gan_digits,
    recognition_digits,
    recognition_digits_enhanced,
)
from ganspeech.recognizers.front import Fronted, Maps

experiment = dataclasses.replace(
    recognition_digits_enhanced.experiment,
    generator=Fronted(
        Maps(feature_gan_digits.experiment.discriminators[0]),
        recognition_digits.experiment.generator,
    ),
)
