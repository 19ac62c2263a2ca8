"""Memory and compilation of every experiment's update, from its compiled program alone.

    python benchmarks/memory.py [EXPERIMENT ...] [--batch N] [--json FILE]

Each update is compiled in a process of its own, without a cache and from shapes: nothing is
allocated, so a laptop can say what a large card needs. Peak memory is that of XLA's plan:
arguments, temporary arrays and outputs, less what outputs share with donated arguments. Processor
seconds are those of tracing and compiling, of all threads. Prints rows of Markdown.
"""

import argparse
import functools
import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

HEADER = "| experiment | batch | peak, GB | compiled, processor s |\n|---|---:|---:|---:|"


def measured(name: str, batch_size: int | None) -> dict[str, Any]:
    """Peak bytes and processor seconds of the update of an experiment."""
    import jax

    from ganspeech import experiments
    from ganspeech.game.state import create_state

    experiment = experiments.load(name)
    size = batch_size or experiment.budget.batch_size
    key = jax.random.PRNGKey(0)
    create = functools.partial(create_state, experiment, total_steps=experiment.budget.steps)
    state = jax.eval_shape(create, key)
    program, batches = update_of(experiment, size)
    before = processor_seconds()
    compiled = program.lower(state, batches).compile()
    seconds = processor_seconds() - before
    plan = compiled.memory_analysis()
    peak = plan.argument_size_in_bytes + plan.temp_size_in_bytes
    peak += plan.output_size_in_bytes - plan.alias_size_in_bytes
    return {"experiment": name, "batch": size, "bytes": peak, "seconds": seconds}


def update_of(experiment, size: int) -> tuple[Any, Any]:
    """Program of an update with discriminators on one device, and the shapes of its batches."""
    import jax

    from ganspeech.game.update import make_update
    from ganspeech.nn.axis import AXIS

    def widened(leaf):
        shape = (1, experiment.rules.critic_steps, size, *leaf.shape[1:])
        return jax.ShapeDtypeStruct(shape, leaf.dtype)

    update = make_update(experiment, experiment.budget.steps)
    program = jax.pmap(update, axis_name=AXIS, in_axes=(None, 0), out_axes=None, donate_argnums=0)
    return program, jax.tree.map(widened, dict(experiment.task.batch_shapes(1)))


def processor_seconds() -> float:
    """Time of all threads of this process."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def in_process(name: str, batch_size: int | None) -> dict[str, Any]:
    """`measured` in a process of its own."""
    command = [sys.executable, __file__, "--one", name]
    command += ["--batch", str(batch_size)] if batch_size else []
    environment = os.environ | {"JAX_ENABLE_COMPILATION_CACHE": "false"}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)


def row(found: dict[str, Any]) -> str:
    """Row of Markdown."""
    cells = found["experiment"], found["batch"], f"{found['bytes'] / 1e9:.2f}"
    return f"| {' | '.join(map(str, cells))} | {found['seconds']:.0f} |"


def main() -> None:
    """Measures the experiments named, or all."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("experiments", nargs="*", help="names; none: all")
    parser.add_argument("--batch", type=int, help="batch size; none: that of the experiment")
    parser.add_argument("--json", type=Path, help="file to write the figures to as well")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(measured(given.one, given.batch)))
        return
    from ganspeech.experiments import names

    print(HEADER)
    found = []
    for name in given.experiments or names():
        found.append(in_process(name, given.batch))
        print(row(found[-1]), flush=True)
    if given.json:
        given.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
