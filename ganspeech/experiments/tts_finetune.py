"""Fine-tuning of a Piper voice to another speaker, from half an hour of recordings.

First `tts_posterior`, since voices of Piper come without a posterior encoder. Freeze parts with,
for example, `--rules.frozen text_encoder flow`. On a CPU `tts_small` learns a new voice sooner.

Paper: Kim et al. 2021, https://arxiv.org/abs/2106.06103, with small discriminators, so that a step
is affordable on a CPU.
Data: one speaker in LJSpeech's layout; a run of `tts_posterior`.
Command: `python train.py tts_finetune --corpus.root KATHLEEN --start runs/tts_posterior`
Score: none yet: not trained to the end here.
"""

import dataclasses
from typing import cast

from ganspeech.config.experiment import Budget
from ganspeech.discriminators.multi_period import MULTI_PERIOD_SMALL
from ganspeech.discriminators.multi_resolution import MULTI_RESOLUTION_SMALL
from ganspeech.experiments import tts_posterior
from ganspeech.game.optimizer import Optimizer
from ganspeech.game.rules import Rules
from ganspeech.tasks.voices.text_to_speech import TextToSpeech

TASK = cast(TextToSpeech, tts_posterior.experiment.task)
"""Task of the posterior encoder's experiment."""

experiment = dataclasses.replace(
    tts_posterior.experiment,
    task=dataclasses.replace(TASK, duration_weight=1.0),
    discriminators=(MULTI_PERIOD_SMALL, MULTI_RESOLUTION_SMALL),
    # Weights of `tts_vits`: with a tenth of them the voice hums at its frame rate.
    rules=Rules(adversarial=6.0, feature_matching=64.0, adversary_from=100, ema=0.995),
    generator_optimizer=Optimizer(
        learning_rate=2e-4, b1=0.8, b2=0.99, clip=1000.0, warmup=100, schedule="cosine", final=0.1
    ),
    discriminator_optimizer=Optimizer(learning_rate=3e-4, b1=0.8, b2=0.99),
    budget=Budget(steps=3000, batch_size=4, sample_every=500, save_every=250),
    start="runs/tts_posterior",
)
"""About an hour of one core."""
