"""Provenance of results: code, packages, device and memory."""

import platform
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import jax

import ganspeech

PACKAGES = ("jax", "jaxlib", "flax", "optax", "numpy", "librosa")
PACKAGE = Path(ganspeech.__file__).parent


def versions() -> dict[str, str]:
    """Versions of Python, of ganspeech, and of packages that affect its results."""
    return {
        "python": platform.python_version(),
        "ganspeech": ganspeech.__version__,
        **{name: metadata.version(name) for name in PACKAGES},
    }


def code() -> dict[str, Any] | None:
    """The git commit of this package and whether its files differ from it; None outside git."""
    # Untracked files mean that another project's repository contains the installation.
    if _git("ls-files", "--error-unmatch", "__init__.py") is None:
        return None
    return {"commit": _git("rev-parse", "HEAD"), "dirty": bool(_git("status", "--porcelain", "."))}


def device() -> dict[str, Any]:
    """Devices that JAX uses."""
    devices = jax.devices()
    return {"kind": devices[0].device_kind, "count": len(devices), "processor": _processor()}


def peak_memory() -> dict[str, float | None]:
    """Peak memory in MiB of this process, and of its fullest device if JAX reports it."""
    stats = [device.memory_stats() or {} for device in jax.local_devices()]
    on_device = max(stat.get("peak_bytes_in_use", 0) for stat in stats)
    return {
        "host_mib": _peak_of_process(),
        "device_mib": round(on_device / 2**20, 1) if on_device else None,
    }


def _peak_of_process() -> float | None:
    """MiB; None on Windows, whose Python does not tell."""
    if sys.platform == "win32":
        return None
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Linux counts in KiB, macOS in bytes.
    return round(peak / (2**20 if sys.platform == "darwin" else 2**10), 1)


def _git(*arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(PACKAGE), *arguments], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()


def _processor() -> str:
    """Name of the CPU, if the system reports it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(
            line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")
        )
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()
