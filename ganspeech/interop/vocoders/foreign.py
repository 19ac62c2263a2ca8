"""Import of other projects' vocoders from files of weights."""

import json
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import jax
import numpy as np
import yaml

from ganspeech.audio import AudioSpec
from ganspeech.formats.tensors import ForeignFileError, Tensors
from ganspeech.formats.torch_files import is_torch_file, read_state_dict
from ganspeech.interop.vocoders import bigvgan, hifigan, speecht5, univnet, vocos
from ganspeech.models.files import read_safetensors
from ganspeech.models.vocoder import Vocoder
from ganspeech.process.damage import damage
from ganspeech.process.messages import printable

FAMILIES: dict[str, ModuleType] = {
    "HiFi-GAN": hifigan,
    "BigVGAN": bigvgan,
    "Vocos": vocos,
    "UnivNet": univnet,
    "SpeechT5's HiFi-GAN": speecht5,
}
"""Modules of known vocoders, each with `recognizes` and `read`."""
CONFIGS = ("config.json", "config.yaml")
"""Config files that projects put beside their weights."""


def import_vocoder(path: str | Path, spec: AudioSpec, config: str | Path | None = None) -> Vocoder:
    """Reads the vocoder of another project's file, for log-mels of `spec`.

    Reads safetensors and files of `torch.save`, distinguished by their content; nothing in them is
    run. `config` is a JSON or YAML file of that project's settings; by default, config.json or
    config.yaml in the same folder, if there is one. Raises ForeignFileError, naming the file and
    its fault, also for a spec that does not fit.
    """
    source = str(path)
    tensors = _tensors(Path(path))
    family = next((known for known in FAMILIES.values() if known.recognizes(tensors)), None)
    if family is None:
        names = ", ".join(printable(name) for name in sorted(tensors)[:3])
        raise ForeignFileError(
            f"{source}: its {len(tensors)} tensors ({names}, ...) are of no vocoder that is known "
            f"here: {', '.join(FAMILIES)}"
        )
    try:
        model: Vocoder = family.read(tensors, _config(Path(path), config), spec, source)
    except ForeignFileError:
        raise
    except ValueError as error:  # from the generator, about the spec
        raise ForeignFileError(f"{source}: {error}") from None
    except RecursionError:
        raise ForeignFileError(f"{source}: its config has lists too deep within lists") from None
    for leaf, array in jax.tree_util.tree_leaves_with_path(model.variables):
        if not np.isfinite(array).all():
            name = "/".join(str(key.key) for key in leaf)
            raise ForeignFileError(f"{source}: {name} has values that are NaN or infinite")
    return model


def _tensors(path: Path) -> Tensors:
    if not path.is_file():
        raise ForeignFileError(f"no such file: {path}")
    if is_torch_file(path):
        return read_state_dict(path)
    with open(path, "rb") as file:
        start = file.read(9)
    if start[8:] != b"{":  # a safetensors file starts with its header's length, then JSON
        raise ForeignFileError(f"{path} is neither a safetensors file nor one of torch.save")
    tensors, header = read_safetensors(path)
    if header.get("format", "").startswith("ganspeech-"):
        raise ForeignFileError(f"{path} is a model file of ganspeech already")
    return tensors


class _Settings(yaml.SafeLoader):
    """YAML without aliases, which let a short text expand to lists without end."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Returns the next node; raises ForeignFileError for an alias."""
        if self.check_event(yaml.AliasEvent):
            raise ForeignFileError(f"{self.name}: aliases (&, *) are not read")
        return super().compose_node(parent, index)


def _config(weights: Path, given: str | Path | None) -> Mapping[str, Any] | None:
    """Returns the parsed config that is given, or found beside the weights."""
    beside = (weights.parent / name for name in CONFIGS)
    path = Path(given) if given else next((one for one in beside if one.is_file()), None)
    if path is None:
        return None
    if not path.is_file():
        raise ForeignFileError(f"no such file: {path}")
    with (
        damage(ForeignFileError, f"{path} is no JSON or YAML"),
        open(path, encoding="utf-8") as file,
    ):
        parsed = json.load(file) if path.suffix == ".json" else yaml.load(file, _Settings)
    if not isinstance(parsed, dict):
        raise ForeignFileError(f"{path} must hold an object of settings")
    return parsed
