"""What a generator and its discriminators know, and the one step by which they learn.

Goodfellow et al. 2014, "Generative adversarial nets": discriminators learn to tell recordings from
generated speech, the generator learns to pass for a recording, and the two take turns.
"""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import optax
from flax import struct
from jax import lax

from ganspeech.game import Batch, Game, Metrics, Play, Tree
from ganspeech.losses.adversarial import Wasserstein
from ganspeech.losses.feature_matching import feature_matching
from ganspeech.losses.penalties import gradient_penalty, r1_penalty
from ganspeech.optimizer import Optimizer

AXIS = "devices"
"""Name of the axis over which an update is spread; always there, on one device too."""


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


def create_state(game: Game, key: jax.Array, total_steps: int) -> GanState:
    """The state before the first update of a run of `total_steps`."""
    generator_key, discriminator_key, key = jax.random.split(key, 3)
    inputs = game.task.example()
    variables = game.generator.init(generator_key, *inputs)
    fake = game.generator.apply(variables, *inputs)
    params, mutable = split(variables)
    judges = tuple(
        discriminator.init(jax.random.fold_in(discriminator_key, index), fake)
        for index, discriminator in enumerate(game.discriminators)
    )
    judge_params = tuple(split(judge)[0] for judge in judges)
    judge_mutable = tuple(split(judge)[1] for judge in judges)
    return GanState(
        step=jnp.zeros((), jnp.int32),
        key=key,
        generator=Player(
            params, mutable, game.generator_optimizer.transformation(total_steps).init(params)
        ),
        discriminator=Player(
            judge_params,
            judge_mutable,
            game.discriminator_optimizer.transformation(total_steps).init(judge_params),
        ),
        # A copy: the state is donated, and no buffer may be given away twice.
        ema=jax.tree.map(jnp.copy, (params, mutable)) if game.rules.ema else None,
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
    move_generator = _mover("generator", game.generator_optimizer, total_steps)
    move_discriminator = _mover("discriminator", game.discriminator_optimizer, total_steps)

    def judge(variables: Tree, x: jax.Array, condition: jax.Array | None):
        panel, mutable = [], []
        for discriminator, collections in zip(game.discriminators, variables, strict=True):
            names = [name for name in collections if name != "params"]
            maps, changed = discriminator.apply(collections, x, condition, mutable=names)
            panel += maps
            mutable.append(changed)
        return panel, tuple(mutable)

    def discriminator_loss(params, mutable, generator_variables, batch, keys):
        play = game.task.play(game.generator, generator_variables, batch, keys)
        real, fake = lax.stop_gradient((play.real, _fake_of(play)))
        condition = lax.stop_gradient(play.condition)
        variables = join(_cast(params, rules.precision), mutable)
        on_real, mutable = judge(variables, real, condition)
        on_fake, mutable = judge(join(_cast(params, rules.precision), mutable), fake, condition)
        logs = {
            "discriminator/adversarial": _mean(
                game.objective.discriminator_loss(r[-1], f[-1]) for r, f in zip(on_real, on_fake)
            )
        }
        if rules.r1 or isinstance(game.objective, Wasserstein):
            frozen = join(params, mutable)

            def logits(x):
                return [maps[-1] for maps in judge(frozen, x, condition)[0]]

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
        return loss, (logs, mutable)

    def generator_loss(params, mutable, judge_variables, batch, keys):
        variables = join(_cast(params, rules.precision), mutable)
        play = game.task.play(game.generator, variables, batch, keys)
        logs = {f"generator/{name}": term for name, term in play.terms.items()}
        if play_the_game:
            on_fake, _ = judge(judge_variables, _fake_of(play), play.condition)
            logs["generator/adversarial"] = rules.adversarial * _mean(
                game.objective.generator_loss(maps[-1]) for maps in on_fake
            )
            if rules.feature_matching:
                on_real = lax.stop_gradient(judge(judge_variables, play.real, play.condition)[0])
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
        keys = jax.vmap(lambda k: _example_keys(k, last))(jax.random.split(key, rules.critic_steps))
        discriminator, logs = state.discriminator, {}
        if play_the_game:
            generated = join(
                _cast(state.generator.params, rules.precision), state.generator.mutable
            )

            def critic(player: Player, inputs):
                return move_discriminator(
                    player,
                    lambda p, m, *part: discriminator_loss(p, m, generated, *part),
                    inputs,
                    rules.accumulate,
                )

            discriminator, steps = in_turn(critic, state.discriminator, (batch, keys))
            logs = jax.tree.map(lambda leaf: leaf[-1], steps)
        judges = join(_cast(discriminator.params, rules.precision), discriminator.mutable)
        generator, answer = move_generator(
            state.generator,
            lambda p, m, *part: generator_loss(p, m, judges, *part),
            (last, keys[-1]),
            rules.accumulate,
        )
        ema = state.ema
        if ema is not None:
            ema = optax.incremental_update(
                (generator.params, generator.mutable), ema, 1 - rules.ema
            )
        state = GanState(state.step + 1, state.key, generator, discriminator, ema)
        return state, logs | answer

    return update


def _mover(
    name: str, optimizer: Optimizer, total_steps: int
) -> Callable[..., tuple[Player, Metrics]]:
    """A function that moves a player a step down its loss, averaged over parts and devices."""
    transformation = optimizer.transformation(total_steps)

    def move(player: Player, loss: Callable, inputs: Tree, parts: int) -> tuple[Player, Metrics]:
        gradient = jax.grad(loss, has_aux=True)

        def part_of(mutable, piece):
            gradients, (logs, mutable) = gradient(player.params, mutable, *piece)
            return mutable, (gradients, logs)

        pieces = jax.tree.map(lambda leaf: leaf.reshape(parts, -1, *leaf.shape[1:]), inputs)
        mutable, results = in_turn(part_of, player.mutable, pieces)
        gradients, logs = lax.pmean(jax.tree.map(lambda leaf: leaf.mean(0), results), AXIS)
        updates, opt_state = transformation.update(gradients, player.opt_state, player.params)
        logs[f"{name}/gradient_norm"] = optax.tree.norm(gradients)
        return Player(optax.apply_updates(player.params, updates), mutable, opt_state), logs

    return move


def _fake_of(play: Play) -> jax.Array:
    if play.fake is None:
        raise ValueError("this task generates nothing to judge: train it without discriminators")
    return play.fake


def in_turn(body: Callable, carry: Tree, inputs: Tree) -> tuple[Tree, Tree]:
    """`lax.scan`, written out where a loop would be slow.

    XLA's convolutions inside a loop are 20 times slower on CPU, and a scan of one turn is a loop.
    """
    turns = jax.tree.leaves(inputs)[0].shape[0]
    if turns == 1:
        carry, result = body(carry, jax.tree.map(lambda leaf: leaf[0], inputs))
        return carry, jax.tree.map(lambda leaf: leaf[None], result)
    return lax.scan(body, carry, inputs, unroll=jax.default_backend() == "cpu")


def _example_keys(key: jax.Array, batch: Batch) -> jax.Array:
    """One key per example, by its place in the global batch: any number of devices draws alike."""
    size = jax.tree.leaves(batch)[0].shape[0]
    places = lax.axis_index(AXIS) * size + jnp.arange(size)
    return jax.vmap(lambda place: jax.random.fold_in(key, place))(places)


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
