"""The shipped vocoder: a phase-primed Vocos on one voice and 60 other speakers, 16 kHz.

Paper: the generator is ours (`ganspeech.generators.primed`), the game is that of Vocos, Siuzdak
2023, https://arxiv.org/abs/2306.00814.
Data: a folder in LJSpeech's layout, the last 60 sentences held out, and one in LibriSpeech's, the
last 140 sentences, of seven speakers, held out; measured on "kathleen" (CC0) and speechocean762.
Command: `python train.py vocoder_universal --corpus.parts.0.root DIR --corpus.parts.1.root DIR`
Time: 48 minutes on two CPU cores, 75 processor minutes.
Score: known voice: PESQ-WB 3.37 [3.31, 3.43], ESTOI 0.952, DNSMOS 2.70 (Griffin-Lim 2.07, 0.898,
2.09; recordings 2.83), 60 held-out sentences; unseen speakers: 3.50 [3.41, 3.58], 0.860, 2.70
(2.45, 0.796, 2.22; 2.78), 70 sentences; 20,000 steps, seed 0. The card
`ganspeech/shipped/primed-16k.md` has the whole tables.
"""

from ganspeech.audio import SPEECH_16K
from ganspeech.config.experiment import Budget, Experiment
from ganspeech.data.readers.librispeech import LibriSpeech
from ganspeech.data.readers.ljspeech import LJSpeech
from ganspeech.data.readers.mixture import Mixture
from ganspeech.discriminators.multi_period import MULTI_PERIOD_SMALL
from ganspeech.discriminators.multi_resolution import MULTI_RESOLUTION_SMALL
from ganspeech.game.optimizer import Optimizer
from ganspeech.game.rules import Rules
from ganspeech.generators.primed import PrimedVocos
from ganspeech.losses.adversarial import Hinge
from ganspeech.tasks.vocoding import Vocoding

# Of the second corpus the last 140 sentences, all of its last seven speakers, are held out.
experiment = Experiment(
    corpus=Mixture((LJSpeech(held_out=60), LibriSpeech(held_out=140))),
    task=Vocoding(
        spec=SPEECH_16K, segment_frames=40, mel_weight=15.0, stft_weight=15.0, quieter_db=20.0
    ),
    generator=PrimedVocos(magnitude_blocks=2, blocks=4, settling=8),
    discriminators=(MULTI_PERIOD_SMALL, MULTI_RESOLUTION_SMALL),
    objective=Hinge(),
    rules=Rules(adversary_from=16_000, ema=0.999),
    generator_optimizer=Optimizer(
        learning_rate=5e-4, clip=10.0, warmup=100, schedule="cosine", final=0.02
    ),
    discriminator_optimizer=Optimizer(learning_rate=5e-4, clip=10.0, schedule="cosine", final=0.02),
    budget=Budget(steps=20_000, batch_size=8, sample_every=2000, save_every=500),
)
