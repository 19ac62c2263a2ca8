"""What one dispatch of an update costs the host, and `pmap` beside `jit(shard_map)`.

    python benchmarks/dispatch.py
    XLA_FLAGS=--xla_force_host_platform_device_count=8 python benchmarks/dispatch.py

A network of a few hundred parameters, so that what is timed is the call: batches are shared out,
arguments checked, the program started. The ways take turns in an order drawn for each round, and
every round gives a ratio of neighboring times. Seconds are wall time: the processor's own include
XLA's threads. Where the machine has several simulated devices, every call is waited for.
"""

import argparse
import dataclasses
from collections.abc import Callable


def main(arguments: list[str] | None = None) -> int:
    """Read the flags, measure and print."""
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("--rounds", type=int, default=15, help="turns of each way (15)")
    parser.add_argument("--calls", type=int, default=200, help="calls of each turn (200)")
    parser.add_argument("--samples", type=int, default=1024, help="of each example (1024)")
    options = parser.parse_args(arguments)

    import jax
    import numpy as np
    from rounds import in_turns, spread

    ways = prepare(options.samples)
    seconds = in_turns(
        {name: repeated(way, options.calls) for name, way in ways.items()}, options.rounds
    )
    print(f"JAX {jax.__version__}, {jax.device_count()} devices of {jax.default_backend()}")
    for name, values in seconds.items():
        print(f"  {name:15} {spread(1e6 * values / options.calls, 0)} us a call")
    ratios = np.divide(seconds["pmap"], seconds["jit(shard_map)"])
    print(f"  pmap / jit(shard_map): {spread(ratios)}")
    return 0


def repeated(way: Callable[[], object], calls: int) -> Callable[[], None]:
    """A function that calls `way` so many times and waits for the last."""
    import jax

    def run() -> None:
        for _ in range(calls):
            result = way()
        jax.block_until_ready(result)

    run()
    return run


def prepare(samples: int) -> dict[str, Callable[[], object]]:
    """Both ways of updating one game, each with a state of its own."""
    import jax
    import numpy as np
    from jax.sharding import Mesh, NamedSharding, PartitionSpec

    from ganspeech.game.state import create_state
    from ganspeech.game.update import in_turn, make_update
    from ganspeech.nn.axis import AXIS
    from ganspeech.training import parallel

    game = tiny_game(samples)
    batch = {"audio": np.zeros((2 * jax.device_count(), samples), np.float32)}
    mapped = parallel.ParallelUpdate(game, 1)
    update = make_update(game, 1)
    mesh, specs = Mesh(np.asarray(jax.devices()), (AXIS,)), (PartitionSpec(), PartitionSpec(AXIS))
    sharded = jax.jit(
        jax.shard_map(
            lambda state, own: in_turn(update, state, jax.tree.map(lambda leaf: leaf[0], own)),
            mesh=mesh,
            in_specs=specs,
            out_specs=PartitionSpec(),
            check_vma=False,
        ),
        in_shardings=tuple(NamedSharding(mesh, spec) for spec in specs),
        donate_argnums=0,
    )
    first = jax.jit(lambda: create_state(game, jax.random.PRNGKey(0), 1))()
    states = {name: mapped.place(jax.tree.map(np.asarray, first)) for name in ("mapped", "sharded")}

    def by_pmap() -> object:
        states["mapped"], metrics = mapped(states["mapped"], [batch])
        return metrics

    def by_shard_map() -> object:
        shares = parallel._shares([batch], jax.device_count(), 1)
        states["sharded"], metrics = sharded(states["sharded"], shares)
        if jax.device_count() > 1:
            jax.block_until_ready(states["sharded"])
        return metrics

    return {"pmap": by_pmap, "jit(shard_map)": by_shard_map}


def tiny_game(samples: int):
    """Vocoding by a network of a few thousand parameters, without discriminators."""
    from ganspeech import experiments
    from ganspeech.audio import AudioSpec
    from ganspeech.game.rules import Rules
    from ganspeech.generators.vocos import Vocos
    from ganspeech.tasks.vocoding import Vocoding

    spec = AudioSpec(
        sample_rate=8000, n_fft=64, hop_length=16, win_length=64, n_mels=4, fmax=4000.0
    )
    return dataclasses.replace(
        experiments.load("vocoder_vocos"),
        task=Vocoding(spec, segment_frames=samples // 16),
        generator=Vocos(width=4, blocks=1),
        discriminators=(),
        rules=Rules(ema=0.0),
    )


if __name__ == "__main__":
    raise SystemExit(main())
