"""Spoken digits: a recognizer whose representations a critic cannot tell clean from noisy.

Paper: Sriram et al. 2017, "Robust speech recognition using generative adversarial networks", with
CTC in place of attention, its loss on both halves, and one critic step.
Command: `python train.py invariance_digits --corpus.root FSDD`. Compare it with its
parts: the paper's own baseline is `--discriminators none --task.distance-weight 1`, and both halves
without a tie `--discriminators none`; multi-condition training is
`recognition_digits --task.conditions.noisy 0.8`.
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
