"""Fine-tuning of a phase-primed vocoder to a speaker it never heard, from minutes of recordings.

The game goes on against the discriminators that the base was trained with, so it begins at once;
with `--start-discriminators False` they are fresh, and with `--discriminators none` there is no
game. `--task.minutes 5` takes the first minutes alone, and `--rules.frozen magnitude` leaves a
part as it is.

Paper: as `vocoder_universal`, Siuzdak 2023, https://arxiv.org/abs/2306.00814.
Data: one speaker in LJSpeech's layout, the last 60 sentences held out (of a few minutes rather
`--corpus.held-out 10`), and a run of `vocoder_universal`, here on other speakers alone: `--corpus
librispeech --corpus.root DIR --corpus.held-out 140 --budget.steps 5000 --rules.adversary-from
4000`.
Command: `python train.py vocoder_finetune --corpus.root DIR --start runs/vocoder_universal`
"""

import dataclasses

from ganspeech.config.experiment import Budget
from ganspeech.data.readers.ljspeech import LJSpeech
from ganspeech.experiments import vocoder_universal
from ganspeech.game.optimizer import Optimizer
from ganspeech.game.rules import Rules

experiment = dataclasses.replace(
    vocoder_universal.experiment,
    corpus=LJSpeech(held_out=60),
    rules=Rules(ema=0.99),
    generator_optimizer=Optimizer(
        learning_rate=2e-4, clip=10.0, warmup=20, schedule="cosine", final=0.02
    ),
    discriminator_optimizer=Optimizer(learning_rate=2e-4, clip=10.0, schedule="cosine", final=0.02),
    budget=Budget(steps=250, batch_size=8, log_every=10, sample_every=0, save_every=50),
    start="runs/vocoder_universal",
    start_discriminators=True,
)
