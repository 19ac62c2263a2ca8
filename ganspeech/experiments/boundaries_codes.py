"""Boundaries of synthetic speech by reinforcement, from what a run without labels reads.

Paper: Tseng et al. 2024, "REBORN: Reinforcement-learned boundary segmentation with iterative
training for unsupervised ASR", https://arxiv.org/abs/2402.03988, at a small size.
Data: generated, and RUN, a run of `unpaired_frames`.
Command: `python train.py boundaries_codes --start RUN`
Score: None yet: not trained to the end here.
"""

from ganspeech.config.experiment import Budget, Experiment
from ganspeech.experiments import unpaired_frames
from ganspeech.game.optimizer import Optimizer
from ganspeech.game.rules import Rules
from ganspeech.generators.phone_generator import PhoneGenerator
from ganspeech.losses.adversarial import NonSaturating
from ganspeech.recognizers.divided_reader import DividedReader
from ganspeech.tasks.unlabeled.boundary_learning import BoundaryLearning

OPTIMIZER = Optimizer(learning_rate=3e-3, b1=0.9, b2=0.98, clip=1.0)

experiment = Experiment(
    corpus=unpaired_frames.experiment.corpus,
    task=BoundaryLearning(width=32, phones=47, longest=160),
    generator=DividedReader(reader=PhoneGenerator(kernel=1)),
    discriminators=(),
    objective=NonSaturating(),
    rules=Rules(feature_matching=0.0, ema=0.0),
    generator_optimizer=OPTIMIZER,
    discriminator_optimizer=OPTIMIZER,
    budget=Budget(steps=2000, batch_size=32, sample_every=500, save_every=500),
)
