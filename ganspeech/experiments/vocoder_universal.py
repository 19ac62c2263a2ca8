"""The shipped vocoder: one voice and 60 other speakers, 16 kHz, 48 minutes on two CPU cores.

Paper: the generator is ours (`ganspeech.generators.primed`), the game is Vocos's (Siuzdak 2023).
Command: `python train.py vocoder_universal --corpus.parts.0.root DIR --corpus.parts.1.root DIR`, a
folder in LJSpeech's and one in LibriSpeech's layout.
Score: in `ganspeech/shipped/primed-16k.md`, with the corpora; 75 processor minutes, seed 0.
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
