"""Weights of `Wav2Vec2Model`, `HubertModel` and `WavLMModel` as variables of our encoder."""

from typing import Any

from ganspeech.formats.tensors import Reader
from ganspeech.game.contract import Tree

NEVER_READ = r"masked_spec_embed$"
"""Tensors that only training uses."""


def variables_of(reader: Reader) -> Tree:
    """Takes all tensors of an encoder; weight normalization is folded.

    Raises ForeignFileError, naming the tensor, for one that is missing or left over.
    """
    params: dict[str, Any] = {"waveform": _waveform(reader)}
    if reader.has("feature_projection.layer_norm.weight"):
        params["projection_norm"] = reader.norm("feature_projection.layer_norm")
    params["projection"] = reader.dense("feature_projection.projection")
    positions = reader.conv("encoder.pos_conv_embed.conv", weight_norm=False)
    params["positions"] = {"convolution": positions}
    params["norm"] = reader.norm("encoder.layer_norm")
    distances = "encoder.layers.0.attention.rel_attn_embed.weight"
    if reader.has(distances):
        params["distances"] = {"table": reader.array(distances)}
    for n in range(reader.count("encoder.layers")):
        params[f"layer_{n}"] = _layer(reader, f"encoder.layers.{n}")
    reader.done(NEVER_READ)
    return {"params": params}


def _waveform(reader: Reader) -> dict[str, Any]:
    params, prefix = {}, "feature_extractor.conv_layers"
    for n in range(reader.count(prefix)):
        bias = reader.has(f"{prefix}.{n}.conv.bias")
        params[f"conv_{n}"] = reader.conv(f"{prefix}.{n}.conv", weight_norm=False, bias=bias)
        if reader.has(f"{prefix}.{n}.layer_norm.weight"):
            params[f"norm_{n}"] = reader.norm(f"{prefix}.{n}.layer_norm")
    return params


def _layer(reader: Reader, name: str) -> dict[str, Any]:
    attention: dict[str, Any] = {
        ours: reader.dense(f"{name}.attention.{theirs}_proj")
        for ours, theirs in {"query": "q", "key": "k", "value": "v", "out": "out"}.items()
    }
    if reader.has(f"{name}.attention.gru_rel_pos_const"):
        attention["gate"] = reader.dense(f"{name}.attention.gru_rel_pos_linear")
        attention["gate_scale"] = reader.array(f"{name}.attention.gru_rel_pos_const").reshape(-1)
    return {
        "attention": attention,
        "attention_norm": reader.norm(f"{name}.layer_norm"),
        "wide": reader.dense(f"{name}.feed_forward.intermediate_dense"),
        "narrow": reader.dense(f"{name}.feed_forward.output_dense"),
        "dense_norm": reader.norm(f"{name}.final_layer_norm"),
    }
