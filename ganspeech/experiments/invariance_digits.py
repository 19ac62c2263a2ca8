"""Spoken digits: a recognizer whose representations a critic cannot tell clean from noisy.

Compare it with its parts: the paper's own baseline is `--discriminators none --task.distance-weight
1`, and both halves without a tie `--discriminators none`; multi-condition training is
`recognition_digits --task.conditions.noisy 0.8`.

Paper: Sriram et al. 2017, "Robust speech recognition using generative adversarial networks",
https://arxiv.org/abs/1711.01567.
Data: Free Spoken Digit Dataset, the last 300 takes held out; noises that are made up, or a folder
of them, `--task.conditions.noises NOISES`.
Command: `python train.py invariance_digits --corpus.root FSDD`
Time: 3.7 minutes of one core.
Score: word error rate 2.1 % [0.8, 3.4] clean, 9.9 [6.4, 13.5] in unseen noises at 0 dB, three seeds
(multi-condition training 2.4 and 9.0); `benchmarks/recognition.py`, recorded noises.
Departures: CTC in place of attention, its loss on both halves, and one critic step.
"""

import dataclasses

from ganspeech.discriminators.representation_critic import RepresentationCritic
from ganspeech.experiments import recognition_digits
from ganspeech.experiments.enhancement_digits import RECOGNITION
from ganspeech.game.optimizer import Optimizer
from ganspeech.game.rules import Rules
from ganspeech.losses.adversarial import Wasserstein
from ganspeech.tasks.invariance import Invariance

experiment = dataclasses.replace(
    recognition_digits.experiment,
    task=Invariance(
        features=RECOGNITION.features,
        vocabulary=RECOGNITION.vocabulary,
        stride=RECOGNITION.stride,
        buckets=RECOGNITION.buckets,
        conditions=dataclasses.replace(RECOGNITION.conditions, noisy=1.0),
    ),
    discriminators=(RepresentationCritic(),),
    objective=Wasserstein(gradient_penalty=10.0),
    rules=Rules(adversarial=0.1, feature_matching=0.0, adversary_from=200, ema=0.99),
    discriminator_optimizer=Optimizer(learning_rate=1e-3, b1=0.5, b2=0.9),
)
