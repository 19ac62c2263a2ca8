"""Vocoders that come with the package: a model file and a card (NAME.md) for each."""

from pathlib import Path

_HERE = Path(__file__).parent


def names() -> list[str]:
    """The shipped vocoders, by name."""
    return sorted(path.stem for path in _HERE.glob("*.safetensors"))


def path(name: str) -> Path:
    """The model file of a shipped vocoder."""
    return _HERE / f"{name}.safetensors"
