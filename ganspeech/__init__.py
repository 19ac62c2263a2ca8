"""Generative adversarial networks for speech, in JAX."""

__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    # Late, because processes that only read data import this package too.
    if name == "load":
        from ganspeech.inference import load

        return load
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
