"""Environment that has to be set before JAX starts. Imports nothing of JAX."""

import os
import sys
from pathlib import Path

from ganspeech.process.memory import keep_memory
from ganspeech.process.writing import require_writable


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


def keep_programs() -> None:
    """Keeps all compiled programs in the cache folder, however small.

    It holds for all that JAX compiles in this process, and does nothing once it has compiled, or
    where `JAX_COMPILATION_CACHE_DIR` names a folder. One that cannot be written is told of.
    """
    import jax

    chosen = jax.config.jax_compilation_cache_dir  # type: ignore[attr-defined]
    if chosen not in (None, usual_programs()):
        return
    folder = Path(usual_programs()).with_name("programs")
    try:
        require_writable(folder, folder)
    except ValueError as error:
        jax.config.update("jax_compilation_cache_dir", None)
        told = "each start compiles anew unless GANSPEECH_CACHE is a folder that can be written"
        print(f"{error}; {told}", file=sys.stderr)
        return
    jax.config.update("jax_compilation_cache_dir", str(folder))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
