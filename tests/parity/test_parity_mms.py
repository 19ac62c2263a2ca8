"""Hugging Face's VitsModel with random weights and every switch: ours speaks and learns as it."""

import json

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import safetensors.numpy

torch = pytest.importorskip("torch", reason="parity needs the extra: pip install -e .[parity]")
transformers = pytest.importorskip(
    "transformers", reason="parity needs the extra: pip install -e .[parity]"
)

from peers.vits import speak  # noqa: E402
from transformers import VitsConfig, VitsModel  # noqa: E402

from ganspeech.formats.tensors import ForeignFileError  # noqa: E402
from ganspeech.interop.voices.mms import read_mms  # noqa: E402
from ganspeech.text.phonemes.front_ends import Espeak, Plain  # noqa: E402

SMALL = {
    "vocab_size": 12,
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "ffn_dim": 24,
    "flow_size": 8,
    "spectrogram_bins": 17,
    "upsample_initial_channel": 16,
    "upsample_rates": [4, 2],
    "upsample_kernel_sizes": [8, 4],
    "resblock_kernel_sizes": [3, 5],
    "resblock_dilation_sizes": [[1, 3], [1, 2]],
    "prior_encoder_num_flows": 2,
    "prior_encoder_num_wavenet_layers": 2,
    "posterior_encoder_num_wavenet_layers": 3,
    "duration_predictor_num_flows": 2,
    "duration_predictor_filter_channels": 20,
    "depth_separable_num_layers": 2,
    "sampling_rate": 8000,
    "speaking_rate": 0.8,
    "noise_scale": 0.5,
    "noise_scale_duration": 0.7,
}
SPEAKERS = {"num_speakers": 3, "speaker_embedding_size": 6}
CERTAIN = {"use_stochastic_duration_prediction": False}
CASES = {
    "stochastic": {
        "num_attention_heads": 4,
        "window_size": 2,
        "ffn_kernel_size": 5,
        "wavenet_kernel_size": 3,
        "wavenet_dilation_rate": 2,
        "duration_predictor_kernel_size": 5,
        "duration_predictor_flow_bins": 6,
        "duration_predictor_tail_bound": 2.0,
        "duration_predictor_num_flows": 3,
        "prior_encoder_num_flows": 3,
        "spectrogram_bins": 21,
        "upsample_rates": [5],
        "upsample_kernel_sizes": [9],
    },
    "speakers": SPEAKERS,
    # Layers for speakers that nobody asks, where there is one only.
    "deterministic": CERTAIN | {"speaker_embedding_size": 6},
    "deterministic-speakers-without-biases": CERTAIN | SPEAKERS | {"use_bias": False},
}
VOCABULARY = {symbol: n for n, symbol in enumerate("kabcdefgh ")}
IDS = np.array([0, 3, 0, 7, 0, 1, 0, 9, 0, 11, 0])
FRAMES = 9


def random_model(settings):
    """Theirs, with weights large enough for each to be heard, and tokens of a few frames each."""
    torch.manual_seed(0)
    model = VitsModel(VitsConfig(**SMALL | settings)).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name.endswith("original0"):
                parameter.mul_(torch.rand_like(parameter) + 0.5)
            elif "norm" in name and name.endswith("weight"):
                parameter.normal_(1, 0.2)
            elif name.startswith("decoder"):
                parameter.normal_(0, 0.15)
            else:
                parameter.normal_(0, 0.2)
        if model.config.use_stochastic_duration_prediction:
            model.duration_predictor.flows[0].translate.fill_(-1.5)
        else:
            model.duration_predictor.proj.bias.fill_(1.5)
    return model


def save(model, folder):
    model.save_pretrained(folder)
    (folder / "vocab.json").write_text(json.dumps(VOCABULARY))
    (folder / "tokenizer_config.json").write_text(json.dumps({"phonemize": False}))
    return folder


@pytest.fixture(scope="module", params=CASES)
def both(request, tmp_path_factory):
    """Theirs, and ours of the folder they write."""
    theirs = random_model(CASES[request.param])
    return theirs, read_mms(save(theirs, tmp_path_factory.mktemp("voice")))


def test_weights_in_a_file_of_pytorch(both, tmp_path):
    theirs, ours = both
    folder = save(theirs, tmp_path / "voice")
    (folder / "model.safetensors").unlink()
    torch.save(theirs.state_dict(), folder / "pytorch_model.bin")
    jax.tree.map(np.testing.assert_array_equal, read_mms(folder).variables, ours.variables)


def drawing(monkeypatch, *arrays):
    """Has PyTorch draw these, one after the other; returns what it rounds up."""
    left, rounded, ceil = [torch.from_numpy(array) for array in arrays], [], torch.ceil

    def draw(*shape):
        drawn = left.pop(0)
        wanted = tuple(shape[0].shape) if isinstance(shape[0], torch.Tensor) else shape
        return drawn[..., : wanted[-1]].reshape(wanted)

    def round_up(value):
        rounded.append(ceil(value))
        return rounded[-1]

    monkeypatch.setattr(torch, "randn", draw)
    monkeypatch.setattr(torch, "randn_like", draw)
    monkeypatch.setattr(torch, "ceil", round_up)
    return rounded


def test_same_audio_of_the_same_noise(both, monkeypatch):
    theirs, ours = both
    rng = np.random.default_rng(1)
    duration_noise = rng.standard_normal((1, 2, len(IDS)), np.float32)
    noise = rng.standard_normal((1, 8, 400), np.float32)
    certain = not theirs.config.use_stochastic_duration_prediction
    speaker = 2 if ours.speakers else None
    rounded = drawing(monkeypatch, *([noise] if certain else [duration_noise, noise]))
    with torch.no_grad():
        audio = theirs(torch.from_numpy(IDS)[None], speaker_id=speaker).waveform[0].numpy()
    spoken = speak(
        ours,
        IDS,
        duration_noise=np.float32(ours.duration_noise) * duration_noise[0].T,
        noise=np.float32(ours.noise_scale) * noise[0].T,
        speaker=speaker or 0,
        padding=3,
    )
    np.testing.assert_array_equal(spoken.frames, rounded[-1].reshape(-1))
    assert len(IDS) < spoken.frames.sum() < 400
    assert np.abs(audio).max() < 1 and audio.std() > 0.01
    np.testing.assert_allclose(spoken.audio, audio, atol=1e-5)


def test_same_losses(both, monkeypatch):
    """What only training hears: the posterior encoder, the flow and durations the other way."""
    theirs, ours = both
    network = ours.network
    rng = np.random.default_rng(2)
    linear = np.abs(rng.standard_normal((1, ours.spec.bins, FRAMES), np.float32))
    ids = IDS[1:6]
    speakers = jnp.eye(3)[None, 2] if ours.speakers else None
    learn = jax.jit(network.apply, static_argnums=(6, 7, 8))
    taught = learn(
        ours.variables,
        jnp.asarray(ids)[None],
        jnp.array([len(ids)]),
        jnp.asarray(linear.transpose(0, 2, 1)),
        jnp.array([FRAMES]),
        speakers,
        ours.text.size,
        ours.spec,
        FRAMES,
    )
    still = np.zeros((1, 8, FRAMES), np.float32), np.zeros((1, 2, len(ids)), np.float32)
    with torch.no_grad():
        mask = torch.ones(1, 1, FRAMES)
        speaker = theirs.embed_speaker(torch.tensor([2]))[..., None] if ours.speakers else None
        drawing(monkeypatch, *still)
        latent, _, log_std = theirs.posterior_encoder(torch.from_numpy(linear), mask, speaker)
        prior_latent = theirs.flow(latent, mask, speaker)
        audio = theirs.decoder(latent, speaker)
        frames = torch.from_numpy(np.array(taught.path).sum(2))[:, None]
        text_mask = torch.ones(1, 1, len(ids))
        hidden = theirs.text_encoder(torch.from_numpy(ids)[None], text_mask.transpose(1, 2))
        hidden = hidden.last_hidden_state.transpose(1, 2)
        if network.stochastic:
            undo_reversals(theirs.duration_predictor, monkeypatch)
            loss = theirs.duration_predictor(hidden, text_mask, speaker, durations=frames)
        else:
            logarithms = theirs.duration_predictor(hidden, text_mask, speaker)
            loss = torch.sum((logarithms - torch.log(frames + 1e-6)) ** 2, (1, 2))
    pairs = {
        "prior_latent": prior_latent.transpose(1, 2),
        "posterior_log_std": log_std.transpose(1, 2),
        "duration_loss": loss,
        "audio": audio[:, 0],
    }
    for name, array in pairs.items():
        np.testing.assert_allclose(
            getattr(taught, name), array.numpy(), rtol=1e-4, atol=1e-4, err_msg=name
        )


def undo_reversals(predictor, monkeypatch):
    """Has affine layers reverse the pair of numbers, too.

    So does Hugging Face after each of them, and the authors do not. In training alone: when
    speaking, the reversals are those of the authors.
    """
    for affine in (predictor.flows[0], predictor.post_flows[0]):

        def forward(*inputs, before=affine.forward, **settings):
            pair, stretch = before(*inputs, **settings)
            return torch.flip(pair, [1]), stretch

        monkeypatch.setattr(affine, "forward", forward)


def test_texts_are_read_as_their_tokenizer_does(both, tmp_path):
    _, ours = both
    (tmp_path / "vocab.json").write_text(json.dumps(VOCABULARY))
    tokenizer = transformers.VitsTokenizer(str(tmp_path / "vocab.json"), phonemize=False)
    for text in ("A bad cab.", "  Each fee, eh? "):
        assert list(ours.text.spell(text).ids) == tokenizer(text)["input_ids"]


def test_folders_that_cannot_be_used(tmp_path):
    folder = save(random_model(CERTAIN), tmp_path / "voice")
    config, weights = folder / "config.json", folder / "model.safetensors"
    tokenizer, vocabulary = folder / "tokenizer_config.json", folder / "vocab.json"
    good = {path: path.read_bytes() for path in (config, weights, tokenizer, vocabulary)}
    settings = json.loads(good[config])
    rates = {"upsample_rates": [4, 3]}
    other = safetensors.numpy.save({"bert.weight": np.ones(3, "f4")})
    read = safetensors.numpy.load(good[weights])
    project = "text_encoder.project.weight"
    wide = safetensors.numpy.save(read | {project: read[project][:, 1:].copy()})
    fewer = safetensors.numpy.save({k: v for k, v in read.items() if k != project})
    more = safetensors.numpy.save(read | {"vocoder.weight": np.ones(3, "f4")})
    for path, content, told in (
        (config, None, "no such file: .*config.json"),
        (config, b"{", "is no JSON"),
        (config, b"[]", "must hold an object"),
        (config, settings | {"model_type": "speecht5"}, "model_type is 'speecht5', not 'vits'"),
        (config, settings | {"hidden_act": "gelu"}, "hidden_act of its config is 'gelu', but"),
        (config, settings | {"num_attention_heads": 3}, "16 cannot be shared by 3 heads"),
        (config, settings | rates, "upsample_rates of its config must be 2 whole numbers"),
        (config, settings | {"speaking_rate": 0}, "config.json: .*division"),
        (config, settings | {"noise_scale": "x"}, "noise_scale must be from 0 to 2"),
        (config, settings | {"sampling_rate": "x"}, "config.json: "),
        (weights, None, "no such file: .*model.safetensors"),
        (weights, good[weights][:-9], "is not a valid safetensors file"),
        (weights, other, "holds no VITS: nothing in it is named text_encoder"),
        (weights, wide, r"enc_p.proj is \[1, 15, 16\] as our kernel, but it has \[1, 16, 16\]"),
        (weights, fewer, "no tensor 'enc_p.proj.weight'"),
        (weights, more, "1 tensors belong to no layer of this architecture"),
        (vocabulary, None, "no such file: .*vocab.json"),
        (vocabulary, {"a": 12}, "'a' has the number 12, but the network knows 12 symbols"),
        (vocabulary, {"a": 1}, "no symbol has the number 0, that of the blank"),
        (tokenizer, None, "no such file: .*tokenizer_config.json"),
        (tokenizer, {"is_uroman": True}, "is_uroman is set: the voice reads text that uroman has"),
    ):
        if content is None:
            path.unlink()
        else:
            path.write_bytes(
                content if isinstance(content, bytes) else json.dumps(content).encode()
            )
        with pytest.raises(ForeignFileError, match=told) as caught:
            read_mms(folder)
        assert str(folder) in str(caught.value) and "\n" not in str(caught.value)
        path.write_bytes(good[path])
    read_mms(folder)


def test_how_texts_are_read(tmp_path):
    folder = save(random_model(CERTAIN), tmp_path)
    for settings, symbols, front in (
        ({}, "ka", Espeak("en-us")),
        ({"phonemize": False, "language": "eng"}, "ka", Plain(numbers="en")),
        ({"phonemize": False, "language": "eng"}, "ka1", Plain()),
        ({"phonemize": False, "normalize": False}, "ka", Plain(lowercase=False)),
        ({"phonemize": False}, "kA", Plain(lowercase=False)),
    ):
        (folder / "tokenizer_config.json").write_text(json.dumps(settings))
        (folder / "vocab.json").write_text(json.dumps({s: n for n, s in enumerate(symbols)}))
        assert read_mms(folder).text.front == front
    settings = {"phonemize": False, "language": "ron", "add_blank": False}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    (folder / "vocab.json").write_text(json.dumps({"k": 0, "\u0163": 1, "\u021b\u021b": 2}))
    assert read_mms(folder).text.spell("K\u021b\u0163").ids == (0, 1, 1)
