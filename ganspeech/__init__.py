"""Generative adversarial networks for speech, in JAX."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ganspeech.models.vocoder import load as load

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    # Late, because processes that only read data import this package too.
    if name == "load":
        from ganspeech.models.vocoder import load

        return load
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
