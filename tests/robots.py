"""A voice without weights, for tests of all that is around a network: each symbol is a tone."""

from dataclasses import dataclass

import jax.numpy as jnp
import numpy as np

from ganspeech.audio import AudioSpec
from ganspeech.generators.vits.parts import Encoded
from ganspeech.models.voice import Voice
from ganspeech.nn.masked import masked, valid_places
from ganspeech.text.phonemes.front_ends import Plain
from ganspeech.text.spoken_text import SpokenText
from ganspeech.text.symbols import LETTERS

RATE, HOP = 8000, 40
SPEC = AudioSpec(sample_rate=RATE, n_fft=160, hop_length=HOP, win_length=160, n_mels=8, fmax=4000)
FRAMES_A_SYMBOL = 4


@dataclass(frozen=True)
class Robot:
    """As VITS is called to speak: a symbol lasts 4 frames, but for its noise."""

    latent: int = 2
    speaker_width: int = 0
    rounding: str = "up"

    def apply(self, variables, *arguments, method):
        """One of the methods below."""
        return getattr(self, method)(variables["params"]["level"], *arguments)

    def encode(self, level, tokens, lengths, speaker, symbols):
        """The symbol's number as the mean."""
        mean = jnp.repeat(tokens[..., None].astype(jnp.float32) / symbols, self.latent, axis=-1)
        return Encoded(mean, mean, mean * 0 - 4)

    def durations(self, level, hidden, lengths, speaker, noise):
        """Logarithms of frames."""
        return jnp.log(FRAMES_A_SYMBOL - 0.5) + noise[..., 0]

    def decode_drawn(self, level, drawn, lengths, speaker, spec):
        """A level a symbol, louder for later speakers, silent after the end."""
        drawn = masked(drawn, valid_places(lengths, drawn.shape[1]))[..., 0]
        if speaker is not None:
            drawn = drawn * (1 + jnp.argmax(speaker))
        return jnp.repeat(level * drawn, spec.hop_length, axis=1)


def voice(level: float = 0.5, **fields) -> Voice:
    """A robot that reads English letters."""
    variables = {"params": {"level": np.float32(level)}}
    text = SpokenText(Plain(numbers="en"), LETTERS)
    robot = Robot(speaker_width=len(fields.get("speakers", ())))
    return Voice(robot, variables, text, SPEC, **fields)
