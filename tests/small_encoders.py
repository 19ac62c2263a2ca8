"""Folders of small random encoders, as Hugging Face has them, made without its package."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import safetensors.numpy

CONFIG = {
    "conv_dim": [8, 12],
    "conv_kernel": [10, 8],
    "conv_stride": [5, 8],
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 20,
    "num_conv_pos_embeddings": 4,
    "num_conv_pos_embedding_groups": 2,
}
"""A frame every 40 samples, of 45: 400 in a second."""
PREPROCESSOR = {"sampling_rate": 16000, "do_normalize": True, "feature_size": 1}
MODELS = {"wav2vec2": "Wav2Vec2", "hubert": "Hubert", "wavlm": "WavLM"}


def small_tensors(kind: str) -> dict[str, np.ndarray]:
    """Weights of the base style by their names in transformers."""
    rng = np.random.default_rng(0)

    def draw(*shape: int) -> np.ndarray:
        return rng.normal(0, 1 / np.sqrt(np.prod(shape[1:])), shape).astype("f4")

    def dense(name: str, inputs: int, outputs: int) -> dict[str, np.ndarray]:
        return {f"{name}.weight": draw(outputs, inputs), f"{name}.bias": draw(outputs)}

    def norm(name: str, width: int) -> dict[str, np.ndarray]:
        return {f"{name}.weight": np.ones(width, "f4"), f"{name}.bias": np.zeros(width, "f4")}

    convs, positions = "feature_extractor.conv_layers", "encoder.pos_conv_embed.conv"
    tensors = {
        f"{convs}.0.conv.weight": draw(8, 1, 10),
        **norm(f"{convs}.0.layer_norm", 8),
        f"{convs}.1.conv.weight": draw(12, 8, 8),
        **norm("feature_projection.layer_norm", 12),
        **dense("feature_projection.projection", 12, 16),
        f"{positions}.weight_g": np.ones((1, 1, 4), "f4"),
        f"{positions}.weight_v": draw(16, 8, 4),
        f"{positions}.bias": draw(16),
        **norm("encoder.layer_norm", 16),
        "masked_spec_embed": draw(16),
    }
    for n in range(2):
        layer = f"encoder.layers.{n}"
        for part in "qkv":
            tensors |= dense(f"{layer}.attention.{part}_proj", 16, 16)
        tensors |= dense(f"{layer}.attention.out_proj", 16, 16)
        tensors |= dense(f"{layer}.feed_forward.intermediate_dense", 16, 20)
        tensors |= dense(f"{layer}.feed_forward.output_dense", 20, 16)
        tensors |= norm(f"{layer}.layer_norm", 16) | norm(f"{layer}.final_layer_norm", 16)
        if kind == "wavlm":
            tensors |= dense(f"{layer}.attention.gru_rel_pos_linear", 8, 8)
            tensors[f"{layer}.attention.gru_rel_pos_const"] = np.ones((1, 2, 1, 1), "f4")
    if kind == "wavlm":
        tensors["encoder.layers.0.attention.rel_attn_embed.weight"] = draw(8, 2)
    return tensors


def small_config(kind: str, head: str = "Model") -> dict[str, Any]:
    """Config of these weights."""
    more = {"num_buckets": 8, "max_bucket_distance": 20} if kind == "wavlm" else {}
    return CONFIG | more | {"model_type": kind, "architectures": [f"{MODELS[kind]}{head}"]}


def encoder_folder(folder: Path, kind: str = "hubert", head: str = "Model", **config: Any) -> Path:
    """Writes such a folder; with a head, weights have the prefix of the encoder."""
    tensors = small_tensors(kind)
    if head != "Model":
        tensors = {f"{kind}.{name}": tensor for name, tensor in tensors.items()}
        tensors["lm_head.weight"] = np.zeros((5, 16), "f4")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(small_config(kind, head) | config))
    (folder / "preprocessor_config.json").write_text(json.dumps(PREPROCESSOR))
    (folder / "model.safetensors").write_bytes(safetensors.numpy.save(tensors))
    return folder
