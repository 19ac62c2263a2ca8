"""Spoken digits in noise, recognized behind a trained, frozen enhancer.

The paper's hybrid, which also takes the noisy features, is `--generator.front.beside True`. An
enhancer in front of a recognizer trained on clean speech only: `--task.conditions.noisy 0`. Compare
it with `recognition_digits --task.conditions.noisy 0.8`.

Paper: Donahue et al. 2018, https://arxiv.org/abs/1711.05747 (FSEGAN), its retraining on enhanced
features.
Data: Free Spoken Digit Dataset, the last 300 takes held out, and noises as in
`enhancement_digits`; RUN, a run of that, with discriminators or without.
Command: `python train.py recognition_digits_enhanced --corpus.root FSDD --start RUN`
Time: 2.0 minutes of one core.
Score: word error rate 2.3 % [1.5, 3.2] clean, 18.2 [16.5, 19.9] in unseen noises at 0 dB, three
seeds (enhanced by L1 alone 2.2 and 19.7, multi-condition training 2.4 and 9.0);
`benchmarks/recognition.py`, recorded noises.
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
