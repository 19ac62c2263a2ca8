"""What the update of each experiment asks of a GPU, read from the program that JAX gives XLA.

    python benchmarks/programs.py
    python benchmarks/programs.py vocoder_hifigan_v1 tts_vits --precision bfloat16

No GPU is needed: the update is lowered for CUDA and not compiled. So these are operations before
XLA merges those that occur twice (both players' turns run the generator) and fuses elementwise ones
into kernels. Kernels are at least the products, sums, transforms and moves of data. What is plainly
wrong is told below a row, and makes the exit status 1.
"""

import argparse
import collections
import dataclasses
import math
import unittest.mock
from collections.abc import Iterator

PRODUCTS = ("convolution", "dot_general")
KERNELS = (*PRODUCTS, "reduce", "reduce_window", "fft", "sort", "gather", "scatter", "transpose")
LARGE = 2**22
"""Elements of an array whose transposition takes as long as a small layer."""
FEW = 16
"""Terms that bfloat16 may add up."""


def main(arguments: list[str] | None = None) -> int:
    """Read the flags and print a row for each experiment."""
    from ganspeech import experiments

    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    every = experiments.names()
    parser.add_argument("names", nargs="*", help="experiments (all)")
    parser.add_argument("--precision", default="bfloat16", choices=("float32", "bfloat16"))
    options = parser.parse_args(arguments)
    if unknown := set(options.names) - set(every):
        parser.error(f"no experiments {', '.join(sorted(unknown))}; there are {', '.join(every)}")
    print("| experiment | " + " | ".join(COLUMNS) + " |\n|" + "---|" * (len(COLUMNS) + 1))
    wrong = False
    for name in options.names or every:
        experiment = experiments.load(name)
        rules = dataclasses.replace(experiment.rules, precision=options.precision)
        found = read(dataclasses.replace(experiment, rules=rules))
        print(f"| `{name}` | " + " | ".join(str(n) for n in found.row()) + " |", flush=True)
        for fault in found.faults:
            print(f"{name}: {fault}", flush=True)
        wrong |= bool(found.faults)
    return int(wrong)


COLUMNS = (
    "convolutions", "matrix products", "in bfloat16", "sums", "FFTs", "converts", "transposes",
    "large ones", "loops", "elementwise", "kernels, at least", "all-reduces", "custom calls",
)  # fmt: skip


@dataclasses.dataclass
class Program:
    """Operations of a program for CUDA, and faults among them."""

    counts: collections.Counter[str]
    """How often each operation runs, loops counted once."""
    half: int
    """Products of bfloat16 operands."""
    large: int
    """Transpositions of large arrays."""
    called: list[str]
    """Names of library functions that it calls."""
    faults: list[str]

    def row(self) -> list[object]:
        """The columns of the table."""
        count = self.counts
        kernels = sum(count[name] for name in KERNELS)
        return [
            count["convolution"], count["dot_general"], self.half, count["reduce"], count["fft"],
            count["convert"], count["transpose"], self.large, count["while"],
            sum(n for name, n in count.items() if name in ELEMENTWISE), kernels,
            count["all_reduce"], ", ".join(sorted(set(self.called))) or "none",
        ]  # fmt: skip


ELEMENTWISE = (
    "abs", "add", "and", "ceil", "clamp", "compare", "complex", "convert", "cosine", "divide",
    "exponential", "floor", "imag", "log", "log_plus_one", "logistic", "maximum", "minimum",
    "multiply", "negate", "not", "or", "power", "real", "rsqrt", "select", "sign", "sine", "sqrt",
    "subtract", "tanh", "xor",
)  # fmt: skip


def read(experiment) -> Program:
    """Lowers the update of an experiment for CUDA, at its own batch size, and counts."""
    from ganspeech.runs.folder import abstract_state
    from ganspeech.tasks.batch_shapes import made_batch
    from ganspeech.training.parallel import ParallelUpdate

    batch = made_batch(experiment.task.batch_shapes(experiment.budget.batch_size))
    update = ParallelUpdate(experiment, experiment.budget.steps)
    batches = [batch] * experiment.rules.critic_steps
    # Where a CPU gets critic steps written out, all else gets a loop.
    with unittest.mock.patch("jax.default_backend", return_value="gpu"):
        traced = update.traced(abstract_state(experiment), batches)
    module = traced.lower(lowering_platforms=("cuda",)).compiler_ir("stablehlo")
    functions = {f.attributes["sym_name"].value: f for f in module.body.operations}
    program = Program(collections.Counter(), 0, 0, [], [])
    half = experiment.rules.precision == "bfloat16"
    for operation in _operations(functions["main"], functions):
        _count(program, operation, half)
    return program


def _operations(operation, functions: dict) -> Iterator:
    """All operations within one, and within the functions it calls, as often as they are called."""
    for region in operation.regions:
        for block in region.blocks:
            for inner in block.operations:
                yield inner
                name = inner.operation.name
                if name in ("func.call", "call"):
                    yield from _operations(functions[inner.attributes["callee"].value], functions)
                elif not name.startswith(("stablehlo.reduce", "stablehlo.all_reduce")):
                    # (A sum's own addition is no operation of the program.)
                    yield from _operations(inner, functions)


def _count(program: Program, operation, half: bool) -> None:
    name = operation.operation.name.removeprefix("stablehlo.")
    program.counts[name] += 1
    types = [str(operand.type) for operand in operation.operands]
    if name in PRODUCTS:
        program.half += "bf16" in types[0]
        if half and _widened(operation.operands[0]) and _widened(operation.operands[1]):
            program.faults.append(f"a product in float32 of bfloat16 operands: {types}")
    if name == "select_and_scatter":
        program.faults.append("a select-and-scatter, which has no deterministic form on GPUs")
    if name == "transpose":
        program.large += _size(operation.operands[0]) >= LARGE
    if name == "custom_call":
        target = operation.attributes["call_target_name"].value
        program.called.append(target)
        if "callback" in target:
            program.faults.append(f"a call of the host: {target}")
    if name == "reduce" and "bf16" in types[0] and "stablehlo.add" in str(operation):
        terms = _size(operation.operands[0]) / max(_size(operation.results[0]), 1)
        if terms > FEW:
            program.faults.append(f"a sum of {terms:.0f} terms in bfloat16: {types[0]}")


def _widened(value) -> bool:
    """True for what was converted from bfloat16 to float32 just before."""
    owner = value.owner
    if getattr(owner, "name", "") != "stablehlo.convert":
        return False
    return "bf16" in str(owner.operands[0].type) and "xf32" in str(value.type)


def _size(value) -> int:
    return math.prod(value.type.shape)


if __name__ == "__main__":
    raise SystemExit(main())
