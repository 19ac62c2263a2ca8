"""Members of a population in one compiled program, against one run alone, for each way.

    python benchmarks/population.py
    python benchmarks/population.py --games dcgan --members 4 --rounds 5

Ways and the run alone take turns within one process, in an order drawn for each round, and every
round gives ratios of neighboring times, so that a busy machine slows all of them. Compilation is
timed apart. Members with a device of their own need as many devices: on a CPU a process of its own
simulates them, where the run alone has one of them. A way whose program would take longer to
compile than `--patience` seconds, as far as the run alone tells, is named and left out.
"""

import argparse
import dataclasses
import itertools
import os
import subprocess
import sys


def main(arguments: list[str] | None = None):
    """Read the flags; measure here, or start a process for each game and number of devices."""
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    names = ("dcgan", "wavegan")
    parser.add_argument("--games", nargs="+", default=names, choices=names, help="both")
    parser.add_argument("--members", type=int, default=8, help="of the population (8)")
    parser.add_argument("--batch", type=int, default=16, help="examples of a member's update (16)")
    parser.add_argument("--channels", type=int, default=4, help="of the WaveGAN (4)")
    parser.add_argument("--rounds", type=int, default=15, help="turns of each way (15)")
    parser.add_argument("--cores", type=int, default=2, help="processors to use (2)")
    parser.add_argument("--patience", type=float, default=900.0, help="seconds to compile (900)")
    parser.add_argument("--small", action="store_true", help="toy networks, for a first look")
    parser.add_argument("--devices", type=int, help="measure in this process, on so many devices")
    options = parser.parse_args(arguments)
    if options.devices:
        for name in options.games:
            measure(name, options)
        return
    for name, devices in itertools.product(options.games, (1, options.members)):
        simulated = f"--xla_force_host_platform_device_count={devices}"
        given = sys.argv[1:] if arguments is None else arguments
        subprocess.run(
            [sys.executable, __file__, *given, "--games", name, "--devices", str(devices)],
            env={**os.environ, "XLA_FLAGS": f"{os.environ.get('XLA_FLAGS', '')} {simulated}"},
            check=True,
        )


def game(name: str, options):
    """The experiment of that name at the size asked for; its budget's batch is the one timed."""
    from ganspeech import experiments

    chosen = experiments.load({"dcgan": "dcgan_words", "wavegan": "wavegan_digits"}[name])
    generator, (discriminator,) = chosen.generator, chosen.discriminators
    if name == "wavegan":
        generator = dataclasses.replace(generator, channels=options.channels)
        discriminator = dataclasses.replace(discriminator, channels=options.channels)
    elif options.small:
        generator = dataclasses.replace(generator, hidden=(8,), channels=8)
        discriminator = dataclasses.replace(discriminator, widths=(4,))
    return dataclasses.replace(
        chosen,
        generator=generator,
        discriminators=(discriminator,),
        budget=dataclasses.replace(chosen.budget, batch_size=options.batch),
    )


def measure(name: str, options):
    """Times the ways that this process's devices allow, in turns, and prints one line for each."""
    # Before numerical libraries are loaded, which count the processors to size their thread pools.
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: options.cores])

    import jax
    import numpy as np
    from rounds import in_turns, seconds_of, spread

    from ganspeech.training.loop import Alone
    from ganspeech.training.parallel import PopulationUpdate

    if options.devices > 1 and jax.default_backend() != "cpu":
        return  # real devices are there in the first process
    played, members = game(name, options), options.members
    one_device = jax.local_device_count() == 1
    ways = ("vmap", "in-turn") if one_device else ("one-per-device",)
    print(
        f"{name}, batches of {options.batch}, {members} members on {jax.local_device_count()} "
        f"{jax.default_backend()} devices, {options.cores} cores, JAX {jax.__version__}; medians "
        f"of {options.rounds} rounds, in brackets the 5th and 95th percentiles",
        flush=True,
    )
    steps = played.budget.steps
    # What train.py runs; among several devices, which that would all use, the same on one of them.
    alone = Alone(played) if one_device else PopulationUpdate(played, steps, 1, "one-per-device")
    runs = {"alone": updates(alone, played, 1)}
    first = {"alone": seconds_of(runs["alone"])}
    for way in ways:
        update = PopulationUpdate(played, steps, members, way)
        if (expected := first["alone"] * update.copies) > options.patience:
            print(f"  {way}: left out, would take about {expected:.0f} s to compile", flush=True)
            continue
        runs[way] = updates(update, played, members)
        first[way] = seconds_of(runs[way])
    for run in runs.values():
        run()  # the first after compilation
    seconds = in_turns(runs, options.rounds)
    for way, times in seconds.items():
        count = 1 if way == "alone" else members
        print(
            f"  {way:14} first call {first[way]:6.1f} s, then {spread(count / times)} "
            f"member-steps/s, {spread(count * seconds['alone'] / times)} times one run alone"
        )
    best = max(ways, key=lambda way: members / np.median(seconds[way]) if way in seconds else 0)
    print(f"  fastest here: {best}", flush=True)


def updates(update, played, members: int):
    """A function that plays one update of every member on random examples, and waits for it."""
    import functools

    import jax
    import numpy as np

    from ganspeech.game.state import create_state

    create = jax.jit(functools.partial(create_state, played), static_argnums=1)
    keys = [jax.random.PRNGKey(seed) for seed in range(members)]
    state = update.place([create(key, played.budget.steps) for key in keys])
    size, shape = played.budget.batch_size, played.task.view.shape
    batches = []
    for seed in range(members):
        rng = np.random.default_rng(seed)
        batch = {
            "values": rng.uniform(-1.0, 1.0, (size, *shape)).astype(np.float32),
            "label": np.zeros(size, np.int32),
        }
        batches.append([batch] * played.rules.critic_steps)

    def run():
        nonlocal state
        state, _ = jax.block_until_ready(update(state, batches, adversary=True))

    return run


if __name__ == "__main__":
    main()
