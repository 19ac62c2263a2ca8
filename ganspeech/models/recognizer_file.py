"""A recogniser in one file: safetensors whose header holds the network and what it hears by.

Like the model files of vocoders, it holds no code and no pickle.
"""

import dataclasses
import json
from pathlib import Path
from typing import Any, Literal

import jax
from flax import linen

from ganspeech.config import serialize
from ganspeech.game.contract import Tree
from ganspeech.interop.formats.tensors import require_shapes
from ganspeech.models.weights import read_safetensors, variables_of, write_weights
from ganspeech.tasks.features import Features
from ganspeech.tasks.recognition import Recognition
from ganspeech.text.vocabulary import Vocabulary

FORMAT = "ganspeech-recognizer-1"
HEARING = ("features", "vocabulary", "stride", "buckets")
"""The fields of a task that a trained recogniser depends on."""


@dataclasses.dataclass(frozen=True)
class RecognizerModel:
    """A recogniser with its weights, and what it hears by."""

    network: linen.Module
    variables: Tree
    """Collections of float32 arrays, ``params`` and whatever else the network has."""
    task: Recognition
    """Its features, vocabulary, stride and buckets; the rest matters to training alone."""
    about: str = ""
    """Where it comes from, in a sentence."""


def save_recognizer(
    path: str | Path, model: RecognizerModel, dtype: Literal["float16", "float32"] = "float32"
) -> None:
    """Writes a recogniser, whole or not at all; float16 halves the file.

    ``ValueError`` names a weight that is NaN, infinite or too large for float16.
    """
    parts = {"network": model.network} | {name: getattr(model.task, name) for name in HEARING}
    header = {name: json.dumps(json.loads(serialize.dumps(part))) for name, part in parts.items()}
    header |= {"format": FORMAT, "about": model.about}
    write_weights(path, model.variables, header, dtype)


def read_recognizer(path: str | Path) -> RecognizerModel:
    """Reads such a file; the weights are float32 whatever they were stored in.

    ``ValueError``, naming the file, for what is no recogniser, for a damaged file, and for a
    network that this version does not have or whose weights do not fit it.
    """
    tensors, header = read_safetensors(path)
    if header.get("format") != FORMAT:
        raise ValueError(f"{path} is no recogniser of ganspeech")
    try:
        network = _part(header, "network", linen.Module)
        if ".recognizers." not in type(network).__module__:
            raise ValueError(f"{type(network).__name__} is no recogniser")
        task = Recognition(
            features=_part(header, "features", Features),
            vocabulary=_part(header, "vocabulary", Vocabulary),
            stride=_part(header, "stride", int),
            buckets=_part(header, "buckets", tuple),
        )
        variables = variables_of(tensors)
        init = jax.eval_shape(lambda key: network.init(key, *task.example()), jax.random.key(0))
        require_shapes(init, variables, ValueError)
    # A header that somebody edited can hold fields of any type, and modules do not check theirs.
    except ZeroDivisionError:
        raise ValueError(f"{path}: its network has a size of 0") from None
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise ValueError(f"{path}: {error}") from None
    return RecognizerModel(network, variables, task, header.get("about", ""))


def _part(header: dict[str, str], name: str, kind: type) -> Any:
    part = serialize.loads(header.get(name, ""), f"its {name}")
    if not isinstance(part, kind):
        raise ValueError(f"its {name} is no {kind.__name__}, but {type(part).__name__}")
    return part
