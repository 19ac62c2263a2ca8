"""What every phase has: its budget, its rows, and the rate of the device beneath it."""

import argparse
import dataclasses
import json
import os
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROWS = "rows.jsonl"


@dataclasses.dataclass(frozen=True)
class Work:
    """What a phase is asked to do; `rows.jsonl` in its folder has what it found so far."""

    phase: str
    out: Path
    """Folder of this phase."""
    until: float
    """Time, in seconds of `time.time()`, at which the phase is ended."""
    small: bool
    """Toy sizes, for a dry run on a CPU."""
    corpus: Path | None
    """Folder of recordings to train on, if any was given."""
    learn: str
    """Experiment that the last phase trains."""

    @classmethod
    def from_flags(cls, phase: str, description: str | None) -> "Work":
        """Reads the flags with which `accelerator.py` starts a phase."""
        parser = argparse.ArgumentParser(description=description)
        parser.add_argument("--out", type=Path, required=True, help="folder of the phase")
        parser.add_argument("--seconds", type=float, default=600.0, help="budget (600)")
        parser.add_argument("--small", action="store_true", help="toy sizes, for a CPU")
        parser.add_argument("--corpus", type=Path, help="folder of recordings to train on")
        parser.add_argument("--learn", default="vocoder_vocos", help="experiment to train")
        given = parser.parse_args()
        given.out.mkdir(parents=True, exist_ok=True)
        until = time.time() + given.seconds
        return cls(phase, given.out, until, given.small, given.corpus, given.learn)

    def left(self) -> float:
        """Seconds until the phase is ended."""
        return self.until - time.time()

    def row(
        self,
        what: str,
        figure: float | str,
        unit: str = "",
        *,
        low: float | None = None,
        high: float | None = None,
        note: str = "",
    ) -> None:
        """Writes a figure, with its 5th and 95th percentiles where it has them, and prints it."""
        row = {"phase": self.phase, "what": what, "figure": figure, "unit": unit}
        row |= {"low": low, "high": high, "note": note}
        row = {name: value for name, value in row.items() if value not in (None, "")}
        with (self.out / ROWS).open("a") as rows:
            rows.write(json.dumps(row) + "\n")
        print(f"{self.phase}: {what}: {shown(row)} {note}".rstrip(), flush=True)

    def spread(self, what: str, values, unit: str = "", note: str = "") -> None:
        """Writes the median of several values, with their 5th and 95th percentiles."""
        import numpy as np

        low, middle, high = (float(value) for value in np.percentile(values, [5, 50, 95]))
        self.row(what, middle, unit, low=low, high=high, note=note)


def shown(row: dict) -> str:
    """A figure as tables print it."""
    if isinstance(row["figure"], str):
        return row["figure"]
    text = f"{row['figure']:.4g} {row.get('unit', '')}".rstrip()
    return f"{text} ({row['low']:.4g} to {row['high']:.4g})" if "low" in row else text


def describe_device() -> dict[str, str | int]:
    """Device, cores and versions on which the figures were made."""
    import platform

    import jax

    device = jax.devices()[0]
    about: dict[str, str | int] = {
        "device": device.device_kind,
        "platform": device.platform,
        "devices": jax.device_count(),
        "cores": len(os.sched_getaffinity(0)),
        "python": platform.python_version(),
        "jax": jax.__version__,
    }
    try:
        import torch

        about["torch"] = torch.__version__
    except ImportError:
        pass
    return about


def matrix_rate(small: bool) -> float:
    """Floating-point operations a second of a large bfloat16 product, the best of a few."""
    import jax
    import jax.numpy as jnp
    from rounds import seconds_of

    size, repeats = (512, 4) if small else (8192, 32)
    matrix = jnp.ones((size, size), jnp.bfloat16)

    @jax.jit
    def products(matrix):
        # A chain, so that the time of a dispatch is not that of a product.
        scaled = lambda _, product: (matrix @ product) * (1 / size)  # noqa: E731
        return jax.lax.fori_loop(0, repeats, scaled, matrix)

    jax.block_until_ready(products(matrix))
    seconds = min(seconds_of(lambda: jax.block_until_ready(products(matrix))) for _ in range(5))
    return 2 * size**3 * repeats / seconds
