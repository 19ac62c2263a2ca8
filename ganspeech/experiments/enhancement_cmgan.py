"""Speech enhancement by Conformers over the complex spectrum, rated by PESQ; for GPUs.

It needs the extra `pesq`. The baseline is `--discriminators none`, the same losses without the
game.

Paper: Cao et al. 2022, https://arxiv.org/abs/2203.15149 (CMGAN).
Data: speech in LibriSpeech's layout, and a folder of noises.
Command: `python train.py enhancement_cmgan --corpus.root DIR --task.conditions.noises NOISES`
Score: not trained here yet. Published, on VoiceBank-DEMAND: PESQ-WB 3.41, noisy 1.97.
Departures: the learning rate falls along a cosine where the paper halves it every 30 of 120 epochs,
and the discriminator's layers have spectral in place of instance normalization beside it.
"""

from ganspeech.config.experiment import Budget, Experiment
from ganspeech.data.noise.conditions import Conditions
from ganspeech.data.readers.librispeech import LibriSpeech
from ganspeech.discriminators.metric import METRIC_CMGAN
from ganspeech.game.optimizer import Optimizer
from ganspeech.game.rules import Rules
from ganspeech.generators.cmgan import CMGANGenerator
from ganspeech.losses.adversarial import LeastSquares
from ganspeech.tasks.speech_enhancement import CMGAN_16K, SpeechEnhancement

experiment = Experiment(
    corpus=LibriSpeech(),
    task=SpeechEnhancement(
        spec=CMGAN_16K,
        conditions=Conditions(noisy=1.0, snr_db=(0.0, 15.0)),
        rate_every=100,
        magnitude_weight=0.9,
        complex_weight=0.1,
        time_weight=0.2,
    ),
    generator=CMGANGenerator(remat=True),
    discriminators=(METRIC_CMGAN,),
    objective=LeastSquares(),
    rules=Rules(adversarial=0.05, feature_matching=0.0, ema=0.0),
    generator_optimizer=Optimizer(
        learning_rate=5e-4, b1=0.9, b2=0.999, weight_decay=0.01, schedule="cosine"
    ),
    discriminator_optimizer=Optimizer(
        learning_rate=1e-3, b1=0.9, b2=0.999, weight_decay=0.01, schedule="cosine"
    ),
    budget=Budget(steps=300_000, batch_size=4),
)
