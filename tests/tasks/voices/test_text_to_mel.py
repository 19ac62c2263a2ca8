"""Text to mel: the game on segments of mels, on a few tones."""

import dataclasses
import functools

import jax
import numpy as np
import pytest
from spoken_tones import MEL_SMALL, MEL_TASK, write_durations, write_ljspeech

from ganspeech.data.corpus import CorpusError
from ganspeech.data.feed import Feed
from ganspeech.data.readers.ljspeech import LJSpeech
from ganspeech.discriminators.feature_patch import FeaturePatchDiscriminator
from ganspeech.game.optimizer import Optimizer
from ganspeech.game.rules import Game, Rules
from ganspeech.game.state import create_state
from ganspeech.losses.adversarial import LeastSquares
from ganspeech.nn.axis import AXIS
from ganspeech.tasks.trainable import Picture, Sample, Trainable
from ganspeech.tasks.voices.text_to_mel import TextToMel, align_mels
from ganspeech.training.parallel import ParallelUpdate

JUDGE = FeaturePatchDiscriminator(widths=(4, 8))


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    root = tmp_path_factory.mktemp("tones")
    write_ljspeech(root)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GANSPEECH_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield dataclasses.replace(MEL_TASK, durations=str(write_durations(root))).recordings(
            LJSpeech(str(root), held_out=3)
        )


@pytest.fixture(scope="module")
def game():
    optimizer = Optimizer(learning_rate=3e-3, clip=100.0)
    return Game(MEL_TASK, MEL_SMALL, (JUDGE,), LeastSquares(), Rules(ema=0), optimizer, optimizer)


@pytest.fixture
def begun(game):
    create = functools.partial(create_state, game)
    return jax.jit(create, static_argnums=1)(jax.random.PRNGKey(0), 100)


def played(task, begun, batch):
    def play(keys):
        return task.play(MEL_SMALL, begun.generator.variables, batch, keys)

    keys = jax.random.split(jax.random.key(1), len(batch["audio"]))
    return jax.jit(jax.vmap(play, axis_name=AXIS))(keys[None])


def test_it_is_a_task_that_the_loop_can_run():
    assert isinstance(MEL_TASK, Trainable)


def test_the_real_segment_is_of_the_same_place_as_the_fake(prepared, begun):
    batch = next(MEL_TASK.batches(prepared, Feed(4, seed=0)))
    play = played(MEL_TASK, begun, batch)
    assert play.real.shape == play.fake.shape == (1, 4, 16, 16)
    mels, lengths = np.asarray(MEL_TASK.mels(batch)), np.asarray(MEL_TASK.frame_lengths(batch))
    for real, mel, length in zip(play.real[0], mels, lengths, strict=True):
        parts = [mel[start : start + 16] for start in range(length - 16 + 1)]
        assert any(np.allclose(real, part, atol=1e-5) for part in parts)
    assert set(play.terms) == {"mel", "prosody", "duration"}
    one = dataclasses.replace(MEL_TASK, prosody_weight=0.0)
    assert set(played(one, begun, batch).terms) == {"mel", "duration"}


def test_it_learns(prepared, game, begun):
    update = ParallelUpdate(game, 100)
    state, logs = update.place(begun), []
    for _, batch in zip(range(80), MEL_TASK.batches(prepared, Feed(8, seed=0))):
        state, metrics = update(state, [batch])
        logs.append({name: float(values[0]) for name, values in metrics.items()})
    for name, share in (("mel", 0.6), ("duration", 0.6)):
        first, last = (np.mean([log[f"generator/{name}"] for log in part])
                       for part in (logs[:5], logs[-5:]))  # fmt: skip
        assert np.isfinite(last) and last < share * first, f"{name}: {first} to {last}"
    assert logs[-1]["discriminator/adversarial"] < logs[0]["discriminator/adversarial"]
    line = prepared.held_out[0]
    variables = jax.device_get(state.generator.variables)
    mel, path = align_mels(MEL_TASK, MEL_SMALL, variables, MEL_TASK.batch_of(line))
    frames, symbols = line.recording.samples // 64, len(line.labels)
    path = np.asarray(path[0, :symbols, :frames])
    # Tones are as long as each other in the file.
    assert (path.sum(axis=0) == 1).all() and np.ptp(path.sum(axis=1)) <= 1
    real = np.asarray(MEL_TASK.mels(MEL_TASK.batch_of(line)))[0, :frames]
    assert np.abs(real - mel[0, :frames]).mean() < 0.5 * np.abs(real - real.mean()).mean()


def test_held_out_texts_are_spoken_and_their_alignment_is_shown(prepared, begun):
    shown = list(MEL_TASK.samples(MEL_SMALL, begun.generator.variables, prepared))
    for line, sample, picture in zip(prepared.held_out, shown[::2], shown[1::2], strict=True):
        assert isinstance(sample, Sample) and isinstance(picture, Picture)
        assert sample.id == line.recording.id and np.isfinite(sample.generated).all()
        assert len(line.labels) <= len(sample.generated) / 64
        assert picture.image.dtype == np.uint8 and picture.image.shape[2] == 3


def test_it_asks_for_durations(tmp_path):
    with pytest.raises(CorpusError, match=r"^--task\.durations: .*`ganspeech align VOICE DIR"):
        MEL_TASK.recordings(LJSpeech(str(tmp_path)))


@pytest.mark.parametrize("field", ["mel_weight", "prosody_weight"])
def test_impossible_weights_are_named(field):
    with pytest.raises(ValueError, match=rf"task\.{field} must be at least 0, not -1"):
        TextToMel(**{field: -1.0})


def test_a_network_without_speakers_is_refused_several():
    several = dataclasses.replace(MEL_TASK, speakers=("a", "b"))
    with pytest.raises(ValueError, match=r"--generator\.speaker-width is 0, but a speaker was"):
        jax.eval_shape(lambda key: MEL_SMALL.init(key, *several.example()), jax.random.key(0))
