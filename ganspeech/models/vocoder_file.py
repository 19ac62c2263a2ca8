"""A vocoder in one file: safetensors whose header holds the generator and the audio spec as JSON.

The format that shipped vocoders have, and imported ones get. It holds no code and no pickle.
"""

import dataclasses
import json
from pathlib import Path
from typing import Literal

from flax import linen

from ganspeech.audio import AudioSpec
from ganspeech.config import serialize
from ganspeech.game.contract import Tree
from ganspeech.interop.formats.tensors import require_fit
from ganspeech.models.weights import read_safetensors, variables_of, write_weights

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
    header = {
        "format": FORMAT,
        "generator": json.dumps(json.loads(serialize.dumps(model.generator))),
        "spec": model.spec.to_json(),
        "about": model.about,
    }
    write_weights(path, model.variables, header, dtype)


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
    try:
        variables = variables_of(tensors)
        generator = _generator(header.get("generator", ""))
        spec = AudioSpec.from_json(header.get("spec", ""))
        require_fit(generator, variables, spec, ValueError)
    # A header that somebody edited can hold fields of any type, and modules do not check theirs.
    except ZeroDivisionError:
        raise ValueError(f"{path}: its generator has a size of 0") from None
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise ValueError(f"{path}: {error}") from None
    return Model(generator, variables, spec, header.get("about", ""))


def _generator(text: str) -> linen.Module:
    part = serialize.loads(text, "its generator")
    if not isinstance(part, linen.Module) or ".generators." not in type(part).__module__:
        raise ValueError(f"{type(part).__name__} is no generator")
    return part
