"""Recognition: CTC as optax has it, the same on several devices, few programs, and it learns."""

import dataclasses
import functools

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
import soundfile

from ganspeech.audio import AudioSpec
from ganspeech.data.corpus import CorpusError
from ganspeech.data.feed import Feed
from ganspeech.data.noise.conditions import Conditions
from ganspeech.data.readers.librispeech import LibriSpeech
from ganspeech.game.optimizer import Optimizer
from ganspeech.game.rules import Game, Rules
from ganspeech.game.state import create_state
from ganspeech.game.update import make_update
from ganspeech.losses.adversarial import NonSaturating
from ganspeech.nn.axis import AXIS
from ganspeech.recognizers.conformer import Conformer
from ganspeech.recognizers.convolutional import ConvolutionalRecognizer
from ganspeech.recognizers.ctc_output import CTCOutput
from ganspeech.tasks.features import Features
from ganspeech.tasks.recognition import Recognition, ctc
from ganspeech.text.vocabulary import Words
from ganspeech.training.parallel import ParallelUpdate

RATE = 8000
SPEC = AudioSpec(
    sample_rate=RATE, n_fft=128, hop_length=80, win_length=128, n_mels=12, fmax=4000,
    power=2.0, padding="center", pad_mode="constant",
)  # fmt: skip
TASK = Recognition(Features(SPEC), Words(("low", "high")), stride=2, buckets=(0.25, 0.5))
SMALL = ConvolutionalRecognizer(width=16, blocks=1, kernel=3)


def game(network=SMALL, task=TASK):
    rules = Rules(feature_matching=0.0, ema=0.0)
    optimizer = Optimizer(learning_rate=5e-3, clip=5.0)
    return Game(task, network, (), NonSaturating(), rules, optimizer, optimizer)


def begun(game):
    return jax.jit(functools.partial(create_state, game), static_argnums=1)(
        jax.random.PRNGKey(0), 100
    )


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """Two words, tones of 300 and of 1500 Hz, alone and in a row; and lines that are no use."""
    folder = tmp_path_factory.mktemp("tones") / "1" / "2"
    folder.mkdir(parents=True)
    rng, lines = np.random.default_rng(0), []
    for n in range(24):
        words = ("low", "high", "low high", "high low")[n % 4].split()
        parts = []
        for word in words:
            time = np.arange(int(RATE * rng.uniform(0.1, 0.2))) / RATE
            pitch = {"low": 300, "high": 1500}[word] * rng.uniform(0.9, 1.1)
            parts += [np.sin(2 * np.pi * pitch * time) * np.hanning(len(time)), np.zeros(160)]
        audio = np.concatenate(parts)
        soundfile.write(folder / f"1-2-{n:02d}.wav", 0.5 * audio, RATE)
        lines.append(f"1-2-{n:02d} {' '.join(words)}")
    for id, text, seconds in (
        ("1-1-long", "low", 0.9),
        ("1-1-dense", "low " * 30, 0.3),
        ("1-1-mute", "", 0.3),
        ("1-1-new", "middle", 0.3),
    ):
        soundfile.write(folder / f"{id}.wav", 0.1 * rng.normal(size=int(RATE * seconds)), RATE)
        lines.append(f"{id} {text}")
    (folder / "1-2.trans.txt").write_text("\n".join(lines))
    return LibriSpeech(str(folder.parents[1]), held_out=4)


@pytest.fixture(scope="module")
def prepared(corpus, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GANSPEECH_CACHE", str(tmp_path_factory.mktemp("cache")))
        return TASK.recordings(corpus)


def batch(*texts, samples, size=4000, seed=0):
    """Noise as long as said, labeled."""
    rng = np.random.default_rng(seed)
    audio = np.zeros((len(texts), size), np.float32)
    for row, length in zip(audio, samples):
        row[:length] = 0.1 * rng.normal(size=length)
    labels = [TASK.vocabulary.encode(text) for text in texts]
    padded = np.zeros((len(texts), 3), np.int32)
    for row, label in zip(padded, labels):
        row[: len(label)] = label
    return {
        "audio": audio,
        "clean": audio,
        "samples": np.array(samples, np.int32),
        "labels": padded,
        "label_lengths": np.array([len(label) for label in labels], np.int32),
    }


@pytest.mark.accelerator
def test_the_loss_is_optax_ctc_of_what_is_valid():
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(2, 9, 3)).astype(np.float32)
    heard = CTCOutput(jnp.zeros((2, 9, 1)), jnp.asarray(logits), jnp.array([9, 5]))
    labels, lengths = jnp.array([[1, 2, 2], [2, 0, 0]]), jnp.array([3, 1])
    alone = [
        float(optax.ctc_loss(row[None], jnp.zeros((1, len(row))), label[None],
                             jnp.zeros((1, len(label))))[0]) / len(label)
        for row, label in ((logits[0], labels[0]), (logits[1, :5], labels[1, :1]))
    ]  # fmt: skip
    assert ctc(heard, labels, lengths) == pytest.approx(np.mean(alone), rel=1e-5)
    rubbish = heard._replace(logits=heard.logits.at[1, 5:].set(50.0))
    assert ctc(rubbish, labels, lengths) == pytest.approx(np.mean(alone), rel=1e-5)


def test_one_device_and_several_learn_the_same():
    # It has whatever could depend on it: dropout, masks, batch statistics.
    one = game(Conformer(width=8, blocks=1, heads=2, kernel=3, stem=4))
    state, update = begun(one), make_update(one, 100)
    whole = batch(
        "low", "high", "low high", "high", samples=(4000, 900, 3100, 1700)
    )  # lengths differ, so means of means would show
    results = []
    for devices in (1, 4):
        share = jax.tree.map(lambda x: x.reshape(devices, 1, -1, *x.shape[1:]), whole)  # noqa: B023
        spread = jax.jit(jax.vmap(update, in_axes=(None, 0), axis_name=AXIS))
        updated, metrics = spread(state, share)
        results.append(jax.tree.map(lambda x: np.asarray(x[0]), (updated.generator, metrics)))
    assert results[0][1]["generator/ctc"] > 0
    jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, rtol=2e-3, atol=2e-5), *results)


def test_lines_that_cannot_be_learned_are_named(prepared):
    told = " ".join(prepared.problems.lines())
    for id in ("1-1-long", "1-1-dense", "1-1-mute", "1-1-new"):
        assert id in told
    assert len(prepared.train) == 20 and len(prepared.held_out) == 4


def test_it_learns_in_as_many_programs_as_there_are_shapes(prepared):
    traced = []

    class Traced(Recognition):
        def play(self, generator, variables, batch, keys):
            traced.append((batch["audio"].shape[1], batch["labels"].shape[1]))
            return super().play(generator, variables, batch, keys)

    task = Traced(*(getattr(TASK, field.name) for field in dataclasses.fields(TASK)))
    update = ParallelUpdate(one := game(task=task), 100)
    state = update.place(begun(one))
    losses = []
    for _, material in zip(range(60), TASK.batches(prepared, Feed(8, seed=0))):
        state, metrics = update(state, [material])
        losses.append(float(metrics["generator/ctc"][0]))
    assert np.isfinite(losses).all() and np.mean(losses[-5:]) < 0.3 * losses[0]
    # A program is traced when it is compiled.
    assert sorted(traced) == TASK.shapes(prepared) and len(traced) == 2


def test_held_out_lines_are_shown(prepared):
    state = begun(game())
    pictures = list(TASK.samples(SMALL, state.generator.variables, prepared))
    assert [picture.id for picture in pictures] == [f"1-2-{n}" for n in (20, 21, 22, 23)]
    assert all(p.image.dtype == np.uint8 and p.image.shape[2] == 3 for p in pictures)


def test_noise_is_only_made_where_it_is_heard(prepared):
    noisy = dataclasses.replace(TASK, conditions=Conditions(noisy=1.0))
    clean, heard = (next(task.batches(prepared, Feed(4, seed=0))) for task in (TASK, noisy))
    np.testing.assert_array_equal(clean["audio"], clean["clean"])
    assert np.abs(heard["audio"] - heard["clean"]).max() > 0


def test_nothing_to_learn_is_an_error(corpus, tmp_path, monkeypatch):
    monkeypatch.setenv("GANSPEECH_CACHE", str(tmp_path))
    with pytest.raises(CorpusError, match="none of the"):
        dataclasses.replace(TASK, vocabulary=Words(("yes",))).recordings(corpus)


def test_impossible_settings_are_named():
    for settings, told in (
        ({"buckets": ()}, r"task\.buckets must be seconds above 0"),
        ({"share": 0.0}, r"task\.share must be above 0 and at most 1, not 0"),
        ({"stride": 3}, r"task\.stride must be 1, 2 or 4, not 3"),
    ):
        with pytest.raises(ValueError, match=told):
            Recognition(**settings)
