"""Spoken digits in noise, recognized behind a trained, frozen enhancer.

Paper: Donahue et al. 2018 (FSEGAN), its retraining on enhanced features; its hybrid, which
also takes the noisy features, with `--generator.front.beside True`.
Command: `python train.py recognition_digits_enhanced --corpus.root FSDD
--start RUN`, a run of `enhancement_digits`, with discriminators or without. An enhancer
in front of a recognizer trained on clean speech only: `--task.conditions.noisy 0`. Compare it with
`recognition_digits --task.conditions.noisy 0.8`.
"""

import dataclasses

from ganspeech.experiments import enhancement_digits, recognition_digits
from ganspeech.experiments.enhancement_digits import RECOGNITION
from ganspeech.recognizers.front import Enhanced, Fronted

experiment = dataclasses.replace(
    recognition_digits.experiment,
    task=dataclasses.replace(
        RECOGNITION, conditions=dataclasses.replace(RECOGNITION.conditions, noisy=0.8)
    ),
    generator=Fronted(
        Enhanced(enhancement_digits.experiment.generator), recognition_digits.experiment.generator
    ),
)
