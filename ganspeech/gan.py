"""What a generator and its discriminators know, and the one step by which they learn.

Goodfellow et al. 2014, "Generative adversarial nets": discriminators learn to tell recordings from
generated speech, the generator learns to pass for a recording, and the two take turns.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
import optax
from flax import struct
from jax import lax

from ganspeech.frozen import parted, together
from ganspeech.game import Batch, Game, Metrics, Play, Rated, Tree
from ganspeech.losses.adversarial import LeastSquares, Wasserstein
from ganspeech.losses.feature_matching import feature_matching
from ganspeech.losses.penalties import gradient_penalty, r1_penalty
from ganspeech.nn.axis import AXIS, example_keys
from ganspeech.nn.draws import STREAM
from ganspeech.optimizer import Optimizer


@struct.dataclass
class Player:
    """One side of the game.

    `mutable` holds what changes without a gradient: batch statistics, spectral-norm vectors.
    """

    params: Tree
    mutable: Tree
    opt_state: Tree

    @property
    def variables(self) -> Tree:
        """The collections a module is applied with; for discriminators a tuple of them."""
        return join(self.params, self.mutable)


@struct.dataclass
class GanState:
    """All that a run knows. Arrays only, so it is saved, donated and replicated as one tree."""

    step: jax.Array
    key: jax.Array
    generator: Player
    discriminator: Player
    ema: Tree
    """Moving averages of the generator's params and mutable, or None without averaging."""
    augmentation: jax.Array
    """The probability of each change that discriminators' examples go through, as it is by now."""


def create_state(game: Game, key: jax.Array, total_steps: int) -> GanState:
    """The state before the first update of a run of `total_steps`."""
    generator_key, discriminator_key, key = jax.random.split(key, 3)
    inputs = game.task.example()
    variables = game.generator.init(generator_key, *inputs)
    # A recogniser gives several arrays, of which discriminators see the first.
    fake = jax.tree.leaves(game.generator.apply(variables, *inputs))[0]
    params, mutable = split(variables)
    judges = tuple(
        discriminator.init(
            jax.random.fold_in(discriminator_key, index), fake, game.task.condition()
        )
        for index, discriminator in enumerate(game.discriminators)
    )
    judge_params = tuple(split(judge)[0] for judge in judges)
    judge_mutable = tuple(split(judge)[1] for judge in judges)
    return GanState(
        step=jnp.zeros((), jnp.int32),
        key=key,
        generator=Player(
            params,
            mutable,
            game.generator_optimizer.transformation(total_steps).init(
                parted(params, game.rules.frozen)[0]
            ),
        ),
        discriminator=Player(
            judge_params,
            judge_mutable,
            game.discriminator_optimizer.transformation(total_steps).init(judge_params),
        ),
        # A copy: the state is donated, and no buffer may be given away twice.
        ema=jax.tree.map(jnp.copy, (params, mutable)) if game.rules.ema else None,
        augmentation=game.augmentation.start(),
    )


def make_update(
    game: Game, total_steps: int, *, adversary: bool = True
) -> Callable[[GanState, Batch], tuple[GanState, Metrics]]:
    """The pure step `update(state, batch) -> (state, metrics)`, to be run over axis `AXIS`.

    Batches carry a leading axis of `rules.critic_steps`, then this device's examples. The
    discriminators move first, on a fake that is stopped; the generator then answers the new
    discriminators on the last of the batches. XLA computes the repeated forward pass once.
    `adversary=False` is the generator's warm-up: the task's own losses alone.
    """
    rules = game.rules
    play_the_game = adversary and bool(game.discriminators)
    move_generator = _mover("generator", game.generator_optimizer, total_steps, rules.frozen)
    move_discriminator = _mover("discriminator", game.discriminator_optimizer, total_steps)

    def judge(variables: Tree, x: jax.Array, condition: jax.Array | None, draws: jax.Array):
        panel, mutable = [], []
        for discriminator, collections in zip(game.discriminators, variables, strict=True):
            names = [name for name in collections if name != "params"]
            maps, changed = discriminator.apply(
                collections, x, condition, mutable=names, rngs={STREAM: draws}
            )
            panel += maps
            mutable.append(changed)
        return panel, tuple(mutable)

    def augment(x: jax.Array, keys: jax.Array, salt: int, probability: jax.Array) -> jax.Array:
        return game.augmentation(x, _derived(keys, salt), probability)

    def discriminator_loss(params, mutable, generator_variables, chances, batch, keys):
        play = game.task.play(game.generator, generator_variables, batch, keys)
        if play.rated is not None and not isinstance(game.objective, LeastSquares):
            raise ValueError("ratings are learnt by least squares: --objective least-squares")
        real = augment(lax.stop_gradient(play.real), keys, 1, chances.augmentation)
        condition = lax.stop_gradient(play.condition)
        rated = lax.stop_gradient(play.rated or Rated(_fake_of(play), condition, jnp.zeros(())))
        fake = augment(rated.fake, keys, 2, chances.augmentation)
        variables = join(_cast(params, rules.precision), mutable)
        on_real, mutable = judge(variables, real, condition, chances.on_real)
        variables = join(_cast(params, rules.precision), mutable)
        on_fake, mutable = judge(variables, fake, rated.condition, chances.on_fake)
        logs = {
            "discriminator/adversarial": _mean(
                # Squared distances to a rating are those to 0 of what lies above the rating.
                game.objective.discriminator_loss(r[-1], _above(f[-1], rated.rating))
                for r, f in zip(on_real, on_fake)
            )
        }
        if rules.r1 or isinstance(game.objective, Wasserstein):
            frozen = join(params, mutable)

            def logits(x):
                return [maps[-1] for maps in judge(frozen, x, condition, chances.on_real)[0]]

            if rules.r1:
                logs["discriminator/r1"] = rules.r1 * r1_penalty(logits, real)
            if isinstance(game.objective, Wasserstein):
                weight = game.objective.gradient_penalty
                logs["discriminator/gradient_penalty"] = weight * gradient_penalty(
                    logits, real, fake, keys
                )
        loss = sum(logs.values())
        logs["discriminator/real"] = _mean(maps[-1].astype(jnp.float32).mean() for maps in on_real)
        logs["discriminator/fake"] = _mean(maps[-1].astype(jnp.float32).mean() for maps in on_fake)
        if game.augmentation.adaptive:
            sides = (jnp.sign(maps[-1] - game.objective.boundary).mean() for maps in on_real)
            logs["discriminator/overfitting"] = _mean(sides)
        return loss, (logs, mutable)

    def generator_loss(params, mutable, judge_variables, chances, batch, keys):
        variables = join(_cast(params, rules.precision), mutable)
        play = game.task.play(game.generator, variables, batch, keys)
        logs = {f"generator/{name}": term for name, term in play.terms.items()}
        if play_the_game:
            fake = augment(_fake_of(play), keys, 3, chances.augmentation)
            on_fake, _ = judge(judge_variables, fake, play.condition, chances.on_fake)
            logs["generator/adversarial"] = rules.adversarial * _mean(
                game.objective.generator_loss(maps[-1]) for maps in on_fake
            )
            if rules.feature_matching:
                # Changed as the fake is, or the distance would be that of the changes.
                real = augment(play.real, keys, 3, chances.augmentation)
                on_real, _ = judge(judge_variables, real, play.condition, chances.on_fake)
                on_real = lax.stop_gradient(on_real)
                logs["generator/feature_matching"] = rules.feature_matching * feature_matching(
                    on_real, on_fake
                )
        if not logs:
            raise ValueError(
                "the generator has nothing to minimise: the task's weights are all 0, and no "
                "discriminator plays (yet)"
            )
        return sum(logs.values()), (logs, play.mutable)

    def update(state: GanState, batch: Batch) -> tuple[GanState, Metrics]:
        key = jax.random.fold_in(state.key, state.step)
        last = jax.tree.map(lambda leaf: leaf[-1], batch)
        # The generator answers with the keys of the last critic step, so their fakes are the same.
        size = jax.tree.leaves(last)[0].shape[0]
        turns = jax.random.split(key, rules.critic_steps)
        keys = jax.vmap(lambda turn: example_keys(turn, size))(turns)
        discriminator, logs = state.discriminator, {}
        probability = adapted = state.augmentation
        if play_the_game:
            generated = join(
                _cast(state.generator.params, rules.precision), state.generator.mutable
            )

            def critic(player: Player, inputs):
                *examples, turn = inputs
                chances = _Chances.of(turn, probability)
                return move_discriminator(
                    player,
                    lambda p, m, *part: discriminator_loss(p, m, generated, chances, *part),
                    examples,
                    rules.accumulate,
                )

            discriminator, steps = in_turn(critic, state.discriminator, (batch, keys, turns))
            logs = jax.tree.map(lambda leaf: leaf[-1], steps)
            if game.augmentation.adaptive:
                logs["discriminator/augmentation"] = probability
                seen = rules.critic_steps * lax.psum(size, AXIS)
                overfitting = steps["discriminator/overfitting"].mean()
                adapted = game.augmentation.adapt(probability, overfitting, seen)
        judges = join(_cast(discriminator.params, rules.precision), discriminator.mutable)
        chances = _Chances.of(jax.random.fold_in(key, rules.critic_steps), probability)
        generator, answer = move_generator(
            state.generator,
            lambda p, m, *part: generator_loss(p, m, judges, chances, *part),
            (last, keys[-1]),
            rules.accumulate,
        )
        ema = state.ema
        if ema is not None:
            average, mutable = optax.incremental_update(
                (generator.params, generator.mutable), ema, 1 - rules.ema
            )
            # An average of one value differs from it in the last bit.
            ema = (together(average, parted(generator.params, rules.frozen)[1]), mutable)
        state = GanState(state.step + 1, state.key, generator, discriminator, ema, adapted)
        return state, logs | answer

    return update


class _Chances(NamedTuple):
    """What the draws of one turn depend on, beside the examples' own keys."""

    on_real: jax.Array
    """Key of a discriminator's draws (dropout, phase shuffle) for real examples."""
    on_fake: jax.Array
    """The same for fake ones."""
    augmentation: jax.Array
    """Probability of each change before a discriminator."""

    @classmethod
    def of(cls, key: jax.Array, augmentation: jax.Array) -> "_Chances":
        on_real, on_fake = jax.random.split(jax.random.fold_in(key, _DRAWS))
        return cls(on_real, on_fake, augmentation)


_DRAWS = 2**31
"""Apart from the places of examples, which are folded into the same keys."""


def _mover(
    name: str, optimizer: Optimizer, total_steps: int, frozen: Sequence[str] = ()
) -> Callable[..., tuple[Player, Metrics]]:
    """A function that moves a player a step down its loss, averaged over parts and devices."""
    transformation = optimizer.transformation(total_steps)

    def move(player: Player, loss: Callable, inputs: Tree, parts: int) -> tuple[Player, Metrics]:
        trained, still = parted(player.params, frozen)

        def part_of(mutable, piece):
            def loss_of(trained):
                return loss(together(trained, still), mutable, *piece)

            gradients, (logs, mutable) = jax.grad(loss_of, has_aux=True)(trained)
            return mutable, (gradients, logs)

        pieces = jax.tree.map(lambda leaf: leaf.reshape(parts, -1, *leaf.shape[1:]), inputs)
        mutable, results = in_turn(part_of, player.mutable, pieces)
        gradients, logs = lax.pmean(jax.tree.map(lambda leaf: leaf.mean(0), results), AXIS)
        updates, opt_state = transformation.update(gradients, player.opt_state, trained)
        logs[f"{name}/gradient_norm"] = optax.tree.norm(gradients)
        params = together(optax.apply_updates(trained, updates), still)
        return Player(params, mutable, opt_state), logs

    return move


def _fake_of(play: Play) -> jax.Array:
    if play.fake is None:
        raise ValueError("this task generates nothing to judge: train it without discriminators")
    return play.fake


def _above(logits: jax.Array, rating: jax.Array) -> jax.Array:
    return logits - rating.reshape(rating.shape + (1,) * (logits.ndim - rating.ndim))


def in_turn(body: Callable, carry: Tree, inputs: Tree) -> tuple[Tree, Tree]:
    """`lax.scan`, written out where a loop would be slow.

    XLA's convolutions inside a loop are 20 times slower on CPU, and a scan of one turn is a loop.
    """
    turns = jax.tree.leaves(inputs)[0].shape[0]
    if turns == 1:
        carry, result = body(carry, jax.tree.map(lambda leaf: leaf[0], inputs))
        return carry, jax.tree.map(lambda leaf: leaf[None], result)
    return lax.scan(body, carry, inputs, unroll=jax.default_backend() == "cpu")


def _derived(keys: jax.Array, salt: int) -> jax.Array:
    """Other keys of the same examples."""
    return jax.vmap(lambda key: jax.random.fold_in(key, salt))(keys)


def split(variables: Tree) -> tuple[Tree, Tree]:
    """A module's collections as (params, the rest)."""
    return variables["params"], {k: v for k, v in variables.items() if k != "params"}


def join(params: Tree, mutable: Tree) -> Tree:
    """The inverse of `split`, for one module or for a tuple of them."""
    if isinstance(params, tuple):
        return tuple(join(p, m) for p, m in zip(params, mutable, strict=True))
    return {"params": params, **mutable}


def _cast(params: Tree, precision: str) -> Tree:
    """Parameters in the computing type: layers follow the type of their weights."""
    return jax.tree.map(lambda p: p.astype(precision), params)


def _mean(values) -> jax.Array:
    values = list(values)
    return sum(values) / len(values)
