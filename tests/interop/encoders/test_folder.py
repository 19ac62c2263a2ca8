"""Folders of encoders: what is read, what is told to be labeled, what is refused."""

import json

import numpy as np
import pytest
import safetensors.numpy
from small_encoders import MODELS, encoder_folder, small_tensors

from ganspeech.formats.tensors import ForeignFileError
from ganspeech.interop.encoders.folder import read_encoder


@pytest.mark.parametrize("kind", MODELS)
def test_every_kind_is_read(kind, tmp_path):
    encoder = read_encoder(encoder_folder(tmp_path / "small", kind))
    assert (encoder.name, encoder.rate, encoder.normalize) == ("small", 400.0, True)
    assert encoder.network.buckets == (8 if kind == "wavlm" else 0)
    assert not encoder.labeled
    made = encoder(np.sin(np.arange(2000, dtype=np.float32)), layer=2)
    assert made.shape == (49, 16) and made.dtype == np.float32


@pytest.mark.parametrize("kind", MODELS)
def test_what_learned_from_transcripts_is_labeled(kind, tmp_path):
    plain = read_encoder(encoder_folder(tmp_path / "plain", kind))
    with_head = read_encoder(encoder_folder(tmp_path / "head", kind, "ForCTC"))
    assert with_head.labeled and with_head.fingerprint == plain.fingerprint
    # A head among the weights tells as much as a name.
    assert read_encoder(encoder_folder(tmp_path / "a", kind, "ForCTC", architectures=None)).labeled


def test_the_fingerprint_is_that_of_what_is_made(tmp_path):
    folder = encoder_folder(tmp_path / "one")
    first = read_encoder(folder).fingerprint
    assert read_encoder(encoder_folder(tmp_path / "two")).fingerprint == first
    (folder / "preprocessor_config.json").write_text('{"do_normalize": false}')
    assert read_encoder(folder).fingerprint != first
    tensors = small_tensors("hubert")
    tensors["encoder.layer_norm.bias"] = np.full(16, 0.1, "f4")
    (tmp_path / "two" / "model.safetensors").write_bytes(safetensors.numpy.save(tensors))
    assert read_encoder(tmp_path / "two").fingerprint != first


REFUSED = {
    "model_type": ("whisper", "'whisper', not one of wav2vec2, hubert, wavlm"),
    "hidden_act": ("relu", "of its config is 'relu', but the only one of ours is 'gelu'"),
    "feat_extract_activation": ("gelu_new", "of its config is 'gelu_new', but"),
    "conv_pos_batch_norm": (True, "of its config is True, but"),
    "add_adapter": (True, "of its config is True, but"),
    "adapter_attn_dim": (16, "of its config is 16, but"),
    "feat_extract_norm": ("batch", "must be one of 'group', 'layer', not 'batch'"),
    "do_stable_layer_norm": (1, "must be one of False, True, not 1"),
    "num_attention_heads": (3, "must be a whole number that divides hidden_size, 16, not 3"),
    "layer_norm_eps": ("x", "must be a number above 0 and below 1, not 'x'"),
    "conv_stride": ([5], "must be 2 whole numbers from 1, one for each convolution"),
    "conv_kernel": ([10, 3], "of its config is [10, 3], but that of the weights is (10, 8)"),
    "conv_bias": (True, "of its config is True, but that of the weights is False"),
    "hidden_size": (32, "of its config is 32, but that of the weights is 16"),
    "num_hidden_layers": (12, "of its config is 12, but that of the weights is 2"),
    "num_conv_pos_embedding_groups": (4, "of its config is 4, but that of the weights is 2"),
    "architectures": ("Hubert", "must be a list of names"),
}


@pytest.mark.parametrize("field", REFUSED)
def test_fields_that_do_not_fit_are_named(field, tmp_path):
    value, told = REFUSED[field]
    folder = encoder_folder(tmp_path, **{field: value})
    with pytest.raises(ForeignFileError) as caught:
        read_encoder(folder)
    assert f"{folder / 'config.json'}: {field} " in str(caught.value)
    assert told in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize("field, value", [("num_buckets", 10), ("max_bucket_distance", 2)])
def test_fields_of_distances_are_named(field, value, tmp_path):
    folder = encoder_folder(tmp_path, "wavlm", **{field: value})
    with pytest.raises(ForeignFileError, match=f"config.json: {field} "):
        read_encoder(folder)


@pytest.mark.parametrize("name", ["config.json", "preprocessor_config.json", "model.safetensors"])
def test_missing_and_damaged_files_are_named(name, tmp_path):
    folder = encoder_folder(tmp_path)
    (folder / name).write_bytes(b"{")
    with pytest.raises(ForeignFileError, match=name):
        read_encoder(folder)
    (folder / name).unlink()
    with pytest.raises(ForeignFileError, match=f"no such file: .*{name}"):
        read_encoder(folder)


@pytest.mark.parametrize(
    "field, value",
    [
        ("sampling_rate", 8000),
        ("feature_extractor_type", "SeamlessM4TFeatureExtractor"),
        ("do_normalize", "yes"),
    ],
)
def test_other_preparation_is_refused(field, value, tmp_path):
    folder = encoder_folder(tmp_path)
    (folder / "preprocessor_config.json").write_text(json.dumps({field: value}))
    with pytest.raises(ForeignFileError, match=rf"preprocessor_config.json: {field} "):
        read_encoder(folder)


def test_weights_that_do_not_fit_are_named(tmp_path):
    folder = encoder_folder(tmp_path)
    for change, told in (
        ({"encoder.layers.1.layer_norm.weight": None}, "no tensor 'encoder.layers.1.layer_norm.w"),
        ({"strange": np.ones(1, "f4")}, "the first is 'strange'"),
        ({"encoder.layer_norm.bias": np.full(16, np.nan, "f4")}, "params/norm/bias has values"),
        ({"encoder.layer_norm.bias": np.ones(3, "f4")}, "params/norm/bias is [3], but this"),
        ({"encoder.pos_conv_embed.conv.weight_g": np.ones((1, 4, 1), "f4")}, "weight_g is [1, 4"),
    ):
        tensors = small_tensors("hubert") | change
        kept = {name: tensor for name, tensor in tensors.items() if tensor is not None}
        (folder / "model.safetensors").write_bytes(safetensors.numpy.save(kept))
        with pytest.raises(ForeignFileError) as caught:
            read_encoder(folder)
        assert "model.safetensors: " in str(caught.value) and told in str(caught.value)
