"""Text to speech: the game of VITS on a few tones, for one speaker and for two."""

import dataclasses
import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import soundfile
from spoken_tones import RATE, SMALL, TASK, TEXT, said, texts, write_ljspeech

from ganspeech.data.corpus import CorpusError
from ganspeech.data.feed import Feed
from ganspeech.data.readers.ljspeech import LJSpeech
from ganspeech.data.readers.vctk import VCTK
from ganspeech.discriminators.multi_period import MultiPeriodDiscriminator
from ganspeech.game.optimizer import Optimizer
from ganspeech.game.rules import Game, Rules
from ganspeech.game.state import create_state
from ganspeech.game.update import make_update
from ganspeech.losses.adversarial import LeastSquares
from ganspeech.nn.axis import AXIS
from ganspeech.tasks.trainable import Picture, Sample, Trainable
from ganspeech.tasks.voices.text_to_speech import TextToSpeech, align_batch
from ganspeech.training.parallel import ParallelUpdate

JUDGE = MultiPeriodDiscriminator(periods=(2,), channels=4, max_channels=8)
TWO = ("p1", "p2")


@pytest.fixture(scope="module")
def ljspeech(tmp_path_factory):
    root = tmp_path_factory.mktemp("tones")
    write_ljspeech(root)
    return LJSpeech(str(root), held_out=3)


@pytest.fixture(scope="module")
def vctk(tmp_path_factory):
    """Three speakers in VCTK's layout."""
    root, rng = tmp_path_factory.mktemp("speakers"), np.random.default_rng(0)
    for speaker in (*TWO, "p3"):
        for kind in ("txt", "wav48"):
            (root / kind / speaker).mkdir(parents=True)
        for n, text in enumerate(texts(5)):
            name = f"{speaker}/{speaker}_{n:03d}"
            (root / f"txt/{name}.txt").write_text(text)
            soundfile.write(root / f"wav48/{name}.wav", said(text, rng), RATE)
    return VCTK(str(root), held_out=0)


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GANSPEECH_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module")
def prepared(ljspeech, cache):
    return TASK.recordings(ljspeech)


def game(network=SMALL, task=TASK, judges=(JUDGE,)):
    optimizer = Optimizer(learning_rate=2e-3, clip=100.0)
    return Game(task, network, judges, LeastSquares(), Rules(ema=0.0), optimizer, optimizer)


def begun(game):
    create = functools.partial(create_state, game)
    return jax.jit(create, static_argnums=1)(jax.random.PRNGKey(0), 100)


def test_it_is_a_task_that_the_loop_can_run():
    assert isinstance(TASK, Trainable)


def test_the_real_segment_is_what_the_decoder_was_given(prepared):
    batch = next(TASK.batches(prepared, Feed(4, seed=0)))
    state = begun(game())

    def play(keys):
        return TASK.play(SMALL, state.generator.variables, batch, keys)

    keys = jax.random.split(jax.random.key(1), 4)
    played = jax.vmap(play, axis_name=AXIS)(keys[None])
    real = np.asarray(played.real[0])
    assert real.shape == played.fake[0].shape == (4, 16 * 64)
    for row, audio, samples in zip(real, batch["audio"], batch["samples"], strict=True):
        starts = range(0, (samples // 64 - 16) * 64 + 1, 64)
        assert any(np.array_equal(row, audio[start : start + 16 * 64]) for start in starts)
    assert set(played.terms) == {"mel", "kl", "duration"}


def test_it_learns_in_as_many_programs_as_there_are_shapes(prepared):
    traced = []

    class Traced(TextToSpeech):
        def play(self, generator, variables, batch, keys):
            traced.append((batch["audio"].shape[1], batch["labels"].shape[1]))
            return super().play(generator, variables, batch, keys)

    task = Traced(*(getattr(TASK, field.name) for field in dataclasses.fields(TASK)))
    update = ParallelUpdate(one := game(task=task), 100)
    state = update.place(begun(one))
    logs = []
    for _, material in zip(range(60), task.batches(prepared, Feed(8, seed=0))):
        state, metrics = update(state, [material])
        logs.append({name: float(values[0]) for name, values in metrics.items()})
    for name, share in (("mel", 0.6), ("kl", 0.7), ("duration", 0.5)):
        first, last = (np.mean([log[f"generator/{name}"] for log in part])
                       for part in (logs[:5], logs[-5:]))  # fmt: skip
        assert np.isfinite(last) and last < share * first, f"{name}: {first} to {last}"
    assert logs[-1]["discriminator/adversarial"] < logs[0]["discriminator/adversarial"]
    # Both players have the generator play, in every program.
    assert sorted(set(traced)) == TASK.shapes(prepared) and len(traced) == 2 * len(set(traced))


@pytest.mark.parametrize("stochastic", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_one_device_and_several_learn_the_same(stochastic, prepared):
    # Lengths differ, so means of means would show; dropout and noise are drawn.
    network = dataclasses.replace(SMALL, stochastic=stochastic, duration_flows=1, duration_layers=1)
    one = game(network, judges=())
    state, update = begun(one), make_update(one, 100)
    whole = next(TASK.batches(prepared, Feed(4, seed=1)))
    results = []
    for devices in (1, 4):
        share = jax.tree.map(lambda x: x.reshape(devices, 1, -1, *x.shape[1:]), whole)  # noqa: B023
        spread = jax.jit(jax.vmap(update, in_axes=(None, 0), axis_name=AXIS))
        _, metrics = spread(state, share)
        results.append(jax.tree.map(lambda x: float(x[0]), metrics))
    for name in results[0]:
        assert results[0][name] == pytest.approx(results[1][name], rel=2e-3), name


def test_lines_that_cannot_be_learned_are_named(prepared, capsys):
    told = " ".join(prepared.problems.lines())
    for id in ("a-long", "a-dense", "a-mute", "a-new: 'd'", "a-short"):
        assert id in told
    assert len(prepared.train) == 17 and len(prepared.held_out) == 3


def test_held_out_texts_are_spoken_and_their_alignment_is_shown(prepared):
    state = begun(game())
    shown = list(TASK.samples(SMALL, state.generator.variables, prepared))
    samples, pictures = shown[::2], shown[1::2]
    for line, sample, picture in zip(prepared.held_out, samples, pictures, strict=True):
        assert isinstance(sample, Sample) and isinstance(picture, Picture)
        assert sample.id == line.recording.id and sample.text == line.recording.text
        frames = len(sample.generated) / 64
        assert len(line.labels) <= frames <= 2 * len(sample.reference) // 64
        assert np.isfinite(sample.generated).all()
        assert picture.image.dtype == np.uint8 and picture.image.shape[2] == 3
    again = next(iter(TASK.samples(SMALL, state.generator.variables, prepared)))
    np.testing.assert_array_equal(again.generated, samples[0].generated)


@pytest.mark.slow
def test_two_speakers_are_told_apart_and_a_third_is_left_out(vctk, capsys):
    task = dataclasses.replace(TASK, speakers=TWO)
    prepared = task.recordings(vctk)
    assert [line.speaker for line in prepared.train] == [0] * 5 + [1] * 5
    assert "p3" in capsys.readouterr().err
    network = dataclasses.replace(SMALL, speaker_width=4)
    one = game(network, task)
    update = ParallelUpdate(one, 100)
    state = update.place(begun(one))
    variables = jax.device_get(state.generator.variables)
    batch = next(task.batches(prepared, Feed(8, seed=0)))
    state, metrics = update(state, [batch])
    assert all(np.isfinite(values).all() for values in metrics.values())
    before, after = (v["params"]["speaker_embedding"]["kernel"]
                     for v in (variables, state.generator.variables))  # fmt: skip
    assert (np.asarray(before) != after).any(axis=1).all()
    line = task.batch_of(prepared.train[0])
    other = line | {"speaker": 1 - line["speaker"]}
    heard = network.apply(variables, *task.arguments(line)).audio
    assert not np.allclose(heard, network.apply(variables, *task.arguments(other)).audio)


def test_speakers_that_do_not_fit_are_one_line(vctk, capsys):
    with pytest.raises(CorpusError, match=r"by 'p9'; there are p1, p2, p3"):
        dataclasses.replace(TASK, speakers=("p1", "p9")).recordings(vctk)
    TASK.recordings(vctk)
    assert "3 speakers are learned as one voice" in capsys.readouterr().err
    with pytest.raises(ValueError, match="speaker-width is 0, but a speaker was given"):
        begun(game(task=dataclasses.replace(TASK, speakers=TWO)))


def test_nothing_to_learn_is_an_error(ljspeech):
    other = dataclasses.replace(TEXT, symbols=("_", "x"))
    with pytest.raises(CorpusError, match="none of the"):
        dataclasses.replace(TASK, text=other).recordings(ljspeech)


def test_the_alignment_is_a_path_through_all_symbols(prepared):
    state, line = begun(game()), prepared.held_out[0]
    mel, path = align_batch(TASK, SMALL, state.generator.variables, TASK.batch_of(line))
    frames, symbols = line.recording.samples // 64, len(line.labels)
    assert mel.shape[2] == 16
    valid = np.asarray(path[0, :symbols, :frames])
    assert (valid.sum(0) == 1).all() and (valid.sum(1) >= 1).all() and path.sum() == frames


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"segment_frames": 0}, r"task\.segment_frames must be at least 1, not 0"),
        ({"buckets": ()}, r"task\.buckets must be seconds that hold a segment of 32 frames"),
        ({"buckets": (0.1, 4.0)}, r"task\.buckets must be .* 0\.37 s, not \(0\.1, 4\.0\)"),
        ({"mel_weight": -1.0}, r"task\.mel_weight must be at least 0, not -1"),
        ({"speakers": ("a", "a")}, r"task\.speakers must be different names"),
    ],
)
def test_impossible_settings_are_named(settings, told):
    with pytest.raises(ValueError, match=told):
        TextToSpeech(**settings)


def test_losses_without_weight_are_left_out(prepared):
    task = dataclasses.replace(TASK, kl_weight=0.0, duration_weight=0.0)
    batch = next(task.batches(prepared, Feed(2, seed=0)))
    state = begun(game(task=task))

    def play(keys):
        return task.play(SMALL, state.generator.variables, batch, keys).terms

    keys = jax.random.split(jax.random.key(1), 2)
    assert set(jax.eval_shape(jax.vmap(play, axis_name=AXIS), keys[None])) == {"mel"}
    assert jnp.isfinite(keys.shape[0])
