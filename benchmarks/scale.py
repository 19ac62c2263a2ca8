"""What devices that train together hold and send: bytes, and the efficiency that links allow.

    python benchmarks/scale.py vocoder_hifigan_v1 vocoder_vocos tts_vits --devices 8 --seconds 0.2

Bytes are counted in the program of the update, not measured. Every device computes `--seconds` a
step for its share of the batch, as measured on one device, and then all-reduces in a ring: of n
devices each sends 2 (n - 1) / n of the bytes (Patarasuk and Yuan 2009). The efficiency is

    seconds / (seconds + bytes sent / rate of the link)

at the vendors' nominal rates, in one direction: a bound without latency, and without the overlap of
sending and computing by which XLA can do better. Links at least as fast as the slowest between any
two devices do not help. Nothing here was measured on an accelerator.
"""

import argparse
import functools
import math
import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

LINKS = {
    "NVLink 4 (H100)": 450.0,
    "NVLink 3 (A100)": 300.0,
    "ICI of TPU v6e": 400.0,
    "ICI of TPU v5e": 200.0,
    "PCIe 5 x16": 64.0,
    "PCIe 4 x16": 32.0,
    "InfiniBand NDR, 400 Gb/s": 50.0,
    "Ethernet, 100 Gb/s": 12.5,
}
"""GB/s that a device sends, nominally: half of what vendors state for both directions."""
EXAMPLES = 2
"""Examples of a device while the program is traced; gradients do not depend on it."""


def state_bytes(state: Any) -> dict[str, int]:
    """Bytes of each part of a state, which every device holds whole."""
    players = (state.generator, state.discriminator)
    return {
        "parameters": size_of([player.params for player in players]),
        "optimizer": size_of([player.opt_state for player in players]),
        "moving average": size_of(state.ema),
        "statistics": size_of([player.mutable for player in players]),
    }


def size_of(tree: Any) -> int:
    """Bytes of the arrays of a tree, or of their shapes."""
    import jax

    return sum(math.prod(leaf.shape) * leaf.dtype.itemsize for leaf in jax.tree.leaves(tree))


def traced(name: str, devices: int) -> tuple[Any, Any]:
    """Shapes of an experiment's state, and the program of one update on one of the devices."""
    import jax

    from ganspeech import experiments
    from ganspeech.game.update import make_update
    from ganspeech.nn.axis import AXIS
    from ganspeech.runs.folder import abstract_state

    experiment = experiments.load(name)
    state = abstract_state(experiment)
    examples = EXAMPLES * experiment.rules.accumulate
    turns = experiment.rules.critic_steps
    batch = jax.tree.map(
        lambda leaf: jax.ShapeDtypeStruct((turns, *leaf.shape), leaf.dtype),
        dict(experiment.task.batch_shapes(examples)),
    )
    update = make_update(experiment, experiment.budget.steps)
    return state, jax.make_jaxpr(update, axis_env=[(AXIS, devices)])(state, batch).jaxpr


def all_reduced(program: Any, times: int = 1) -> int:
    """Bytes that a program sums over devices; loops count as often as they run."""
    total = 0
    for equation in program.eqns:
        if equation.primitive.name.startswith("psum"):
            total += times * sum(size_of(variable.aval) for variable in equation.invars)
        runs = equation.params["length"] if equation.primitive.name == "scan" else 1
        for inner in _programs(equation.params):
            total += all_reduced(inner, times * runs)
    return total


def _programs(params: Mapping[str, Any]) -> Iterator[Any]:
    for value in params.values():
        for one in value if isinstance(value, Sequence) else (value,):
            one = getattr(one, "jaxpr", one)
            if hasattr(one, "eqns"):
                yield one


def efficiency(reduced: int, seconds: float, devices: int, rate: float) -> float:
    """Share of the time that devices compute, if they wait for a ring at `rate` GB/s."""
    sent = 2 * (devices - 1) / devices * reduced
    return seconds / (seconds + sent / (rate * 1e9))


def main() -> None:
    """Prints two tables: bytes of each experiment, and efficiencies by link."""
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    default = ["vocoder_hifigan_v1", "vocoder_vocos", "tts_vits"]
    parser.add_argument("experiments", nargs="*", default=default)
    parser.add_argument("--devices", type=int, default=8, help="devices (8)")
    parser.add_argument("--seconds", type=float, nargs="+", default=[0.05, 0.2], help="of a step")
    flags = parser.parse_args()
    reduced = {}
    print("| experiment | all-reduced MB a step | state MB | " + " | ".join(_PARTS) + " |")
    print("|---" * 3 + "|---" * len(_PARTS) + "|")
    for name in flags.experiments:
        state, program = traced(name, flags.devices)
        reduced[name] = all_reduced(program)
        figures = [reduced[name], size_of(state), *state_bytes(state).values()]
        print(f"| {name} | " + " | ".join(f"{value / 1e6:,.1f}" for value in figures) + " |")
    print(f"\nEfficiency of {flags.devices} devices, if a step takes one device so many seconds:\n")
    columns = [(name, seconds) for name in flags.experiments for seconds in flags.seconds]
    print("| link, GB/s one way | " + " | ".join(f"{n}, {s:g} s" for n, s in columns) + " |")
    print("|---" * (1 + len(columns)) + "|")
    for link, rate in LINKS.items():
        share = functools.partial(efficiency, devices=flags.devices, rate=rate)
        cells = [f"{100 * share(reduced[n], s):.1f} %" for n, s in columns]
        print(f"| {link}, {rate:g} | " + " | ".join(cells) + " |")


_PARTS = ("parameters", "optimizer", "moving average", "statistics")

if __name__ == "__main__":
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    main()
