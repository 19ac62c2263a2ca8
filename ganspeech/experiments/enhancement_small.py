"""Speech enhancement that a CPU trains in an hour: a distance, then a discriminator of PESQ.

The network is MetricGAN+'s. It first learns the distance between compressed magnitudes alone; then
a discriminator with strides, CMGAN's, learns what PESQ says of it. Noises, and seven speakers, are
kept from training. It needs the extra `pesq`.

Paper: Fu et al. 2021, https://arxiv.org/abs/2104.03538 (MetricGAN+); the discriminator is that of
Cao et al. 2022, https://arxiv.org/abs/2203.15149.
Data: as for `vocoder_universal`, and a folder of noises, of which the last five, by name, are held
out.
Command: `python train.py enhancement_small --corpus.parts.0.root DIR --corpus.parts.1.root DIR
--task.conditions.noises NOISES`
"""

import dataclasses

from ganspeech.config.experiment import Budget
from ganspeech.data.noise.conditions import Conditions
from ganspeech.discriminators.metric import METRIC_CMGAN
from ganspeech.experiments import enhancement_metricgan, vocoder_universal
from ganspeech.game.optimizer import Optimizer
from ganspeech.game.rules import Rules
from ganspeech.tasks.speech_enhancement import SpeechEnhancement

OPTIMIZER = Optimizer(
    learning_rate=1e-3, b1=0.9, b2=0.999, clip=1.0, warmup=100, schedule="cosine", final=0.05
)

experiment = dataclasses.replace(
    enhancement_metricgan.experiment,
    corpus=vocoder_universal.experiment.corpus,
    task=SpeechEnhancement(
        conditions=Conditions(noisy=1.0, snr_db=(0.0, 15.0)),
        rate_every=50,
        magnitude_weight=1.0,
    ),
    discriminators=(METRIC_CMGAN,),
    rules=Rules(adversary_from=1500, feature_matching=0.0, ema=0.999),
    generator_optimizer=OPTIMIZER,
    discriminator_optimizer=OPTIMIZER,
    budget=Budget(steps=4000, batch_size=8, sample_every=1000, save_every=500),
)
