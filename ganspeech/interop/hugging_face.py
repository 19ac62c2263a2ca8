"""Folders of Hugging Face's models: a config and weights, read without running anything in them."""

import json
from pathlib import Path
from typing import Any

from ganspeech.formats.tensors import ForeignFileError, Tensors
from ganspeech.formats.torch_files import read_state_dict
from ganspeech.models.files import read_safetensors
from ganspeech.process.damage import damage

CONFIG, WEIGHTS, TORCH_WEIGHTS = "config.json", "model.safetensors", "pytorch_model.bin"


def read_weights(folder: Path) -> tuple[Tensors, str]:
    """Tensors of a folder by name, and the file they are from.

    Raises ForeignFileError, naming the file, for one that is missing or damaged.
    """
    path, other = folder / WEIGHTS, folder / TORCH_WEIGHTS
    if other.is_file() and not path.is_file():
        return read_state_dict(other), str(other)
    try:
        return read_safetensors(path)[0], str(path)
    except ValueError as error:
        raise ForeignFileError(str(error)) from None


def read_json(path: Path, what: str) -> dict[str, Any]:
    """Object of a JSON file; `what` says what it would be a part of.

    Raises ForeignFileError, naming the file, for one that is missing, damaged or no object.
    """
    if not path.is_file():
        raise ForeignFileError(f"no such file: {path}, {what}")
    with damage(ForeignFileError, f"{path} is no JSON"):
        parsed = json.loads(path.read_text("utf-8"))
    if not isinstance(parsed, dict):
        raise ForeignFileError(f"{path} must hold an object")
    return parsed
