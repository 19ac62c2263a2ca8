"""Model files: safetensors whose header says what the weights are for.

Such a file holds no code and no pickle: a format such as `ganspeech-vocoder-1`, the parts of the
model as JSON, and its weights.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast

import jax
import ml_dtypes  # noqa: F401  (registers bfloat16 with NumPy)
import numpy as np
import safetensors
import safetensors.numpy

from ganspeech.config import serialize
from ganspeech.game.contract import Tree
from ganspeech.process.writing import write_whole
from ganspeech.shipped import Kind

if TYPE_CHECKING:
    from ganspeech.models.discriminators import Discriminators

Precision = Literal["float16", "float32"]
Part = TypeVar("Part")
DISCRIMINATORS = "discriminators"
"""Collection, and entry of the header, of discriminators that a file holds beside its model."""


def write_model(
    path: str | Path,
    kind: Kind,
    variables: Tree,
    header: dict[str, str],
    dtype: Precision,
    discriminators: "Discriminators | None" = None,
) -> None:
    """Writes a model file, whole or not at all; float16 halves it.

    With `discriminators`, games can go on from it. Raises ValueError, naming the weight, for one
    that is NaN, infinite or too large for float16.
    """
    if discriminators:
        variables, header = discriminators.beside(variables, header)
    tensors = _flat(weights_as(variables, dtype))
    header = {"format": f"ganspeech-{kind}-1"} | header
    write_whole(Path(path), safetensors.numpy.save(tensors, header))


def read_model(path: str | Path, kind: Kind) -> tuple[Tree, dict[str, str]]:
    """Variables of a model file, as float32, without discriminators; and its header.

    Raises ValueError, naming the file, for one that is damaged or of another kind or version.
    """
    tensors, header = read_safetensors(path)
    if header.get("format") != f"ganspeech-{kind}-1":
        raise ValueError(f"{path} is {_stranger(header, kind)}")
    with naming(path):
        variables = variables_of(tensors)
        return {name: part for name, part in variables.items() if name != DISCRIMINATORS}, header


@contextmanager
def naming(path: str | Path) -> Iterator[None]:
    """Names the file in errors about its content.

    Edited headers can hold fields of any type, and modules do not check theirs.
    """
    try:
        yield
    except ZeroDivisionError:
        raise ValueError(f"{path}: its network has a size of 0") from None
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise ValueError(f"{path}: {error}") from None


def encode(part: Any) -> str:
    """A part of a model as one line of JSON, for a header."""
    return json.dumps(json.loads(serialize.dumps(part)))


def decode(header: dict[str, str], name: str, *kinds: type[Part]) -> Part:
    """Decodes a part of a header; raises ValueError unless it is of one of those types."""
    part = serialize.loads(header.get(name, ""), f"its {name}")
    if not isinstance(part, kinds):
        wanted = " or a ".join(kind.__name__ for kind in kinds)
        raise ValueError(f"its {name} must be a {wanted}, not {type(part).__name__}")
    return part


def variables_of(tensors: dict[str, np.ndarray]) -> Tree:
    """Variables of a file, as float32; raises ValueError for any that is not finite."""
    for name, array in tensors.items():
        if array.dtype.kind != "f" or not np.isfinite(array).all():
            raise ValueError(f"the weight {name} is not made of finite numbers")
    return _nested({name: array.astype(np.float32) for name, array in tensors.items()})


def read_safetensors(path: str | Path) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """Tensors and header of a safetensors file; raises ValueError, naming the file."""
    if not Path(path).is_file():
        raise ValueError(f"no such file: {path}")
    try:
        with safetensors.safe_open(path, framework="numpy") as file:
            names = file.keys()  # the file itself is no mapping
            return {name: file.get_tensor(name) for name in names}, file.metadata() or {}
    except safetensors.SafetensorError as error:
        raise ValueError(f"{path} is not a valid safetensors file: {error}") from None
    except (AttributeError, KeyError, TypeError) as error:  # types that NumPy lacks
        raise ValueError(f"{path} has numbers of an unsupported type: {error}") from None


def kind_of(path: str | Path) -> Kind | None:
    """Kind of a model file of ours; None for other files."""
    try:
        with safetensors.safe_open(path, framework="numpy") as file:
            return _kind(file.metadata() or {})
    except (OSError, safetensors.SafetensorError):
        return None


def weights_as(variables: Tree, dtype: Precision) -> Tree:
    """The weights as arrays of `dtype`, to be stored.

    Raises ValueError, naming the weight, for one that is NaN, infinite or too large for float16.
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


def fingerprint(about: str, variables: Tree) -> str:
    """Short digest of weights, and of a text that says what network they are of."""
    content = hashlib.blake2b(about.encode(), digest_size=10)
    for place, leaf in jax.tree_util.tree_leaves_with_path(variables):
        content.update(jax.tree_util.keystr(place).encode())
        content.update(np.ascontiguousarray(leaf).data)
    return content.hexdigest()


def _kind(header: dict[str, str]) -> Kind | None:
    form = header.get("format", "")
    return cast(Kind, form.split("-")[1]) if form.startswith("ganspeech-") else None


def _stranger(header: dict[str, str], wanted: Kind) -> str:
    """Describes a file that is no model of the wanted kind and this version."""
    kind = _kind(header)
    if kind == wanted:
        return f"a {kind} of another version of ganspeech, which this version cannot read"
    if kind:
        return f"a {kind} of ganspeech, not a {wanted}: give a {wanted} file"
    return (
        f"not a {wanted} of ganspeech; `ganspeech import` makes model files of other projects' "
        "vocoders and voices"
    )


def _flat(tree: Any, prefix: str = "") -> dict[str, np.ndarray]:
    if not hasattr(tree, "items"):
        return {prefix: np.ascontiguousarray(tree)}
    found: dict[str, np.ndarray] = {}
    for key, value in tree.items():
        found |= _flat(value, f"{prefix}.{key}" if prefix else str(key))
    return found


def _nested(flat: dict[str, np.ndarray]) -> Tree:
    tree: dict[str, Any] = {}
    # Sorted, so that a weight comes before names that claim to lie inside it.
    for name, array in sorted(flat.items()):
        *path, last = name.split(".")
        node = tree
        for key in path:
            node = node.setdefault(key, {})
            if not isinstance(node, dict):
                raise ValueError(f"the weight {name} lies inside another weight")
        node[last] = array
    return tree
