"""wav2vec 2.0, HuBERT and WavLM against Hugging Face transformers: hidden states and scaling."""

import re

import jax.numpy as jnp
import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="parity needs the extra: pip install -e .[parity]")
transformers = pytest.importorskip(
    "transformers", reason="parity needs the extra: pip install -e .[parity]"
)

from ganspeech.interop.encoders.folder import read_encoder  # noqa: E402

FAMILIES = ("Wav2Vec2", "Hubert", "WavLM")
SMALL = {
    "hidden_size": 32,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "intermediate_size": 48,
    "conv_dim": [16, 16, 24],
    "conv_kernel": [10, 3, 2],
    "conv_stride": [5, 2, 2],
    "num_conv_pos_embeddings": 8,
    "num_conv_pos_embedding_groups": 4,
}
STYLES = {
    "base": {},
    "large": {"feat_extract_norm": "layer", "conv_bias": True, "do_stable_layer_norm": True},
}
EVERY = [(family, style) for family in FAMILIES for style in STYLES]
HEADS = [("Wav2Vec2", "ForPreTraining"), *((family, "ForCTC") for family in FAMILIES)]
BUCKETS = {"num_buckets": 20, "max_bucket_distance": 90}
LENGTHS = (4000, 1733, 900)


def model(family, style, head="Model", **more):
    """Theirs, with weights that are large enough for each to be heard."""
    settings = SMALL | STYLES[style] | (BUCKETS if family == "WavLM" else {}) | more
    torch.manual_seed(0)
    config = getattr(transformers, f"{family}Config")(**settings)
    made = getattr(transformers, f"{family}{head}")(config).eval()
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.add_(0.2 * torch.randn_like(parameter))
    return made


def saved(theirs, folder, normalize=True, **settings):
    theirs.save_pretrained(folder, **settings)
    transformers.Wav2Vec2FeatureExtractor(do_normalize=normalize).save_pretrained(folder)
    return folder


def sounds():
    rng = np.random.default_rng(0)
    return [(0.1 * rng.normal(size=n) + 0.02).astype("f4") for n in LENGTHS]


def hidden_states(theirs, audio, **inputs):
    """All hidden states of theirs; the last is normalized, where they normalize it."""
    with torch.no_grad():
        out = theirs(torch.from_numpy(audio), output_hidden_states=True, **inputs)
    return [*out.hidden_states[:-1], out.last_hidden_state]


def assert_close(ours, theirs):
    assert np.abs(theirs).std() > 0.1
    np.testing.assert_allclose(ours, theirs, atol=1e-4)


@pytest.mark.parametrize("family, style", EVERY)
def test_hidden_states_are_theirs(family, style, tmp_path):
    theirs = model(family, style)
    ours = read_encoder(saved(theirs, tmp_path))
    extractor = transformers.Wav2Vec2FeatureExtractor.from_pretrained(tmp_path)
    assert not ours.labeled and ours.rate == 800.0
    for audio in sounds():
        scaled = extractor(audio, sampling_rate=16000, return_tensors="np").input_values
        for layer, expected in enumerate(hidden_states(theirs, scaled)):
            assert_close(ours(audio, layer=layer), expected[0].numpy())


@pytest.mark.filterwarnings("ignore:Support for mismatched key_padding_mask:UserWarning")
@pytest.mark.parametrize("family, style", EVERY)
def test_a_batch_of_several_lengths_is_each_alone(family, style, tmp_path):
    theirs = model(family, style)
    ours = read_encoder(saved(theirs, tmp_path, normalize=False))
    batch = np.zeros((len(LENGTHS), max(LENGTHS)), np.float32)
    for row, audio in zip(batch, sounds()):
        row[: len(audio)] = audio
    mask = torch.arange(max(LENGTHS)) < torch.tensor(LENGTHS)[:, None]
    masked = hidden_states(theirs, batch, attention_mask=mask.long())
    for layer in (0, 2, 3):
        made = ours.network.apply(ours.variables, batch, jnp.array(LENGTHS), layer)
        for row, audio in enumerate(sounds()):
            frames = ours.network.frames(len(audio))
            assert_close(made[row, :frames], hidden_states(theirs, audio[None])[layer][0].numpy())
            if style == "large":  # with group norm, theirs depends on the padding
                assert_close(made[row, :frames], masked[layer][row, :frames].numpy())


@pytest.mark.parametrize("family, head", HEADS)
def test_heads_are_left_out_and_transcripts_are_told(family, head, tmp_path):
    theirs = model(family, "base", head, vocab_size=7)
    ours = read_encoder(saved(theirs, tmp_path))
    assert ours.labeled == (head == "ForCTC")
    audio = sounds()[1]
    scaled = (audio - audio.mean()) / np.sqrt(audio.var() + 1e-7)
    body = getattr(theirs, theirs.base_model_prefix)
    expected = hidden_states(body, scaled[None])[2][0].numpy()
    assert_close(ours(audio, layer=2), expected)


@pytest.mark.filterwarnings("ignore:.*weight_norm.*:FutureWarning")
def test_the_older_spelling_of_weight_norm_and_of_files(tmp_path):
    theirs = model("Hubert", "base")
    ours = read_encoder(saved(theirs, tmp_path))
    tensors = {
        re.sub(
            r"parametrizations\.weight\.original(\d)", lambda m: "weight_" + "gv"[int(m[1])], n
        ): t
        for n, t in theirs.state_dict().items()
    }
    assert "encoder.pos_conv_embed.conv.weight_g" in tensors
    (tmp_path / "model.safetensors").unlink()
    torch.save(tensors, tmp_path / "pytorch_model.bin")
    again = read_encoder(tmp_path)
    assert again.fingerprint == ours.fingerprint


def test_a_published_size(tmp_path):
    theirs = transformers.WavLMModel(transformers.WavLMConfig(num_hidden_layers=1)).eval()
    ours = read_encoder(saved(theirs, tmp_path))
    assert (ours.network.hop, ours.network.span, ours.rate) == (320, 400, 50.0)
    audio = np.random.default_rng(0).normal(size=32000).astype("f4")
    scaled = (audio - audio.mean()) / np.sqrt(audio.var() + 1e-7)
    assert_close(ours(audio, layer=1), hidden_states(theirs, scaled[None])[1][0].numpy())
