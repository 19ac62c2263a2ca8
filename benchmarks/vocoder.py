"""A vocoder's inference and its whole training step, in PyTorch and here, from the same weights.

    python benchmarks/vocoder.py --inference
    python benchmarks/vocoder.py --step

The ways take turns within one process, in an order drawn for each round, and every round gives
ratios of neighboring times, so that a busy machine slows all of them. Compilation is timed apart.
`--inference` vocodes 4 s of audio, batch 1; PyTorch in inference mode, its weight norm folded, and
with `--torch-compile` compiled as well. `--step` is one update of generator and discriminators
(mel L1, feature matching and adversarial losses, AdamW for both) on 4 x 8,192 samples. "Of the
machine" is the share of the rate of a float32 product of 2048 x 2048 matrices that takes its turn
in the same rounds, the faster of both libraries'; operations are those that PyTorch's own counter
finds in PyTorch's program, for both.
"""

import argparse
import dataclasses
import os


def main(arguments: list[str] | None = None):
    """Read the flags, bind the process to its cores, measure and print."""
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    names = ("hifigan-v1", "hifigan-v2", "hifigan-v3", "vocos", "bigvgan-base")
    parser.add_argument("--inference", action="store_true", help="time inference")
    parser.add_argument("--step", action="store_true", help="time the whole training step")
    parser.add_argument("--models", nargs="+", default=names, choices=names, help="all five")
    parser.add_argument("--rounds", type=int, default=15, help="turns of each way (15)")
    parser.add_argument("--cores", type=int, default=2, help="processors to use (2)")
    parser.add_argument("--seconds", type=float, default=4.0, help="of audio to vocode (4)")
    parser.add_argument("--batch", type=int, default=4, help="segments of a training step (4)")
    parser.add_argument("--samples", type=int, default=8192, help="of each segment (8192)")
    parser.add_argument("--small", action="store_true", help="toy networks, for a first look")
    parser.add_argument("--torch-compile", action="store_true", help="try torch.compile as well")
    parser.add_argument("--precision", default="float32", choices=("float32", "bfloat16"))
    options = parser.parse_args(arguments)
    if not options.inference and not options.step:
        parser.error("say what to measure: --inference, --step or both")
    # Before numerical libraries are loaded, which count the processors to size their thread pools.
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: options.cores])

    import jax
    import torch

    torch.set_num_threads(options.cores)
    print(
        f"PyTorch {torch.__version__}, JAX {jax.__version__} on {jax.default_backend()}, "
        f"{options.cores} cores, {options.precision}; medians of {options.rounds} rounds, in "
        "brackets the 5th and 95th percentiles"
    )
    for name in options.models:
        if options.inference:
            measure(f"{name}, inference", prepare_inference(name, options), options.rounds)
        if options.step:
            measure(f"{name}, training step", prepare_step(name, options), options.rounds)


@dataclasses.dataclass
class Comparison:
    """The same work done in several ways; the first is PyTorch's."""

    ways: dict
    """A function without arguments for each way; "ganspeech" is ours."""
    first: dict[str, float]
    """Seconds of each way's first call, with compilation."""
    audio_seconds: float
    """Of audio that one call vocodes or trains on."""
    flops: float
    """Floating-point operations of one call."""
    check: str
    """How far the results differ, in words."""


def measure(title: str, comparison: Comparison, rounds: int):
    """Times the ways in turns and prints one line for each."""
    import jax
    import jax.numpy as jnp
    import numpy as np
    import torch
    from rounds import in_turns, spread

    size = 2048
    ours, theirs = jnp.ones((size, size)), torch.ones((size, size))
    product = jax.jit(jnp.matmul)
    product(ours, ours).block_until_ready()
    products = {
        "jax product": lambda: product(ours, ours).block_until_ready(),
        "torch product": lambda: theirs @ theirs,
    }
    seconds = in_turns(comparison.ways | products, rounds)
    rate = 2 * size**3 / min(np.median(seconds[name]) for name in products)
    print(f"{title}: {comparison.check}; {comparison.flops / 1e9:.1f} Gflop")
    for name in comparison.ways:
        times = seconds[name]
        share = comparison.flops / np.median(times) / rate
        line = (
            f"  {name:14} first call {comparison.first[name]:5.1f} s, then "
            f"{spread(1e3 * times, 1)} ms, {comparison.audio_seconds / np.median(times):.1f} x "
            f"real time, {100 * share:.0f} % of the machine's {rate / 1e9:.0f} Gflop/s"
        )
        print(line)
    for name in [name for name in comparison.ways if name != "ganspeech"]:
        print(f"  speed against {name}: {spread(seconds[name] / seconds['ganspeech'])}", flush=True)


def prepare_inference(name: str, options, batch: int = 1) -> Comparison:
    """Both generators with one set of weights, called once each on a batch of audio."""
    import jax
    import numpy as np
    import torch
    from contenders import contender, shared_device
    from peers.counts import flops_of
    from peers.hifigan import fold
    from rounds import seconds_of

    from ganspeech.audio import log_mel

    one = contender(name, shared_device(), small=options.small, same_padding=False)
    samples = round(options.seconds * one.spec.sample_rate)
    audio = np.random.default_rng(0).uniform(-0.5, 0.5, (batch, samples)).astype(np.float32)
    mel = np.asarray(log_mel(audio, one.spec))
    peer = fold(one.peer.eval()).to(one.device)
    channels_first = torch.from_numpy(mel.swapaxes(1, 2).copy()).to(one.device)
    # On the device once: NumPy arrays would be copied there by every call.
    variables = jax.device_put(
        jax.tree.map(lambda leaf: leaf.astype(options.precision), one.model.variables)
    )
    generate = jax.jit(lambda variables, mel: one.model.generator.apply(variables, mel, one.spec))

    def theirs(module):
        half = options.precision == "bfloat16"

        def run():
            with torch.inference_mode(), torch.autocast(one.device, torch.bfloat16, enabled=half):
                return module(channels_first).cpu()

        return run

    ways = {"PyTorch": theirs(peer)}
    if options.torch_compile:
        ways["torch.compile"] = theirs(torch.compile(peer))
    ways["ganspeech"] = lambda: np.asarray(generate(variables, mel))
    first = {way: seconds_of(run) for way, run in ways.items()}
    wanted, got = ways["PyTorch"]().float().numpy().reshape(batch, -1), ways["ganspeech"]()
    # PyTorch's centerd inverse STFT ends at the middle of the last frame, ours a hop later.
    difference = np.abs(got[:, : wanted.shape[1]] - wanted).max()
    check = f"largest difference {difference:.1e} of samples up to {np.abs(wanted).max():.2g}"
    flops = flops_of(ways["PyTorch"])
    return Comparison(ways, first, batch * options.seconds, flops, check)


def prepare_step(name: str, options) -> Comparison:
    """Both games with one set of weights; the first update is checked, later ones are timed."""
    import numpy as np
    import torch
    from contenders import contender, shared_device
    from peers.counts import flops_of
    from rounds import seconds_of

    one = contender(name, shared_device(), small=options.small, same_padding=True)
    segments = (options.batch, options.samples - options.samples % one.spec.hop_length)
    audio = np.random.default_rng(0).uniform(-0.5, 0.5, segments).astype(np.float32)
    theirs, ours = one.theirs(options.precision), one.ours(audio, options.precision)
    batch = {"audio": torch.from_numpy(audio).to(one.device)}
    # A loss that is fetched has been computed.
    ways = {
        "PyTorch": lambda: {name: loss.item() for name, loss in theirs.update(batch).items()},
        "ganspeech": lambda: {name: loss.item() for name, loss in ours().items()},
    }
    logs, first = {}, {}
    for way, update in ways.items():
        first[way] = seconds_of(lambda way=way, update=update: logs.update({way: update()}))
    wanted, got = logs["PyTorch"], logs["ganspeech"]
    worst = max(abs(got[loss] / wanted[loss] - 1) for loss in wanted)
    check = f"losses of the first step differ by {worst:.1e} of their values"
    duration = audio.size / one.spec.sample_rate
    return Comparison(ways, first, duration, flops_of(ways["PyTorch"]), check)


if __name__ == "__main__":
    main()
