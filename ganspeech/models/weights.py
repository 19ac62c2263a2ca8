"""Variables of a network in a safetensors file, whose header says what they are for."""

from pathlib import Path
from typing import Any, Literal

import jax
import ml_dtypes  # noqa: F401  (numpy learns bfloat16 by it)
import numpy as np
import safetensors
import safetensors.numpy

from ganspeech.audio.files import write_whole
from ganspeech.game.contract import Tree


def write_weights(
    path: str | Path, variables: Tree, header: dict[str, str], dtype: Literal["float16", "float32"]
) -> None:
    """Writes variables, whole or not at all; float16 halves the file.

    ``ValueError`` names a weight that is NaN, infinite or too large for float16.
    """
    tensors = _flat(weights_as(variables, dtype))
    write_whole(Path(path), safetensors.numpy.save(tensors, header))


def variables_of(tensors: dict[str, np.ndarray]) -> Tree:
    """What ``write_weights`` wrote, as float32; ``ValueError`` for what is not made of numbers."""
    for name, array in tensors.items():
        if array.dtype.kind != "f" or not np.isfinite(array).all():
            raise ValueError(f"the weight {name} is not made of finite numbers")
    return _nested({name: array.astype(np.float32) for name, array in tensors.items()})


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


def kind_of(path: str | Path) -> str:
    """Of which kind a model file of ours is: vocoder, recognizer or voice; "" for other files."""
    try:
        with safetensors.safe_open(path, framework="numpy") as file:
            form = (file.metadata() or {}).get("format", "")
    except (OSError, safetensors.SafetensorError):
        return ""
    return form.split("-")[1] if form.startswith("ganspeech-") else ""


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
