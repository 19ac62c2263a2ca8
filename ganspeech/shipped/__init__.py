"""Models that come with the package: a model file and a card (NAME.md) for each."""

from pathlib import Path
from typing import Literal

from safetensors import safe_open

_HERE = Path(__file__).parent


def names(kind: Literal["vocoder", "recognizer", "voice"] = "vocoder") -> list[str]:
    """The shipped models of a kind, by name."""
    found = sorted(path.stem for path in _HERE.glob("*.safetensors"))
    return [name for name in found if _format(name).startswith(f"ganspeech-{kind}-")]


def path(name: str) -> Path:
    """The model file of a shipped model."""
    return _HERE / f"{name}.safetensors"


def _format(name: str) -> str:
    with safe_open(path(name), framework="numpy") as file:
        return (file.metadata() or {}).get("format", "")
