"""Models that come with the package: a model file and a card (NAME.md) for each."""

from pathlib import Path
from typing import Literal, cast

Kind = Literal["vocoder", "voice", "recognizer"]
_HERE = Path(__file__).parent


def names(wanted: Kind | None = None) -> list[str]:
    """Names of the shipped models, of one kind or of all."""
    found = sorted(path.stem for path in _HERE.glob("*.safetensors"))
    return [name for name in found if wanted in (None, kind(name))]


def path(name: str) -> Path:
    """Path of a shipped model file."""
    return _HERE / f"{name}.safetensors"


def kind(name: str) -> Kind | None:
    """Kind of a shipped model; None for other names."""
    if name not in {path.stem for path in _HERE.glob("*.safetensors")}:
        return None
    from safetensors import safe_open  # imports NumPy

    with safe_open(path(name), framework="numpy") as file:
        form = (file.metadata() or {}).get("format", "")
    return cast(Kind, form.split("-")[1])
