"""Read English at full size by the Conformer (M): for GPUs.

SpecAugment as in the paper, speed perturbation (Ko et al. 2015), letters for symbols. Its learning
rate rises for 10,000 steps.

Paper: Gulati et al. 2020, https://arxiv.org/abs/2005.08100, the encoder with CTC in place of the
transducer.
Data: LibriSpeech, a folder that holds train-clean-100 or more; the last 2,000 utterances are held
out.
Command: `python train.py recognition_librispeech --corpus.root LibriSpeech --rules.precision
bfloat16`
Score: not trained here.
"""

import dataclasses

from ganspeech.config.experiment import Budget, Experiment
from ganspeech.data.noise.conditions import Conditions
from ganspeech.data.readers.librispeech import LibriSpeech
from ganspeech.game.optimizer import Optimizer
from ganspeech.game.rules import Rules
from ganspeech.losses.adversarial import NonSaturating
from ganspeech.recognizers.conformer import CONFORMER_M
from ganspeech.tasks.recognition import Recognition
from ganspeech.text.vocabulary import Characters

OPTIMIZER = Optimizer(
    learning_rate=1e-3,
    b1=0.9,
    b2=0.98,
    weight_decay=1e-3,
    clip=1.0,
    warmup=10_000,
    schedule="cosine",
)

experiment = Experiment(
    corpus=LibriSpeech(held_out=2000),
    task=Recognition(
        vocabulary=Characters(),
        buckets=(4.0, 8.0, 12.0, 14.0, 16.0, 18.0, 24.5, 35.0),
        conditions=Conditions(speeds=(0.9, 1.0, 1.1)),
    ),
    generator=dataclasses.replace(CONFORMER_M, remat=True),
    discriminators=(),
    objective=NonSaturating(),
    rules=Rules(feature_matching=0.0, ema=0.9999),
    generator_optimizer=OPTIMIZER,
    discriminator_optimizer=OPTIMIZER,
    budget=Budget(steps=150_000, batch_size=64, log_every=100, sample_every=5000, save_every=5000),
    workers=8,
)
