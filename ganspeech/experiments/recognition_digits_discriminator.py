"""Spoken digits in noise, recognized from the maps of a trained discriminator of features.

Compare it with random maps, without `--start`; with the same network trained by the labels,
`--generator.learns True`; and with `recognition_digits --task.conditions.noisy 0.8`. With few
labels by `--task.share 0.01`.

Paper: Radford et al. 2016, https://arxiv.org/abs/1511.06434, with a recognizer on the maps of one
layer in place of a linear one.
Data: Free Spoken Digit Dataset, the last 300 takes held out, and noises as in
`invariance_digits`; RUN, a run of `feature_gan_digits`.
Command: `python train.py recognition_digits_discriminator --corpus.root FSDD --start RUN`
Time: 1.8 minutes of one core.
Score: word error rate 0.6 % [0.0, 1.5] clean, 6.0 [4.7, 7.3] in unseen noises at 0 dB, three seeds
(multi-condition training 2.4 and 9.0; the same maps, untrained, 0.9 and 7.6);
`benchmarks/recognition.py`, recorded noises.
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
