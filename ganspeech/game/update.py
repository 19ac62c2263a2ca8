"""The update: one training step of both players.

Goodfellow et al. 2014, "Generative adversarial nets": discriminators learn to tell recordings from
generated speech, the generator learns to pass for a recording, and the two take turns.
"""

import functools
from collections.abc import Callable, Sequence

import jax
import optax
from jax import lax

from ganspeech.game.contract import Batch, Metrics, Tree
from ganspeech.game.frozen import merge_frozen, split_frozen
from ganspeech.game.losses import Draws, cast, discriminator_loss, generator_loss
from ganspeech.game.optimizer import Optimizer
from ganspeech.game.rules import Game
from ganspeech.game.state import GanState, Player, join
from ganspeech.nn.axis import AXIS, example_keys

LOSSES, OPTIMIZER = "losses", "optimizer"
"""Scopes of names in programs, traces and profiles; discriminators have their own within losses."""


def make_update(
    game: Game, total_steps: int, *, adversary: bool = True
) -> Callable[[GanState, Batch], tuple[GanState, Metrics]]:
    """The pure step `update(state, batch) -> (state, metrics)`, to be run over axis `AXIS`.

    Batches carry a leading axis of `rules.critic_steps`, then this device's examples. Both players
    use the same forward pass of the generator, but XLA on CPU does not compute it only once.
    `adversary=False` is the generator's warm-up: the task's own losses alone.
    """
    rules, critic_steps = game.rules, game.rules.critic_steps
    adversarial = adversary and bool(game.discriminators)
    descend = _descent("generator", game.generator_optimizer, total_steps, rules.frozen)
    descend_discriminators = _descent("discriminator", game.discriminator_optimizer, total_steps)

    def update(state: GanState, batch: Batch) -> tuple[GanState, Metrics]:
        key = jax.random.fold_in(state.key, state.step)
        turns = jax.random.split(key, critic_steps)
        size = jax.tree.leaves(batch)[0].shape[1]
        keys = jax.vmap(lambda turn: example_keys(turn, size))(turns)
        player, probability, logs = state.discriminator, state.augmentation, {}

        # 1. The discriminators learn to tell real from fake, each turn on a batch of its own.
        if adversarial:
            turn = functools.partial(_discriminators_turn, game, descend_discriminators, state)
            player, steps = in_turn(turn, player, (batch, keys, turns))
            logs = jax.tree.map(lambda leaf: leaf[-1], steps)
            if game.augmentation.adaptive:
                logs["discriminator/augmentation"] = state.augmentation
                seen = critic_steps * lax.psum(size, AXIS)
                overfitting = steps["discriminator/overfitting"].mean()
                probability = game.augmentation.adapt(state.augmentation, overfitting, seen)

        # 2. The generator learns to pass for real with the new ones, on the last of the batches and
        #    with its keys, so that its fakes are those they just saw.
        discriminators = join(cast(player.params, rules.precision), player.mutable)
        draws = Draws.from_key(jax.random.fold_in(key, critic_steps), state.augmentation)

        def loss(params: Tree, mutable: Tree, batch: Batch, keys: jax.Array):
            variables = join(cast(params, rules.precision), mutable)
            play = game.task.play(game.generator, variables, batch, keys)
            total, terms = generator_loss(
                game, play, discriminators if adversarial else (), draws, keys
            )
            return total, (terms, play.mutable)

        last = jax.tree.map(lambda leaf: leaf[-1], (batch, keys))
        generator, terms = descend(state.generator, loss, last, rules.accumulate)
        ema = None if state.ema is None else _averaged(game, generator, state.ema)
        step = state.step + 1
        return GanState(step, state.key, generator, player, ema, probability), logs | terms

    return update


def _discriminators_turn(
    game: Game, descend: Callable, state: GanState, player: Player, turn: Tree
) -> tuple[Player, Metrics]:
    """One turn of the discriminators against a fixed generator."""
    batch, keys, key = turn
    precision = game.rules.precision
    generated = join(cast(state.generator.params, precision), state.generator.mutable)
    draws = Draws.from_key(key, state.augmentation)

    def loss(params: Tree, mutable: Tree, batch: Batch, keys: jax.Array):
        play = game.task.play(game.generator, generated, batch, keys)
        return discriminator_loss(game, params, mutable, play, draws, keys)

    return descend(player, loss, (batch, keys), game.rules.accumulate)


@jax.named_scope(OPTIMIZER)
def _averaged(game: Game, generator: Player, ema: Tree) -> Tree:
    """Moving average of the generator after one more step."""
    rules = game.rules
    average, mutable = optax.incremental_update(
        (generator.params, generator.mutable), ema, 1 - rules.ema
    )
    # Frozen parts are copied: averaging equal values may change the last bit.
    return merge_frozen(average, split_frozen(generator.params, rules.frozen)[1]), mutable


def _descent(
    name: str, optimizer: Optimizer, total_steps: int, frozen: Sequence[str] = ()
) -> Callable[..., tuple[Player, Metrics]]:
    """A function that moves a player a step down its loss, averaged over parts and devices."""
    transformation = optimizer.transformation(total_steps)

    def descend(player: Player, loss: Callable, inputs: Tree, parts: int) -> tuple[Player, Metrics]:
        trained, fixed = split_frozen(player.params, frozen)

        def part_of(mutable: Tree, piece: Tree):
            def loss_of(trained: Tree):
                return loss(merge_frozen(trained, fixed), mutable, *piece)

            with jax.named_scope(LOSSES):
                gradients, (logs, mutable) = jax.grad(loss_of, has_aux=True)(trained)
            return mutable, (gradients, logs)

        pieces = jax.tree.map(lambda leaf: leaf.reshape(parts, -1, *leaf.shape[1:]), inputs)
        mutable, results = in_turn(part_of, player.mutable, pieces)
        with jax.named_scope(OPTIMIZER):
            gradients, logs = lax.pmean(jax.tree.map(lambda leaf: leaf.mean(0), results), AXIS)
            updates, opt_state = transformation.update(gradients, player.opt_state, trained)
            logs[f"{name}/gradient_norm"] = optax.tree.norm(gradients)
            params = merge_frozen(optax.apply_updates(trained, updates), fixed)
        return Player(params, mutable, opt_state), logs

    return descend


def in_turn(body: Callable, carry: Tree, inputs: Tree) -> tuple[Tree, Tree]:
    """`lax.scan`, written out where a loop would be slow.

    XLA's convolutions inside a loop are 20 times slower on CPU, and a scan of one turn is a loop.
    """
    turns = jax.tree.leaves(inputs)[0].shape[0]
    if turns == 1:
        carry, result = body(carry, jax.tree.map(lambda leaf: leaf[0], inputs))
        return carry, jax.tree.map(lambda leaf: leaf[None], result)
    return lax.scan(body, carry, inputs, unroll=jax.default_backend() == "cpu")
