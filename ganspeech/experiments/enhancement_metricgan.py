"""Speech enhancement with a discriminator that learns to predict PESQ.

It needs the extra `pesq`. `eval.py quality --run runs/enhancement_metricgan` has the noisy speech
in a row of its own.

Paper: Fu et al. 2021, https://arxiv.org/abs/2104.03538 (MetricGAN+), after Fu et al. 2019.
Data: any corpus of speech, here in LJSpeech's layout, and a folder of noises.
Command: `python train.py enhancement_metricgan --corpus ljspeech --corpus.root DIR
--task.conditions.noises NOISES`
Score: not trained here yet. Published, on VoiceBank-DEMAND: PESQ-WB 3.15, noisy 1.97.
Departures: segments of two seconds where the paper has whole utterances, a rating of 32 segments
every 100 updates where it has 100 utterances an epoch, and any corpus.
"""

from ganspeech.config.experiment import Budget, Experiment
from ganspeech.data.readers.embedded import EmbeddedSpeech
from ganspeech.discriminators.metric import MetricDiscriminator
from ganspeech.game.optimizer import Optimizer
from ganspeech.game.rules import Rules
from ganspeech.generators.mask_enhancer import MaskEnhancer
from ganspeech.losses.adversarial import LeastSquares
from ganspeech.tasks.speech_enhancement import SpeechEnhancement

experiment = Experiment(
    corpus=EmbeddedSpeech(),
    task=SpeechEnhancement(rate_every=100),
    generator=MaskEnhancer(),
    discriminators=(MetricDiscriminator(),),
    objective=LeastSquares(),
    rules=Rules(feature_matching=0.0, ema=0.0),
    generator_optimizer=Optimizer(learning_rate=5e-4, b1=0.9, b2=0.999),
    discriminator_optimizer=Optimizer(learning_rate=5e-4, b1=0.9, b2=0.999),
    budget=Budget(steps=20_000, batch_size=8, sample_every=1000, save_every=1000),
)
