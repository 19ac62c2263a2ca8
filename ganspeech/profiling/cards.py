"""Cards and their vendors' figures, and the rates of this machine's CPU as measured."""

import dataclasses
import time
from collections.abc import Callable

import jax
import jax.numpy as jnp

from ganspeech.profiling.parts import Work

SIDE, SIDE_HALF = 1536, 768
"""Rows and columns of the measured matrix products, of 32-bit and of 16-bit numbers."""
COPIED = 64 * 2**20
"""Elements of the measured copy, float32: far more than caches hold."""
REPEATS = 3


@dataclasses.dataclass(frozen=True)
class Card:
    """A device's rates; those of vendors are reached by large products and long copies only."""

    name: str
    half: float
    """bfloat16 operations per second, dense."""
    full: float
    """Operations per second on float32 at JAX's default precision of products."""
    bandwidth: float
    """Bytes per second of its memory."""
    platform: str
    """XLA's name of the platform."""
    about: str
    """Origin of the figures."""

    def seconds(self, work: Work) -> float:
        """Least time of a part, by operations or by memory (Williams et al. 2009, "Roofline")."""
        return max(work.half / self.half + work.full / self.full, work.bytes / self.bandwidth)

    def peak(self, work: Work) -> float:
        """Operations per second of a part's mix of 16-bit and 32-bit operations."""
        if not work.flops:
            return self.full
        return work.flops / (work.half / self.half + work.full / self.full)


CARDS = (
    Card("H100", 989e12, 494e12, 3.35e12, "cuda", "NVIDIA H100 SXM: dense bfloat16, TF32, HBM3"),
    Card("A100", 312e12, 156e12, 2.04e12, "cuda", "NVIDIA A100 SXM 80 GB: dense bfloat16, TF32"),
    Card("v5e", 197e12, 197e12, 0.82e12, "tpu", "Cloud TPU v5e: bfloat16; float32 products too"),
    Card("v6e", 918e12, 918e12, 1.64e12, "tpu", "Cloud TPU v6e: bfloat16; float32 products too"),
)
"""By default JAX multiplies float32 as TF32 on these GPUs, and in one pass of bfloat16 on TPUs."""


def this_cpu() -> Card:
    """This machine's CPU, by short matrix products and a copy; takes about two seconds."""
    cpu = jax.devices("cpu")[0]
    with jax.default_device(cpu):
        full = _product_rate(SIDE, jnp.float32)
        half = _product_rate(SIDE_HALF, jnp.bfloat16)
        array = jnp.zeros(COPIED, jnp.float32)
        copying = _fastest(jax.jit(lambda x: x + 1), array)
    about = f"measured: products of {SIDE} x {SIDE}, a copy of {COPIED * 4 >> 20} MiB"
    return Card("this CPU", half, full, 2 * COPIED * 4 / copying, "cpu", about)


def _product_rate(side: int, dtype: jnp.dtype) -> float:
    matrix = jnp.ones((side, side), dtype)
    return 2 * side**3 / _fastest(jax.jit(jnp.matmul), matrix, matrix)


def _fastest(function: Callable, *arguments: jax.Array) -> float:
    """Seconds of the fastest of some calls after the first, which compiles."""
    jax.block_until_ready(function(*arguments))
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        jax.block_until_ready(function(*arguments))
        times.append(time.perf_counter() - start)
    return min(times)
