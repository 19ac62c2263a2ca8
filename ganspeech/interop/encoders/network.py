"""The network of a config and of weights, which must not contradict each other."""

import math
from typing import Any

from ganspeech.formats.tensors import ForeignFileError
from ganspeech.game.contract import Tree
from ganspeech.interop.vocoders.stated import Stated
from ganspeech.recognizers.encoders.encoder import SpeechEncoder

LARGEST_HOP = 16000
"""Samples of the longest frame that is read: a second."""
_ONLY = {
    "hidden_act": "gelu",
    "feat_extract_activation": "gelu",
    "conv_pos_batch_norm": False,
    "add_adapter": False,
    "adapter_attn_dim": None,
}
"""Fields that have a single supported value."""


def network_of(stated: Stated, variables: Tree, path: str) -> SpeechEncoder:
    """Network of an encoder's weights; what they do not show is the config's, `path`.

    Raises ForeignFileError, naming the field, for a value that is not supported or contradicts the
    weights.
    """
    for name, value in _ONLY.items():
        stated.require(name, value, "the only one of ours")
    params, default = variables["params"], SpeechEncoder()
    kernels = [params["waveform"][f"conv_{n}"]["kernel"] for n in range(_count(params, "conv_"))]
    if not kernels:
        raise ForeignFileError(f"{path}: the weights beside it have no feature_extractor")
    positions = params["positions"]["convolution"]["kernel"]
    layers = _count(params, "layer_")
    if not layers:
        raise ForeignFileError(f"{path}: the weights beside it have no encoder.layers")
    width = params["projection"]["kernel"].shape[-1]
    table = params.get("distances", {}).get("table")
    found = SpeechEncoder(
        widths=tuple(kernel.shape[-1] for kernel in kernels),
        kernels=tuple(kernel.shape[0] for kernel in kernels),
        strides=_strides(stated, len(kernels), path),
        norm=_one_of(stated, "feat_extract_norm", "group", ("group", "layer"), path),
        conv_bias="bias" in params["waveform"]["conv_0"],
        projection_norm="projection_norm" in params,
        width=width,
        layers=layers,
        heads=stated.value("num_attention_heads", default.heads),
        inner=params["layer_0"]["wide"]["kernel"].shape[-1],
        position_kernel=positions.shape[0],
        position_groups=max(width // positions.shape[1], 1),
        norm_first=_one_of(stated, "do_stable_layer_norm", False, (False, True), path),
        epsilon=stated.value("layer_norm_eps", default.epsilon),
        buckets=0 if table is None else len(table),
        farthest=stated.value("max_bucket_distance", default.farthest),
    )
    _require_sound(found, path)
    _require_stated(stated, found)
    return found


def _require_sound(found: SpeechEncoder, path: str) -> None:
    """Raises ForeignFileError for numbers of the config that no encoder can have."""
    for name, value, good, rule in (
        (
            "num_attention_heads",
            found.heads,
            type(found.heads) is int and found.heads > 0 and found.width % found.heads == 0,
            f"a whole number that divides hidden_size, {found.width}",
        ),
        (
            "layer_norm_eps",
            found.epsilon,
            isinstance(found.epsilon, float) and 0 < found.epsilon < 1,
            "a number above 0 and below 1",
        ),
        (
            "num_buckets",
            found.buckets,
            found.buckets == 0 or (found.buckets >= 4 and found.buckets % 2 == 0),
            "an even number from 4",
        ),
        (
            "max_bucket_distance",
            found.farthest,
            type(found.farthest) is int and found.buckets // 4 < found.farthest < 1 << 24,
            f"a whole number above a quarter of num_buckets, {found.buckets}",
        ),
    ):
        if not good:
            raise ForeignFileError(f"{path}: {name} must be {rule}, not {value!r:.60}")


def _require_stated(stated: Stated, found: SpeechEncoder) -> None:
    """Raises ForeignFileError for a field that the weights contradict."""
    for name, value in {
        "conv_dim": found.widths,
        "conv_kernel": found.kernels,
        "conv_bias": found.conv_bias,
        "num_feat_extract_layers": len(found.widths),
        "feat_proj_layer_norm": found.projection_norm,
        "hidden_size": found.width,
        "num_hidden_layers": found.layers,
        "intermediate_size": found.inner,
        "num_conv_pos_embeddings": found.position_kernel,
        "num_conv_pos_embedding_groups": found.position_groups,
    }.items():
        stated.require(name, value, "that of the weights")
    if found.buckets:
        stated.require("num_buckets", found.buckets, "that of the weights")


def _strides(stated: Stated, count: int, path: str) -> tuple[int, ...]:
    strides: Any = stated.value("conv_stride", SpeechEncoder().strides)
    whole = isinstance(strides, tuple) and all(type(n) is int and n > 0 for n in strides)
    if not whole or len(strides) != count or math.prod(strides) > LARGEST_HOP:
        raise ForeignFileError(
            f"{path}: conv_stride must be {count} whole numbers from 1, one for each convolution, "
            f"of a product up to {LARGEST_HOP}, not {strides!r:.60}"
        )
    return strides


def _one_of(stated: Stated, name: str, default: Any, known: tuple[Any, ...], path: str) -> Any:
    value = stated.value(name, default)
    if value not in known or type(value) is not type(known[0]):
        choices = ", ".join(map(repr, known))
        raise ForeignFileError(f"{path}: {name} must be one of {choices}, not {value!r:.60}")
    return value


def _count(params: Tree, start: str) -> int:
    part = params["waveform"] if start == "conv_" else params
    return sum(name.startswith(start) for name in part)
