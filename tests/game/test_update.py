"""The game: every part in it once, and its rules on a game small enough to follow by hand."""

import dataclasses
import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import linen as nn
from small import one_of_each_class, tiny

from ganspeech.audio import AudioSpec
from ganspeech.config.registry import MENUS, VOCODERS, WAVEFORM_DISCRIMINATORS
from ganspeech.game.contract import Play
from ganspeech.game.optimizer import Optimizer
from ganspeech.game.rules import Game, Rules
from ganspeech.game.state import create_state
from ganspeech.game.update import in_turn
from ganspeech.losses.adversarial import Hinge, LeastSquares, Wasserstein
from ganspeech.tasks.vocoding import Vocoding
from ganspeech.training.parallel import ParallelUpdate

SPEC = AudioSpec(sample_rate=8000, n_fft=64, hop_length=16, win_length=64, n_mels=8, fmax=4000)
TASK = Vocoding(spec=SPEC, segment_frames=16)


def combinations():
    """Rows in which every generator, discriminator and objective appears at least once."""
    parts = [one_of_each_class(kind) for kind in (VOCODERS, WAVEFORM_DISCRIMINATORS, "objective")]
    rows = max(map(len, parts))
    columns = [itertools.islice(itertools.cycle(column), rows) for column in parts]
    return [pytest.param(*row, id="-".join(type(p).__name__ for p in row)) for row in zip(*columns)]


def audio(*shape, seed=0):
    noise = np.random.default_rng(seed).normal(size=(*shape, TASK.segment_samples))
    return {"audio": (0.1 * noise).astype(np.float32)}


def start(game, steps=100):
    """The compiled update and a state it may have."""
    update = ParallelUpdate(game, steps)
    state = jax.jit(lambda key: create_state(game, key, steps))(jax.random.PRNGKey(0))
    return update, update.place(state)


def copied(state):
    """The state on the host: what goes into an update is given away."""
    return jax.tree.map(np.array, state)


def moved(before, after):
    return any(np.any(a != b) for a, b in zip(jax.tree.leaves(before), jax.tree.leaves(after)))


def last(metrics):
    return {name: float(values[-1]) for name, values in metrics.items()}


@pytest.mark.parametrize(("generator", "discriminator", "objective"), combinations())
def test_every_part_plays(generator, discriminator, objective):
    game = Game(TASK, generator, (discriminator,), objective, Rules(), Optimizer(), Optimizer())
    update, state = start(game)
    before = copied(state)
    state, metrics = update(state, [audio(2)])
    assert all(np.isfinite(value) for value in last(metrics).values())
    assert state.step == 1
    for player in ("generator", "discriminator"):
        assert moved(getattr(before, player).params, getattr(state, player).params)
        assert last(metrics)[f"{player}/gradient_norm"] > 0
    assert ("discriminator/gradient_penalty" in metrics) == isinstance(objective, Wasserstein)


def test_bfloat16_computes_in_bfloat16_and_learns_in_float32():
    generator, discriminator = (
        tiny(MENUS["generator"]["vocos"]),
        tiny(MENUS["discriminators"]["multi-period"]),
    )
    losses = {}
    for precision in ("float32", "bfloat16"):
        rules = Rules(precision=precision)
        game = Game(TASK, generator, (discriminator,), Hinge(), rules, Optimizer(), Optimizer())
        update, state = start(game)
        state, metrics = update(state, [audio(2)])
        assert {leaf.dtype for leaf in jax.tree.leaves(state.generator.params)} == {
            np.dtype("float32")
        }
        losses[precision] = last(metrics)
    full, half = losses["float32"], losses["bfloat16"]
    for name in ("generator/mel", "discriminator/adversarial", "generator/feature_matching"):
        assert half[name] == pytest.approx(full[name], rel=0.05)
        assert half[name] != full[name]


# A game one can follow by hand: the generator adds a number to noise, the discriminator
# multiplies by one, and the feature map it shows is its square.


class Adds(nn.Module):
    @nn.compact
    def __call__(self, x):
        return x + self.param("shift", nn.initializers.constant(0.5), ())


class Multiplies(nn.Module):
    @nn.compact
    def __call__(self, x, condition=None):
        product = x * self.param("slope", nn.initializers.constant(2.0), ())
        return [[product**2, product]]


@dataclasses.dataclass(frozen=True)
class Shift:
    """Noise is shifted towards the recordings."""

    weight: float = 1.0

    def example(self):
        return (jnp.zeros((1, 3)),)

    def condition(self):
        return None

    def play(self, generator, variables, batch, keys):
        noise = jax.vmap(lambda key: jax.random.normal(key, (3,)))(keys)
        fake, mutable = generator.apply(variables, noise, mutable=[])
        real = batch["real"]
        terms = {"distance": self.weight * jnp.mean((fake - real) ** 2)}
        return Play(real, fake, None, terms, mutable)


MULTIPLIES = Multiplies()


class Stretches(nn.Module):
    @nn.compact
    def __call__(self, x):
        stretch = self.param("stretch", nn.initializers.constant(0.3), ())
        return x * stretch + self.param("shift", nn.initializers.constant(0.3), ())


def toy(rules=None, objective=None, discriminators=(MULTIPLIES,), **optimizer):
    settings = {"learning_rate": 1e-2, "b1": 0.0} | optimizer
    rules = rules or Rules(feature_matching=0.0, ema=0.0)
    both = Optimizer(**settings), Optimizer(**settings)
    return Game(Shift(), Adds(), discriminators, objective or LeastSquares(), rules, *both)


def real(size=4, seed=0):
    return {"real": np.random.default_rng(seed).normal(2.0, 1.0, (size, 3)).astype(np.float32)}


def slope(state):
    return float(state.discriminator.params[0]["slope"])


def shift(state):
    return float(state.generator.params["shift"])


def test_the_generator_answers_the_new_discriminator():
    update, state = start(toy(objective=Wasserstein(gradient_penalty=0.0)))
    keys = np.asarray(state.key)
    state, metrics = update(state, [real()])
    # Adam without memory moves by the learning rate; a critic of real above fake gets steeper.
    assert slope(state) == pytest.approx(2.01, abs=1e-6)
    per_example = jax.random.split(jax.random.fold_in(keys, 0), 1)[0]
    draws = [jax.random.normal(jax.random.fold_in(per_example, i), (3,)) for i in range(4)]
    fake = np.stack(draws) + 0.5
    told = last(metrics)
    assert told["discriminator/fake"] == pytest.approx(2.0 * fake.mean(), rel=1e-5)
    assert told["discriminator/real"] == pytest.approx(2.0 * real()["real"].mean(), rel=1e-5)
    assert told["generator/adversarial"] == pytest.approx(-2.01 * fake.mean(), rel=1e-5)
    assert shift(state) == pytest.approx(0.51, abs=1e-6)
    gradient = 2 * (fake - real()["real"]).mean() - 2.01
    assert told["generator/gradient_norm"] == pytest.approx(abs(gradient), rel=1e-5)


def test_the_warm_up_leaves_discriminators_alone():
    update, state = start(toy())
    state, metrics = update(state, [real()], adversary=False)
    assert slope(state) == 2.0 and shift(state) != 0.5
    assert set(metrics) == {"generator/distance", "generator/gradient_norm"}


def test_without_discriminators_it_is_plain_training():
    update, state = start(toy(discriminators=()))
    state, metrics = update(state, [real()])
    assert shift(state) > 0.5
    assert set(metrics) == {"generator/distance", "generator/gradient_norm"}


def test_parts_of_a_batch_are_the_whole_batch():
    states = {}
    for parts in (1, 4):
        rules = Rules(feature_matching=1.0, r1=0.1, accumulate=parts)
        update, state = start(toy(rules, b1=0.9))
        for seed in range(3):
            state, metrics = update(state, [real(8, seed)])
        states[parts] = copied((state, last(metrics)))
    jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-5), states[1], states[4])


def test_critic_steps_move_the_discriminator_on_batches_of_their_own():
    game = toy(Rules(feature_matching=0.0, ema=0.0, critic_steps=3))
    update, state = start(game)
    first, metrics = update(state, [real(seed=s) for s in (0, 1, 2)])
    assert first.discriminator.opt_state[0].count == 3
    assert first.generator.opt_state[0].count == 1
    _, state = start(game)
    other, others = update(state, [real(seed=s) for s in (7, 8, 2)])
    # The generator plays on the last batch only.
    assert last(others)["generator/distance"] == last(metrics)["generator/distance"]
    assert slope(other) != slope(first)


def test_several_updates_in_one_dispatch_are_the_same_updates():
    update, state = start(toy())
    for seed in range(3):
        state, one = update(state, [real(seed=seed)])
    _, fresh = start(toy())
    together, several = update(fresh, [real(seed=seed) for seed in range(3)])
    assert together.step == 3 and several["generator/distance"].shape == (3,)
    assert last(several) == pytest.approx(last(one), rel=1e-6)
    assert shift(together) == pytest.approx(shift(state), rel=1e-6)


def test_moving_averages_follow_and_can_be_left_out():
    update, state = start(toy(Rules(ema=0.9)))
    state, _ = update(state, [real()])
    expected = 0.9 * 0.5 + 0.1 * shift(state)
    assert float(state.ema[0]["shift"]) == pytest.approx(expected, rel=1e-6)
    assert start(toy(Rules(ema=0.0)))[1].ema is None


def test_penalties_and_feature_matching_are_as_weighted_or_absent():
    update, state = start(toy())
    _, plain = update(state, [real()])
    assert not {"discriminator/r1", "generator/feature_matching"} & set(plain)
    update, state = start(toy(Rules(r1=0.5, feature_matching=3.0)))
    state, metrics = update(state, [real()])
    # The mean logit's slope is 2 / 3 at each of an example's three samples.
    assert last(metrics)["discriminator/r1"] == pytest.approx(0.5 * 3 * (2 / 3) ** 2, rel=1e-5)
    assert last(metrics)["generator/feature_matching"] > 0


def test_settings_of_the_optimizer_reach_the_parameters():
    # Weight decay alone moves a parameter that no loss moves.
    still = dataclasses.replace(
        toy(discriminators=(), weight_decay=0.5, schedule="cosine"), task=Shift(weight=0.0)
    )
    update, state = start(still, steps=2)
    state, _ = update(state, [real()])
    assert shift(state) == pytest.approx(0.5 * (1 - 1e-2 * 0.5), rel=1e-6)
    state, _ = update(state, [real()])  # half-way down the cosine
    assert shift(state) == pytest.approx(0.4975 * (1 - 0.5e-2 * 0.5), rel=1e-6)


def test_turns_are_a_scan():
    def body(carry, x):
        return carry + x, carry * x

    for length in (1, 3):
        xs = jnp.arange(1.0, 1.0 + length)
        for ours, theirs in zip(in_turn(body, 1.0, xs), jax.lax.scan(body, 1.0, xs)):
            np.testing.assert_array_equal(ours, theirs)


def test_segments_are_made_quieter_each_by_its_own_draw():
    quieter = dataclasses.replace(TASK, quieter_db=20.0)
    vocos = tiny(MENUS["generator"]["vocos"])
    variables = vocos.init(jax.random.key(0), *quieter.example())
    batch, keys = audio(64), jax.random.split(jax.random.key(1), 64)
    play = quieter.play(vocos, variables, batch, keys)
    decibels = -20 * np.log10(np.abs(play.real).max(1) / np.abs(batch["audio"]).max(1))
    assert 0 <= decibels.min() < 3 and 17 < decibels.max() <= 20
    again = quieter.play(vocos, variables, {"audio": batch["audio"][5:6]}, keys[5:6])
    np.testing.assert_allclose(again.real[0], play.real[5], rtol=1e-6)
    with pytest.raises(ValueError, match=r"task\.quieter_db must be at least 0"):
        dataclasses.replace(TASK, quieter_db=-1.0)


def test_frozen_parts_stay_as_they_are_bit_by_bit():
    rules = Rules(feature_matching=0.0, ema=0.9, frozen=("stretch",))
    game = dataclasses.replace(toy(rules, weight_decay=0.1), generator=Stretches())
    update, state = start(game)
    # Neither moments nor decay are kept for what does not move.
    assert "stretch" not in str(jax.tree_util.tree_leaves_with_path(state.generator.opt_state))
    before = copied(state)
    for seed in range(5):
        state, metrics = update(state, [{"real": np.full((2, 3), seed, np.float32)}])
    assert last(metrics)["generator/gradient_norm"] > 0
    for old, new in ((before.generator.params, state.generator.params),
                     (before.ema[0], state.ema[0])):  # fmt: skip
        assert np.array(new["stretch"]).tobytes() == np.array(old["stretch"]).tobytes()
        assert new["shift"] != old["shift"]
    wrong = dataclasses.replace(game, rules=Rules(frozen=("bend",)))
    with pytest.raises(ValueError, match=r"rules\.frozen: .* no part 'bend'; it has s"):
        start(wrong)
