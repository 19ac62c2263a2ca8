"""The demo: a phase-primed Vocos on the embedded corpus, in minutes on a CPU.

`make demo` trains it, scores it and makes a page to listen to; `python train.py` is the same
training.

Paper: the generator is ours (`ganspeech.generators.primed`), the game is that of Vocos, Siuzdak
2023, https://arxiv.org/abs/2306.00814.
Data: built-in robot speech, 16 kHz, 24 sentences held out.
Command: `python train.py vocoder_demo`
Time: 6 minutes on two CPU cores; 8 with the gallery, scores and page of `make demo`.
Score: PESQ-WB 2.70 [2.61, 2.79], DNSMOS 2.41 (Griffin-Lim 2.16 [2.12, 2.21], 1.84; recordings
2.40); 24 held-out sentences, 1,300 steps, seed 0.
"""

from ganspeech.audio import SPEECH_16K
from ganspeech.config.experiment import Budget, Experiment
from ganspeech.data.readers.embedded import EmbeddedSpeech
from ganspeech.discriminators.multi_period import MULTI_PERIOD_SMALL
from ganspeech.discriminators.multi_resolution import MULTI_RESOLUTION_SMALL
from ganspeech.game.optimizer import Optimizer
from ganspeech.game.rules import Rules
from ganspeech.generators.primed import PrimedVocos
from ganspeech.losses.adversarial import Hinge
from ganspeech.tasks.vocoding import Vocoding

experiment = Experiment(
    corpus=EmbeddedSpeech(),
    task=Vocoding(spec=SPEECH_16K, segment_frames=40, mel_weight=15.0, stft_weight=15.0),
    generator=PrimedVocos(settling=8),
    discriminators=(MULTI_PERIOD_SMALL, MULTI_RESOLUTION_SMALL),
    objective=Hinge(),
    rules=Rules(adversary_from=1100, ema=0.995),
    generator_optimizer=Optimizer(
        learning_rate=1e-3, clip=10.0, warmup=100, schedule="cosine", final=0.02
    ),
    discriminator_optimizer=Optimizer(learning_rate=1e-3, clip=10.0, schedule="cosine", final=0.02),
    budget=Budget(steps=1300, batch_size=8, sample_every=650, save_every=325),
)
