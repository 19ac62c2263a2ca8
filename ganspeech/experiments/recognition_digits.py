"""Spoken digits by a small convolutional recognizer: the supervised row of recognition's table.

A word is one symbol. With noise by `--task.conditions.noisy 0.8 --task.conditions.noises NOISES`.
Speed perturbation (Ko et al. 2015), `--task.conditions.speeds 0.9 1.0 1.1`, needs more steps than
these. A speaker is held out by `--corpus.unseen-speaker theo`.

Paper: in the manner of QuartzNet (Kriman et al. 2020) for CTC, Graves et al. 2006,
https://doi.org/10.1145/1143844.1143891, with SpecAugment, Park et al. 2019,
https://arxiv.org/abs/1904.08779.
Data: Free Spoken Digit Dataset, the last 300 takes of known speakers held out.
Command: `python train.py recognition_digits --corpus.root FSDD`
"""

import dataclasses

from ganspeech.config.experiment import Budget, Experiment
from ganspeech.data.readers.spoken_digits import SpokenDigits
from ganspeech.game.optimizer import Optimizer
from ganspeech.game.rules import Rules
from ganspeech.losses.adversarial import NonSaturating
from ganspeech.nn.spec_augment import Masks
from ganspeech.recognizers.convolutional import ConvolutionalRecognizer
from ganspeech.tasks.features import ZERO_PADDED, Features
from ganspeech.tasks.recognition import Recognition
from ganspeech.text.vocabulary import Words

OPTIMIZER = Optimizer(
    learning_rate=3e-3, b1=0.9, b2=0.98, weight_decay=1e-2, clip=5.0, warmup=60, schedule="cosine"
)

MASKS = Masks(frequency_share=0.15, time=1)
"""Masks of a word, which lasts half a second: those for sentences would leave too little of it."""

experiment = Experiment(
    corpus=SpokenDigits(),
    task=Recognition(
        features=Features(dataclasses.replace(ZERO_PADDED, n_mels=40)),
        vocabulary=Words(),
        buckets=(0.5, 0.75, 2.5),
    ),
    generator=ConvolutionalRecognizer(masks=MASKS),
    discriminators=(),
    objective=NonSaturating(),
    rules=Rules(feature_matching=0.0, ema=0.99),
    generator_optimizer=OPTIMIZER,
    discriminator_optimizer=OPTIMIZER,
    budget=Budget(steps=1200, batch_size=64, sample_every=400, save_every=400),
)
