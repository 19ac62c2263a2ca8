"""The phase-primed Vocos on one speaker: 40 minutes on two CPU cores.

Paper: the generator is ours (`ganspeech.generators.primed`), the game is Vocos's (Siuzdak 2023).
Command: `python train.py vocoder_primed --corpus.root DIR`, a folder in LJSpeech's layout.
Score: PESQ-WB 3.24 [3.17, 3.31], Griffin-Lim 2.07 [2.02, 2.11], over the last 60 of the 593
sentences of "kathleen" (CC0, 30 minutes of one US English speaker); 55 processor minutes, seed 0.
"""

import dataclasses

from ganspeech.config.experiment import Budget
from ganspeech.data.readers.ljspeech import LJSpeech
from ganspeech.experiments import vocoder_demo
from ganspeech.game.rules import Rules

experiment = dataclasses.replace(
    vocoder_demo.experiment,
    corpus=LJSpeech(held_out=60),
    rules=Rules(adversary_from=10_000, ema=0.999),
    budget=Budget(steps=13_000, batch_size=8, sample_every=2000, save_every=500),
)
