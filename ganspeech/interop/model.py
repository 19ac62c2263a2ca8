"""A vocoder in one file: safetensors whose header holds the generator and the audio spec as JSON.

The format that shipped vocoders have, and imported ones get. It holds no code and no pickle.
"""

import dataclasses
import json
import os
from pathlib import Path
from typing import Any, Literal

import jax
import ml_dtypes  # noqa: F401  (numpy learns bfloat16 by it)
import numpy as np
import safetensors
import safetensors.numpy
from flax import linen

from ganspeech import plain
from ganspeech.audio import AudioSpec
from ganspeech.game import Tree
from ganspeech.interop.tensors import require_fit

FORMAT = "ganspeech-vocoder-1"


@dataclasses.dataclass(frozen=True)
class Model:
    """A generator with its weights, and the features it takes."""

    generator: linen.Module
    variables: Tree
    """Collections of float32 arrays, ``params`` and whatever else the generator has."""
    spec: AudioSpec
    about: str = ""
    """Where it comes from, in a sentence."""


def save_model(
    path: str | Path, model: Model, dtype: Literal["float16", "float32"] = "float32"
) -> None:
    """Writes a model, whole or not at all; float16 halves the file.

    ``ValueError`` names a weight that is NaN, infinite or too large for float16.
    """
    tensors = _flat(weights_as(model.variables, dtype))
    header = {
        "format": FORMAT,
        "generator": json.dumps(json.loads(plain.dumps(model.generator))),
        "spec": model.spec.to_json(),
        "about": model.about,
    }
    path = Path(path)
    partial = path.with_name(path.name + ".partial")
    partial.write_bytes(safetensors.numpy.save(tensors, header))
    os.replace(partial, path)


def load_model(path: str | Path) -> Model:
    """Reads a model file; the weights are float32 whatever they were stored in.

    ``ValueError``, naming the file, for what is no model file, for a damaged one, and for one of a
    generator that this version does not have or whose weights do not fit it.
    """
    tensors, header = read_safetensors(path)
    if header.get("format") != FORMAT:
        raise ValueError(
            f"{path} is no model file of ganspeech; python -m ganspeech import makes one of other "
            "projects' files"
        )
    for name, array in tensors.items():
        if array.dtype.kind != "f" or not np.isfinite(array).all():
            raise ValueError(f"{path}: the weight {name} is not made of finite numbers")
    try:
        variables = _nested({name: array.astype(np.float32) for name, array in tensors.items()})
        generator = _generator(header.get("generator", ""))
        spec = AudioSpec.from_json(header.get("spec", ""))
        require_fit(generator, variables, spec, ValueError)
    # A header that somebody edited can hold fields of any type, and modules do not check theirs.
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise ValueError(f"{path}: {error}") from None
    return Model(generator, variables, spec, header.get("about", ""))


def read_safetensors(path: str | Path) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """All tensors of a safetensors file and its header's texts; ``ValueError`` names the file."""
    if not Path(path).is_file():
        raise ValueError(f"no such file: {path}")
    try:
        with safetensors.safe_open(path, framework="numpy") as file:
            names = file.keys()  # the file itself is no mapping
            return {name: file.get_tensor(name) for name in names}, file.metadata() or {}
    except safetensors.SafetensorError as error:
        raise ValueError(f"{path} is no whole safetensors file: {error}") from None
    except (AttributeError, KeyError, TypeError) as error:  # of numbers that NumPy does not have
        raise ValueError(f"{path} has numbers of a type that is not read: {error}") from None


def _generator(text: str) -> linen.Module:
    part = plain.loads(text, "its generator")
    if not isinstance(part, linen.Module) or ".generators." not in type(part).__module__:
        raise ValueError(f"{type(part).__name__} is no generator")
    return part


def weights_as(variables: Tree, dtype: Literal["float16", "float32"]) -> Tree:
    """The weights as arrays of ``dtype``, to be stored.

    ``ValueError`` names a weight that is NaN, infinite or too large for float16.
    """
    limit = np.finfo(dtype).max

    def convert(place: Any, leaf: Any) -> np.ndarray:
        array = np.asarray(leaf)
        name = ".".join(str(key.key) for key in place)
        if not np.isfinite(array).all():
            raise ValueError(f"the weight {name} has NaN or infinite values")
        if np.abs(array).max(initial=0) > limit:
            raise ValueError(f"the weight {name} has values too large for {dtype}, use float32")
        return array.astype(dtype)

    return jax.tree_util.tree_map_with_path(convert, variables)


def _flat(tree: Any, prefix: str = "") -> dict[str, np.ndarray]:
    if not hasattr(tree, "items"):
        return {prefix: np.ascontiguousarray(tree)}
    found: dict[str, np.ndarray] = {}
    for key, value in tree.items():
        found |= _flat(value, f"{prefix}.{key}" if prefix else str(key))
    return found


def _nested(flat: dict[str, np.ndarray]) -> Tree:
    tree: dict[str, Any] = {}
    # In order of names, so that a weight comes before what pretends to lie inside it.
    for name, array in sorted(flat.items()):
        *path, last = name.split(".")
        node = tree
        for key in path:
            node = node.setdefault(key, {})
            if not isinstance(node, dict):
                raise ValueError(f"the weight {name} lies inside another weight")
        node[last] = array
    return tree
