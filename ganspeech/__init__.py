"""Generative adversarial networks for speech, in JAX."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

# Light, and at once: else the module of that name would stand where the function belongs.
from ganspeech.load import load, load_recognizer, load_vocoder, load_voice

if TYPE_CHECKING:
    from ganspeech.audio.spec import AudioSpec
    from ganspeech.config.experiment import Experiment
    from ganspeech.evaluation.judging.training import train

__version__ = "0.1.0"

__all__ = [
    "AudioSpec",
    "Experiment",
    "load",
    "load_recognizer",
    "load_vocoder",
    "load_voice",
    "train",
]

_LATE = {
    "AudioSpec": "audio.spec",
    "Experiment": "config.experiment",
    "train": "evaluation.judging.training",
}
"""Names that are imported when they are asked for, and the module of each."""


def __getattr__(name: str) -> Any:
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"ganspeech.{_LATE[name]}"), name)
