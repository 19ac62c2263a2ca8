"""Boundaries of synthetic speech by reinforcement, from what a run without labels reads.

Paper: Tseng et al. 2024, "REBORN: Reinforcement-learned boundary segmentation with iterative
training for unsupervised ASR", https://arxiv.org/abs/2402.03988, at a small size.
Data: generated, and RUN, a run of `unpaired_frames`.
Command: `python train.py boundaries_codes --start RUN`
Time: 3 minutes of one CPU core.
Score: phone error rate 15.9 % [14.8, 17.0] with the reader that has 18.3 in the segments of
k-means; 13.5 [12.4, 14.6] once a reader was trained on the learned segments, where as much training
on those of k-means ends at 17.8 [16.5, 19.2]. Boundary F1 90.0 % (91.8 by k-means), within a frame
93.8 (93.0). 100 held-out utterances, seed 0; with seed 1, phone errors are 15.7 and 12.7 %.
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
