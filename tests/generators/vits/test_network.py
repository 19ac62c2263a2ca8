"""VITS: sizes, shapes, masks, speakers, precision, and what training is told."""

import dataclasses
import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ganspeech.audio import AudioSpec
from ganspeech.generators.hifigan import HiFiGAN
from ganspeech.generators.istftnet import ISTFTNet
from ganspeech.generators.vits.durations import frames_of
from ganspeech.generators.vits.network import VITS, VITS_ISTFT, VITS_MEDIUM, VITS_PAPER, VITS_SMALL
from ganspeech.nn.axis import AXIS
from ganspeech.nn.draws import STREAM
from ganspeech.nn.masked import valid_places

SPEC = AudioSpec(n_fft=32, hop_length=16, win_length=32, n_mels=5)
SYMBOLS, SEGMENT, SHORT_WINDOW = 7, 6, 8
ALONE = VITS(
    width=8,
    hidden=12,
    layers=1,
    window=2,
    latent=6,
    flows=1,
    flow_layers=1,
    posterior_layers=1,
    stochastic=False,
    duration_width=5,
    decoder=ISTFTNet((8,), (16,), 4, 8, "2", (3,), ((1,),)),
)
SEVERAL = dataclasses.replace(
    ALONE,
    stochastic=True,
    duration_flows=2,
    duration_layers=1,
    duration_bins=4,
    speaker_width=3,
    flow_layers=2,
    decoder=HiFiGAN((16,), (32,), 8, "1", (3,), ((2,),)),
)
TINY = {"alone": ALONE, "several": SEVERAL}
rng = np.random.default_rng(0)
TOKENS = jnp.array([[1, 2, 3, 4, 5], [3, 2, 6, 0, 0]])
LENGTHS, FRAME_LENGTHS = jnp.array([5, 3]), jnp.array([16, 11])
LINEAR = jnp.asarray(np.abs(rng.normal(size=(2, 16, 17))).astype("f4"))


def speakers_of(network, count=2):
    return jnp.eye(3)[:count] if network.speaker_width else None


def shapes_of(network, symbols=SYMBOLS, spec=SPEC):
    def init(tokens, lengths, linear, speakers):
        key = jax.random.key(0)
        return network.init(key, tokens, lengths, linear, lengths, speakers, symbols, spec, SEGMENT)

    struct = jax.ShapeDtypeStruct
    return jax.eval_shape(
        init,
        struct((1, 3), jnp.int32),
        struct((1,), jnp.int32),
        struct((1, 8, spec.bins), jnp.float32),
        speakers_of(network, 1),
    )


def drawn_weights(network):
    draw = np.random.default_rng(1).normal
    return jax.tree.map(lambda s: draw(0, 0.3, s.shape).astype("f4"), shapes_of(network))


WEIGHTS = {name: drawn_weights(network) for name, network in TINY.items()}


def taught(network):
    def teach(variables, tokens, lengths, linear, frame_lengths, speakers):
        return network.apply(
            variables, tokens, lengths, linear, frame_lengths, speakers, SYMBOLS, SPEC, SEGMENT
        )

    return jax.jit(teach)


def spoken(network):
    """All three steps in one program, of noise for tokens and for frames."""

    def speak(variables, tokens, lengths, speakers, noise, frame_noise):
        encoded = network.apply(variables, tokens, lengths, speakers, SYMBOLS, method=VITS.encode)
        durations = network.apply(
            variables, encoded.hidden, lengths, speakers, noise, method=VITS.durations
        )
        frames = jnp.minimum(frames_of(durations, lengths), 4)
        prior = encoded.mean, encoded.log_std
        audio = network.apply(
            variables, *prior, frames, speakers, frame_noise, SPEC, method=VITS.decode
        )
        return encoded, durations, frames, audio

    return jax.jit(speak)


TAUGHT = {name: taught(network) for name, network in TINY.items()}
SPOKEN = {name: spoken(network) for name, network in TINY.items()}


def count(tree):
    leaves = jax.tree_util.tree_leaves_with_path(tree)
    return sum(math.prod(leaf.shape) for path, leaf in leaves if path[-1].key != "gain")


@pytest.mark.parametrize(
    ("network", "symbols", "millions", "speaking"),
    [
        # MMS-TTS has the paper's size, and 36.3 million weights with its 38 letters.
        (VITS_PAPER, 38, 36.26, 28.39),
        # Piper's voices of medium quality: float32 files of 63 MB, for 256 symbols.
        (VITS_MEDIUM, 256, 23.64, 15.77),
        (VITS_ISTFT, 38, 35.59, 27.72),
        (VITS_SMALL, 151, 8.17, 5.61),
    ],
    ids=["paper", "medium", "istft", "small"],
)
def test_sizes(network, symbols, millions, speaking):
    params = shapes_of(network, symbols, AudioSpec())["params"]
    assert count(params) / 1e6 == pytest.approx(millions, abs=0.006)
    durations = params["duration_predictor"]
    unused = count(params["posterior_encoder"]) + sum(
        count(part) for name, part in durations.items() if name.startswith("posterior")
    )
    assert (count(params) - unused) / 1e6 == pytest.approx(speaking, abs=0.006)


@pytest.mark.parametrize("name", TINY)
def test_padding_changes_no_sound(name):
    network, weights, speak = TINY[name], WEIGHTS[name], SPOKEN[name]
    noise = jnp.asarray(rng.normal(size=(2, 9, 2)).astype("f4"))
    frame_noise = jnp.asarray(rng.normal(size=(2, 30, 6)).astype("f4"))
    tokens = jnp.pad(TOKENS, ((0, 0), (0, 4)), constant_values=6)
    speakers = speakers_of(network)
    encoded, durations, frames, audio = speak(
        weights, tokens, LENGTHS, speakers, noise, frame_noise
    )
    assert audio.shape == (2, 30 * 16) and audio.dtype == durations.dtype == jnp.float32
    assert np.isfinite(audio).all()
    for one, length in enumerate(LENGTHS):
        total = int(frames[one].sum())
        assert 0 < total < 30 and (frames[one, :length] >= 1).all()
        assert not frames[one, length:].any() and not audio[one, total * 16 :].any()
        mine = slice(one, one + 1)
        alone = speak(
            weights,
            tokens[mine, :length],
            LENGTHS[mine],
            speakers if speakers is None else speakers[mine],
            noise[mine, :length],
            frame_noise[mine, :total],
        )
        np.testing.assert_allclose(encoded.mean[mine, :length], alone[0].mean, atol=1e-5)
        np.testing.assert_allclose(durations[mine, :length], alone[1], atol=1e-4)
        # The inverse STFT knows no end but that of its array.
        heard = total * 16 - (SHORT_WINDOW // 2 if name == "alone" else 0)
        np.testing.assert_allclose(audio[mine, :heard], alone[3][:, :heard], atol=1e-4)
        assert np.abs(alone[3]).max() > 1e-3


@pytest.mark.parametrize("name", TINY)
def test_training_is_told_all_and_nothing_of_padding(name):
    network, weights, teach = TINY[name], WEIGHTS[name], TAUGHT[name]
    speakers = speakers_of(network)
    answer = teach(weights, TOKENS, LENGTHS, LINEAR, FRAME_LENGTHS, speakers)
    assert answer.audio.shape == (2, SEGMENT * 16) and not answer.starts.any()
    assert all(leaf.dtype == jnp.float32 for leaf in answer if leaf is not answer.starts)
    np.testing.assert_array_equal(answer.path.sum((1, 2)), FRAME_LENGTHS)
    assert (answer.path.sum(2) >= 1).tolist() == [[True] * 5, [True] * 3 + [False] * 2]
    valid = valid_places(LENGTHS, 8), valid_places(FRAME_LENGTHS, 20)[..., None]
    tokens = jnp.where(valid[0], jnp.pad(TOKENS, ((0, 0), (0, 3))), 6)
    linear = jnp.where(valid[1], jnp.pad(LINEAR, ((0, 0), (0, 4), (0, 0))), 9.0)
    spoiled = teach(weights, tokens, LENGTHS, linear, FRAME_LENGTHS, speakers)
    np.testing.assert_allclose(spoiled.path[:, :5, :16], answer.path)
    for field in ("prior_latent", "mean", "log_std", "posterior_log_std"):
        wanted, found = getattr(answer, field), getattr(spoiled, field)
        assert wanted.shape == (2, 16, 6) and not found[:, 16:].any()
        np.testing.assert_allclose(found[:, :16], wanted, atol=1e-4)
    np.testing.assert_allclose(spoiled.duration_loss, answer.duration_loss, rtol=1e-4)
    np.testing.assert_allclose(spoiled.audio, answer.audio, atol=1e-4)


def test_draws_are_each_examples_own():
    network, weights = SEVERAL, WEIGHTS["several"]

    def teach(key, linear, frame_lengths):
        return network.apply(
            weights,
            TOKENS,
            LENGTHS,
            linear,
            frame_lengths,
            speakers_of(network),
            SYMBOLS,
            SPEC,
            SEGMENT,
            rngs={STREAM: key},
        )

    teach = jax.jit(jax.vmap(teach, axis_name=AXIS, in_axes=(0, None, None)))
    keys = jax.random.split(jax.random.key(0), 24)
    draws = [teach(key[None], LINEAR, FRAME_LENGTHS) for key in keys]
    starts = np.concatenate([draw.starts for draw in draws])
    assert (starts.min(0) >= 0).all() and (starts.max(0) <= [10, 5]).all()
    assert len(set(starts[:, 0])) > 5
    assert np.abs(draws[0].prior_latent - draws[1].prior_latent).max() > 0.1
    # Text dropout aside, an example draws alike beside a longer recording.
    longer = teach(keys[:1], jnp.pad(LINEAR, ((0, 0), (0, 4), (0, 0))), FRAME_LENGTHS)
    np.testing.assert_array_equal(longer.starts, draws[0].starts)
    np.testing.assert_allclose(longer.prior_latent[:, :, :16], draws[0].prior_latent, atol=1e-4)
    # A recording shorter than a segment is heard from its first frame.
    short = [teach(key[None], LINEAR, jnp.array([16, 4])).starts[0, 1] for key in keys[:4]]
    assert not np.any(short)


@pytest.mark.parametrize("name", TINY)
def test_every_weight_learns(name):
    teach = TAUGHT[name]
    speakers = speakers_of(TINY[name])

    def loss(weights):
        answer = teach(weights, TOKENS, LENGTHS, LINEAR, FRAME_LENGTHS, speakers)
        return sum(
            jnp.sum(leaf**2) for leaf in answer._replace(starts=jnp.zeros(()), path=jnp.zeros(()))
        )

    gradients = jax.jit(jax.grad(loss))(WEIGHTS[name])
    for path, gradient in jax.tree_util.tree_leaves_with_path(gradients):
        names = [key.key for key in path]
        assert np.isfinite(gradient).all(), names
        # A key's bias raises all scores alike, which softmax does not see.
        assert np.any(gradient != 0) or names[-2:] == ["key", "bias"], names


def test_weights_decide_the_precision():
    network, teach = SEVERAL, TAUGHT["several"]
    inputs = TOKENS, LENGTHS, LINEAR, FRAME_LENGTHS, speakers_of(network)
    init = jax.jit(lambda: network.init(jax.random.key(0), *inputs, SYMBOLS, SPEC, SEGMENT))
    variables = init()
    full = teach(variables, *inputs)
    half = teach(jax.tree.map(lambda leaf: leaf.astype(jnp.bfloat16), variables), *inputs)
    assert np.isfinite(full.duration_loss).all()
    assert all(a.dtype == b.dtype for a, b in zip(full, half))
    np.testing.assert_allclose(half.audio, full.audio, atol=0.05)
    np.testing.assert_allclose(half.prior_latent, full.prior_latent, atol=0.05)


def test_speakers_differ_and_must_be_given():
    speak = SPOKEN["several"]
    noise, frame_noise = jnp.zeros((2, 5, 2)), jnp.zeros((2, 20, 6))
    inputs = WEIGHTS["several"], TOKENS[:1].repeat(2, 0), jnp.array([5, 5])
    encoded, durations, _, audio = speak(*inputs, jnp.eye(3)[:2], noise, frame_noise)
    np.testing.assert_allclose(encoded.mean[0], encoded.mean[1], atol=1e-6)
    assert np.abs(durations[0] - durations[1]).max() > 1e-3
    assert np.abs(audio[0] - audio[1]).max() > 1e-3
    with pytest.raises(ValueError, match="speaker-width is 3, but no speaker was given"):
        speak(*inputs, None, noise, frame_noise)
    with pytest.raises(ValueError, match=r"--generator\.speaker-width is 0, but a speaker was"):
        SPOKEN["alone"](WEIGHTS["alone"], *inputs[1:], jnp.eye(3)[:2], noise, frame_noise)


def test_misfits_are_named():
    with pytest.raises(ValueError, match="segments of 6 frames do not fit into recordings of 5"):
        TAUGHT["alone"](
            WEIGHTS["alone"], TOKENS, LENGTHS, LINEAR[:, :5], jnp.minimum(FRAME_LENGTHS, 5), None
        )
    with pytest.raises(ValueError, match=r"upsample_rates \(8, 8, 2, 2\).*hop_length is 16"):
        shapes_of(VITS_PAPER)
