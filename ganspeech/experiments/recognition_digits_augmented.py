"""Spoken digits, clean, in noise that a GAN draws over their features while the recognizer learns.

Paper: Hu et al. 2018, see `noise_maker_digits`.
Command: `python train.py recognition_digits_augmented --corpus.root FSDD
--start RUN`, a run of `noise_maker_digits`. Compare it with the noise that the GAN learned from, in
`recognition_digits --task.conditions.noisy 0.8`, and with an untrained network's, without
`--start`.
"""

import dataclasses

from ganspeech.experiments import noise_maker_digits, recognition_digits
from ganspeech.recognizers.front import Fronted, MadeNoisy

experiment = dataclasses.replace(
    recognition_digits.experiment,
    generator=Fronted(
        MadeNoisy(noise_maker_digits.experiment.generator, share=0.8),
        recognition_digits.experiment.generator,
    ),
)
