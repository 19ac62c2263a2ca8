"""Classification: pictures are changed within bounds, and the game's update learns them."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ganspeech.game.optimizer import Optimizer
from ganspeech.game.rules import Game, Rules
from ganspeech.game.state import create_state
from ganspeech.losses.adversarial import NonSaturating
from ganspeech.recognizers.word_classifier import WordClassifier
from ganspeech.tasks.classification import Classification, cross_entropy
from ganspeech.training.parallel import ParallelUpdate


class Looker(WordClassifier):
    """Gives the pictures it is shown as features."""

    def __call__(self, pictures):
        return pictures, jnp.zeros((len(pictures), self.classes))


def changed(task, picture, count=64):
    batch = {
        "picture": jnp.asarray(np.broadcast_to(picture, (count, *picture.shape))),
        "label": jnp.zeros(count, jnp.int32),
    }
    keys = jax.random.split(jax.random.PRNGKey(0), count)
    play = jax.jit(lambda batch: task.play(Looker(), {}, batch, keys))(batch)
    assert play.fake is None and play.condition is None
    return np.asarray(play.real), play.terms["cross_entropy"]


def test_pictures_move_within_bounds_and_leave_emptiness():
    picture = np.full((8, 8), -1.0, np.float32)
    picture[4, 4] = 1.0
    seen, loss = changed(Classification((8, 8), shift=(2, 1)), picture)
    rows, columns = np.nonzero((seen == 1).any(0))
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (2, 6, 3, 5)
    assert ((seen == 1).sum((1, 2)) == 1).all() and (seen == -1).sum() == 64 * 63
    assert loss == pytest.approx(np.log(10))


def test_gain_and_masks():
    picture = np.full((8, 8), 0.5, np.float32)
    seen, _ = changed(Classification((8, 8), shift=(0, 0), gain=0.2, mask=(3, 0)), picture)
    assert all(len(np.unique(one[one > -1])) == 1 for one in seen)
    levels = seen.max((1, 2))
    assert 0.3 <= levels.min() < 0.4 and 0.6 < levels.max() <= 0.7
    covered = (seen == -1).all(2).sum(1)
    assert set(covered) == {0, 1, 2, 3} and ((seen == -1).sum((1, 2)) == 8 * covered).all()
    # Silence is as low as it goes.
    silence = np.full((8, 8), -1.0, np.float32)
    assert changed(Classification((8, 8), gain=0.5), silence)[0].min() == -1


def test_noise_drowns_what_is_faint_and_warps_turn_around_the_middle():
    picture = np.full((9, 9), -1.0, np.float32)
    picture[4, 4], picture[0, 0] = 1.0, -0.9
    still = {"shape": (9, 9), "shift": (0, 0)}
    seen, _ = changed(Classification(**still, noise=1.0), picture)
    assert (seen >= picture).all() and (seen[:, 4, 4] == 1).all()
    grounds = np.sort(np.median(seen, axis=(1, 2)))
    assert -1 <= grounds[0] < -0.9 and -0.2 < grounds[-1] < 0.1
    warped, _ = changed(Classification(**still, warp=0.2), picture)
    np.testing.assert_allclose(warped[:, 4, 4], 1, atol=1e-5)
    # What lies a step beside the middle moves by at most a fifth of a step along either axis.
    picture[4, 5] = 1.0
    warped, _ = changed(Classification(**still, warp=0.2), picture)
    assert (warped[:, 4, 5] > 0).all() and warped[:, 4, 5].min() < 0.9


def test_cross_entropy_by_hand():
    logits = jnp.log(jnp.array([[0.25, 0.75], [0.5, 0.5]]))
    assert cross_entropy(logits, jnp.array([1, 0])) == pytest.approx(-np.log(0.75 * 0.5) / 2)


def test_it_learns_through_the_update_of_every_game():
    both = Optimizer(learning_rate=5e-3), Optimizer()
    classifier = WordClassifier(classes=2, channels=(4,), width=8)
    task = Classification((8, 8), shift=(1, 1))
    rules = Rules(feature_matching=0.0, ema=0.0)
    game = Game(task, classifier, (), NonSaturating(), rules, *both)
    update = ParallelUpdate(game, 30)
    state = update.place(jax.jit(lambda key: create_state(game, key, 30))(jax.random.PRNGKey(0)))
    rng, losses = np.random.default_rng(0), []
    for _ in range(30):
        label = rng.integers(0, 2, 16).astype(np.int32)
        picture = np.where(label[:, None, None] == 1, 0.5, -0.5) + rng.normal(size=(16, 8, 8))
        state, metrics = update(state, [{"picture": picture.astype(np.float32), "label": label}])
        losses.append(float(metrics["generator/cross_entropy"][0]))
    assert losses[0] > 0.4 and np.mean(losses[-5:]) < 0.15
