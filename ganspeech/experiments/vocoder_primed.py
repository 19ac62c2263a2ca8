"""The phase-primed Vocos on one speaker, 16 kHz.

Paper: the generator is ours (`ganspeech.generators.primed`), the game is that of Vocos, Siuzdak
2023, https://arxiv.org/abs/2306.00814.
Data: one speaker in LJSpeech's layout, the last 60 sentences held out; measured on the 593 of
"kathleen" (CC0, 30 minutes of one US English speaker).
Command: `python train.py vocoder_primed --corpus.root DIR`
Time: 40 minutes on two CPU cores, 55 processor minutes.
Score: PESQ-WB 3.24 [3.17, 3.31], ESTOI 0.946, DNSMOS 2.67 (Griffin-Lim 2.07 [2.02, 2.11], 0.898,
2.09; recordings 2.83); 60 held-out sentences, 13,000 steps, seed 0.
"""

import dataclasses

from ganspeech.config.experiment import Budget
from ganspeech.data.readers.ljspeech import LJSpeech
from ganspeech.experiments import vocoder_demo
from ganspeech.game.optimizer import Optimizer
from ganspeech.game.rules import Rules
from ganspeech.generators.primed import PrimedVocos

experiment = dataclasses.replace(
    vocoder_demo.experiment,
    corpus=LJSpeech(held_out=60),
    generator=PrimedVocos(),
    rules=Rules(adversary_from=10_000, ema=0.999),
    generator_optimizer=Optimizer(
        learning_rate=5e-4, clip=10.0, warmup=100, schedule="cosine", final=0.02
    ),
    discriminator_optimizer=Optimizer(learning_rate=5e-4, clip=10.0, schedule="cosine", final=0.02),
    budget=Budget(steps=13_000, batch_size=8, sample_every=2000, save_every=500),
)
