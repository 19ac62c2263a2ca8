"""A folder of Hugging Face's wav2vec 2.0, HuBERT or WavLM as an encoder.

It holds config.json, preprocessor_config.json and model.safetensors or pytorch_model.bin.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ganspeech.formats.tensors import ForeignFileError, Reader, Tensors
from ganspeech.game.contract import Tree
from ganspeech.interop.encoders.network import network_of
from ganspeech.interop.encoders.weights import variables_of
from ganspeech.interop.hugging_face import CONFIG, read_json, read_weights
from ganspeech.interop.vocoders.stated import Stated
from ganspeech.models.encoder import SAMPLE_RATE, Encoder
from ganspeech.models.files import fingerprint
from ganspeech.models.fit import require_shapes
from ganspeech.process.messages import printable
from ganspeech.recognizers.encoders.encoder import SpeechEncoder

KINDS = ("wav2vec2", "hubert", "wavlm")
"""Values of `model_type` that are read."""
PREPROCESSOR = "preprocessor_config.json"
PART = "a part of an encoder of Hugging Face"
WITHOUT_LABELS = ("Model", "ForPreTraining")
"""Ends of architectures that learned from audio alone."""
LABELED_HEADS = ("lm_head.", "classifier.", "projector.")
"""Starts of tensors of heads that learn from labels."""


def read_encoder(folder: str | Path) -> Encoder:
    """Reads the encoder of such a folder; heads of its checkpoint are left out.

    It is `labeled` if the architecture of the config, or a head among the weights, learns from
    labels, as transcripts are. Raises ForeignFileError, naming the file and its fault: missing or
    damaged, of another kind, with fields that are not supported or contradict the weights.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise ForeignFileError(f"no such folder: {folder}")
    path = folder / CONFIG
    config = read_json(path, PART)
    kind = config.get("model_type")
    if kind not in KINDS:
        raise ForeignFileError(
            f"{path}: model_type is {printable(repr(kind))}, not one of {', '.join(KINDS)}"
        )
    normalize = _normalizes(folder / PREPROCESSOR)
    tensors, source = read_weights(folder)
    labeled = _labeled(config, tensors, path)
    reader = Reader(_body(tensors, kind), source)
    variables = variables_of(reader)
    network = network_of(Stated(config, _naming(path)), variables, str(path))
    _require_fit(network, variables, reader)
    return Encoder(
        network=network,
        variables=variables,
        normalize=normalize,
        labeled=labeled,
        name=folder.resolve().name,
        fingerprint=fingerprint(f"{network!r} {normalize}", variables),
    )


def _naming(path: Path):
    return lambda what: ForeignFileError(f"{path}: {what}")


def _normalizes(path: Path) -> bool:
    """Whether audio is brought to zero mean and unit variance first."""
    stated = Stated(settings := read_json(path, PART), _naming(path))
    stated.require("feature_extractor_type", "Wav2Vec2FeatureExtractor", "the only one of ours")
    stated.require("sampling_rate", SAMPLE_RATE, "the only one of ours")
    stated.require("feature_size", 1, "the only one of ours")
    normalize = settings.get("do_normalize", True)
    if not isinstance(normalize, bool):
        raise ForeignFileError(
            f"{path}: do_normalize must be true or false, not {printable(repr(normalize))}"
        )
    return normalize


def _labeled(config: dict[str, Any], tensors: Iterable[str], path: Path) -> bool:
    named = config.get("architectures") or []
    if not isinstance(named, list) or not all(isinstance(one, str) for one in named):
        raise ForeignFileError(f"{path}: architectures must be a list of names")
    by_name = any(not name.endswith(WITHOUT_LABELS) for name in named)
    return by_name or any(name.startswith(LABELED_HEADS) for name in tensors)


def _body(tensors: Tensors, kind: str) -> Tensors:
    """Tensors of the encoder itself, without the prefix that they have beside a head."""
    prefix = f"{kind}."
    inside = {
        name.removeprefix(prefix): tensor
        for name, tensor in tensors.items()
        if name.startswith(prefix)
    }
    return inside or tensors


def _require_fit(network: SpeechEncoder, variables: Tree, reader: Reader) -> None:
    audio = jax.ShapeDtypeStruct((1, 2 * network.span), jnp.float32)
    lengths = jax.ShapeDtypeStruct((1,), jnp.int32)
    key = jax.random.key(0)
    wanted = jax.eval_shape(lambda x, n: network.init(key, x, n, 0), audio, lengths)
    require_shapes(wanted, variables, reader.error)
    for place, array in jax.tree_util.tree_leaves_with_path(variables):
        if not np.isfinite(array).all():
            name = "/".join(str(key.key) for key in place)
            raise reader.error(f"{name} has values that are NaN or infinite")
