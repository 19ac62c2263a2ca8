"""Vocoder for live use: a frame's audio is complete 80 ms after the frame has come, 16 kHz.

A causal network makes magnitudes, and iterations that look two frames ahead their phases
(`ganspeech.generators.real_time`). The game is that of `vocoder_universal`.

Paper: the generator is ours; its phases are those of Zhu et al. 2007, the game is that of Vocos,
Siuzdak 2023, https://arxiv.org/abs/2306.00814.
Data: as for `vocoder_universal`.
Command: `python train.py vocoder_real_time --corpus.parts.0.root DIR --corpus.parts.1.root DIR`
Time: 35 minutes on two busy CPU cores, 38 processor minutes.
Score: known voice: PESQ-WB 3.32 [3.25, 3.37], DNSMOS 2.62 (Griffin-Lim 2.07, 2.09; recordings
2.83), 60 held-out sentences; unseen speakers: 3.40 [3.27, 3.52], 2.67 (2.44, 2.24; 2.79), 35
sentences; seed 0, with `generator.iterations` 8 in use. The card
`ganspeech/shipped/real-time-16k.md` has the whole tables.
"""

import dataclasses

from ganspeech.config.experiment import Budget
from ganspeech.experiments import vocoder_universal
from ganspeech.generators.real_time import RealTimeVocos

experiment = dataclasses.replace(
    vocoder_universal.experiment,
    generator=RealTimeVocos(),
    rules=dataclasses.replace(vocoder_universal.experiment.rules, adversary_from=4000),
    budget=Budget(steps=5000, batch_size=8, sample_every=2000, save_every=500),
)
