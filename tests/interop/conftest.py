"""A small vocoder of every class there is, to be written in other formats."""

import dataclasses

import jax
import numpy as np
import pytest
from small import one_of_each_class
from small_vocoders import SPEC, make_model

from ganspeech.audio import log_mel
from ganspeech.config.registry import VOCODERS
from ganspeech.generators.primed import PrimedVocos
from ganspeech.generators.vocos import Vocos
from ganspeech.models.vocoder import Vocoder

CENTERED = dataclasses.replace(SPEC, padding="center", hop_length=24, log_base="10", power=2.0)

GENERATORS = one_of_each_class(VOCODERS)
VOICES = [
    *((generator, SPEC) for generator in GENERATORS),
    *((part, CENTERED) for part in GENERATORS if type(part) in (Vocos, PrimedVocos)),
]


@pytest.fixture(scope="session")
def models() -> list[Vocoder]:
    """All the small vocoders."""
    return [make_model(*voice) for voice in VOICES]


@pytest.fixture(
    params=range(len(VOICES)),
    ids=[f"{type(part).__name__}-{spec.padding}" for part, spec in VOICES],
)
def number(request) -> int:
    """Which of `models`, one after the other."""
    return request.param


def buzz_mel(spec, batch, frames):
    """Log-mels of buzzes of changing pitch, `[batch, frames, mels]`."""
    time = np.arange(frames * spec.hop_length) / spec.sample_rate
    phase = 2 * np.pi * (np.arange(110, 110 + 20 * batch, 20)[:, None] * time + np.sin(8 * time))
    audio = np.float32(sum(np.sin(n * phase) / n for n in range(1, 12)) / 4)
    return np.array(log_mel(audio, spec)[:, :frames])


@pytest.fixture(scope="session")
def mel_of():
    """`buzz_mel`, for tests in other files."""
    return buzz_mel


def reference_audio(model, mel):
    """What JAX makes of log-mels."""
    apply = jax.jit(lambda mel: model.generator.apply(model.variables, mel, model.spec))
    return np.asarray(apply(mel))


@pytest.fixture(scope="session")
def audio_of():
    """`reference_audio`, for tests in other files."""
    return reference_audio


@pytest.fixture(scope="session")
def spoken(models):
    """For each model a batch of log-mels and what JAX makes of it."""
    mels = [buzz_mel(model.spec, 1 + n % 3, 12 + n) for n, model in enumerate(models)]
    return [(mel, reference_audio(model, mel)) for model, mel in zip(models, mels)]
