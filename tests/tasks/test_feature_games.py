"""GANs for recognition: each takes steps, shows what it does, and leaves frozen parts alone."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import soundfile

from ganspeech.audio import AudioSpec
from ganspeech.data.corpus import CorpusError
from ganspeech.data.feed import Feed
from ganspeech.data.noise.conditions import Conditions
from ganspeech.data.readers.folder import AudioFolder
from ganspeech.discriminators.feature_patch import FeaturePatchDiscriminator
from ganspeech.discriminators.representation_critic import RepresentationCritic
from ganspeech.game.optimizer import Optimizer
from ganspeech.game.rules import Game, Rules
from ganspeech.game.state import create_state
from ganspeech.generators.feature_enhancer import FeatureEnhancer
from ganspeech.generators.feature_generator import FeatureGenerator
from ganspeech.generators.noise_maker import NoiseMaker
from ganspeech.losses.adversarial import LeastSquares, Wasserstein
from ganspeech.recognizers.convolutional import ConvolutionalRecognizer
from ganspeech.recognizers.front import Enhanced, Fronted, MadeNoisy, Maps
from ganspeech.tasks.feature_enhancement import FeatureEnhancement, distance
from ganspeech.tasks.feature_generation import FeatureGeneration
from ganspeech.tasks.features import Features
from ganspeech.tasks.invariance import Invariance
from ganspeech.tasks.noise_synthesis import NoiseSynthesis
from ganspeech.tasks.recognition import Recognition
from ganspeech.text.vocabulary import Words
from ganspeech.training.parallel import ParallelUpdate

RATE = 4000
SPEC = AudioSpec(
    sample_rate=RATE, n_fft=128, hop_length=64, win_length=128, n_mels=8, fmax=2000.0,
    power=2.0, padding="center", pad_mode="constant",
)  # fmt: skip
COMMON = {"features": Features(SPEC, coefficients=8), "buckets": (0.25, 0.5)}
WORDS = {"vocabulary": Words(("yes", "no")), "stride": 2}
NOISY = Conditions(noisy=1.0)
PATCH = FeaturePatchDiscriminator((4, 8))
RECOGNIZER = ConvolutionalRecognizer(width=8, blocks=1)
ENHANCEMENT = FeatureEnhancement(**COMMON)
GENERATION = FeatureGeneration(**COMMON, latent=4, frames=12)
RECOGNITION = Recognition(**COMMON, **WORDS)

GAMES = {
    "enhancement": (ENHANCEMENT, FeatureEnhancer(8), (PATCH,)),
    "distance": (ENHANCEMENT, FeatureEnhancer(8), ()),
    "noise": (NoiseSynthesis(**COMMON), NoiseMaker(8), (PATCH,)),
    "generation": (GENERATION, FeatureGenerator((8, 4)), (PATCH,)),
    "invariance": (
        Invariance(**COMMON, **WORDS, distance_weight=1.0),
        RECOGNIZER,
        (RepresentationCritic(4),),
    ),
    "enhanced": (RECOGNITION, Fronted(Enhanced(FeatureEnhancer(8), True), RECOGNIZER), ()),
    "made-noisy": (RECOGNITION, Fronted(MadeNoisy(NoiseMaker(8)), RECOGNIZER), ()),
    "maps": (RECOGNITION, Fronted(Maps(PATCH), RECOGNIZER), ()),
    "maps-learn": (RECOGNITION, Fronted(Maps(PATCH), RECOGNIZER, True), ()),
}
BOTH = Optimizer(1e-3), Optimizer(1e-3)


def game(name):
    task, generator, judges = GAMES[name]
    objective = Wasserstein() if name == "invariance" else LeastSquares()
    rules = Rules(feature_matching=0.0, ema=0.5)
    return Game(task, generator, judges, objective, rules, *BOTH)


def batch(seconds=0.25, size=4, seed=0):
    """What `bucketed` gives, with utterances of several lengths."""
    rng = np.random.default_rng(seed)
    total = round(seconds * RATE)
    samples = rng.integers(total // 2, total + 1, size).astype(np.int32)
    inside = np.arange(total) < samples[:, None]
    clean, noise = rng.normal(size=(2, size, total)) * inside
    return {
        "clean": (0.1 * clean).astype(np.float32),
        "audio": (0.1 * clean + 0.1 * noise).astype(np.float32),
        "samples": samples,
        "labels": rng.integers(1, 3, (size, 1)).astype(np.int32),
        "label_lengths": np.ones(size, np.int32),
    }


def begun(chosen):
    update = ParallelUpdate(chosen, 10)
    create = jax.jit(lambda key: create_state(chosen, key, 10))
    return update, update.place(create(jax.random.PRNGKey(0)))


def first(chosen):
    inputs = chosen.task.example()
    return jax.jit(lambda key: chosen.generator.init(key, *inputs))(jax.random.PRNGKey(1))


SLOW = ("distance", "enhanced", "maps-learn")
"""Games whose parts others play with as well."""


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=[pytest.mark.slow] * (n in SLOW)) for n in GAMES]
)
def test_every_player_moves_and_nothing_frozen_does(name):
    update, state = begun(game(name))
    before = jax.tree.map(np.array, state)
    for seed in range(2):
        state, metrics = update(state, [batch(seed=seed)])
    assert all(np.isfinite(value).all() for value in metrics.values()), metrics
    after = jax.tree.map(np.array, state)

    def moved(part):
        changes = jax.tree.map(lambda a, b: bool((a != b).any()), part(before), part(after))
        return jax.tree.leaves(changes)

    assert any(moved(lambda s: s.generator.params))
    if GAMES[name][2]:
        assert any(moved(lambda s: s.discriminator.params))
    network = GAMES[name][1]
    if isinstance(network, Fronted):
        fronts = [network.front_of(s.generator.variables) for s in (before, after)]
        changes = jax.tree.leaves(jax.tree.map(lambda a, b: bool((a != b).any()), *fronts))
        assert any(changes) == network.learns
        kept = [s.ema[1] for s in (before, after)]
        jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-5), *kept)


@pytest.mark.parametrize("name", ["enhancement", "noise", "invariance"])
def test_what_players_learn_does_not_depend_on_padding(name):
    chosen = game(name)
    short, keys = batch(), jax.random.split(jax.random.PRNGKey(0), 4)
    pad = ((0, 0), (0, 4 * SPEC.hop_length))
    long = short | {part: np.pad(short[part], pad) for part in ("clean", "audio")}
    variables = first(chosen)

    @jax.jit
    def play(batch):
        by_device = jax.tree.map(lambda leaf: leaf[None], (batch, keys))
        one = jax.vmap(
            lambda b, k: chosen.task.play(chosen.generator, variables, b, k), axis_name="devices"
        )
        return jax.tree.map(lambda leaf: leaf[0], one(*by_device))

    one, other = play(short), play(long)
    for part in ("real", "fake", "condition"):
        a, b = getattr(one, part), getattr(other, part)
        np.testing.assert_allclose(b[:, : a.shape[1]], a, atol=1e-4)
        assert not np.asarray(b[:, a.shape[1] :]).any()
    for term, value in one.terms.items():
        np.testing.assert_allclose(other.terms[term], value, rtol=1e-3)


def test_distances_count_utterances_alike():
    a = jnp.zeros((2, 4, 3))
    b = a.at[0].set(1.0).at[1, :1].set(-3.0)
    assert distance(a, b, jnp.array([4, 1])) == pytest.approx((1 + 3) / 2)


def test_the_stretches_of_generation_lie_in_the_utterance():
    features = jnp.arange(40.0)[:, None]
    cut = jax.jit(jax.vmap(GENERATION._stretch, in_axes=(0, None, None)))
    keys = jax.random.split(jax.random.PRNGKey(0), 200)
    starts = np.asarray(cut(keys, features, jnp.asarray(30)))[:, 0, 0]
    assert starts.min() == 0 and starts.max() == 30 - GENERATION.frames
    assert not np.asarray(cut(keys, features, jnp.asarray(5)))[:, 0, 0].any()


@pytest.fixture
def corpus(tmp_path, monkeypatch):
    monkeypatch.setenv("GANSPEECH_CACHE", str(tmp_path / "cache"))
    rng = np.random.default_rng(0)
    for place, seconds in enumerate((0.2, 0.3, 0.2, 0.3, 0.2, 0.9)):
        audio = 0.1 * rng.normal(size=round(seconds * RATE))
        soundfile.write(tmp_path / f"{5 - place}.wav", audio, RATE)
    return AudioFolder(str(tmp_path), held_out=2)


def test_recordings_become_pairs_and_pictures(corpus, capsys):
    task = dataclasses.replace(ENHANCEMENT, conditions=NOISY)
    prepared = task.recordings(corpus)
    assert [len(prepared.train), len(prepared.held_out)] == [3, 2]
    assert prepared.problems.skipped == {"longer than the longest bucket of 0.5 s": ["0"]}
    assert "longer than the longest bucket" in capsys.readouterr().err
    batches = task.batches(prepared, Feed(2, seed=0))
    heard = next(batches)
    batches.close()
    clean, noisy, lengths = task.pair(heard)
    assert clean.shape == noisy.shape and (lengths <= clean.shape[1]).all()
    assert float(jnp.abs(clean - noisy).max()) > 0.1
    for name, shown in (("enhancement", 3), ("noise", 4), ("generation", 2)):
        chosen = game(name)
        variables = first(chosen)
        pictures = list(chosen.task.samples(chosen.generator, variables, prepared))
        assert len(pictures) == 2
        assert pictures[0].image.dtype == np.uint8 and pictures[0].image.shape[0] == 200 * shown
    short = dataclasses.replace(task, buckets=(0.1,))
    with pytest.raises(CorpusError, match=r"at most 0\.1 s long: give a longer bucket"):
        short.recordings(corpus)


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: FeatureEnhancement(buckets=()), r"task\.buckets must be seconds above 0"),
        (
            lambda: FeatureEnhancement(distance_weight=-1),
            r"task\.distance_weight must be at least 0",
        ),
        (lambda: Invariance(distance_weight=-1), r"task\.distance_weight must be at least 0"),
        (lambda: FeatureGeneration(latent=0), r"task\.latent must be at least 1"),
        (lambda: FeatureGeneration(frames=999), r"task\.frames must be 1 to 101, the frames of"),
        (lambda: NoiseSynthesis(features=Features(kind="mfcc")), r"task\.features\.kind must be"),
    ],
)
def test_impossible_settings_name_their_flag(make, told):
    with pytest.raises(ValueError, match=told):
        make()
