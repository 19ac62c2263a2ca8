"""Environment that has to be set before JAX starts. Imports nothing of JAX."""

import os
from pathlib import Path

from ganspeech.process.memory import keep_memory


def prepare() -> None:
    """Asks for reproducible GPU arithmetic, for a compilation cache that outlives the process, and
    for memory that this one keeps.

    What the environment already says is left alone: `XLA_FLAGS`, `JAX_COMPILATION_CACHE_DIR`.
    """
    keep_memory()
    flags = os.environ.get("XLA_FLAGS", "")
    if "--xla_gpu_deterministic_ops" not in flags:
        os.environ["XLA_FLAGS"] = f"{flags} --xla_gpu_deterministic_ops=true".strip()
    os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", usual_programs())
    # Thousands of small programs would fill the folder and save nothing.
    os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "1")


def usual_programs() -> str:
    """The folder of compiled programs where the environment names none; any other is the user's."""
    cache = Path(os.environ.get("GANSPEECH_CACHE") or "~/.cache/ganspeech").expanduser()
    return str(cache / "xla")
