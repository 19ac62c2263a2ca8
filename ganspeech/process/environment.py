"""Environment to set before JAX starts. Does not import JAX."""

import os
import sys
from pathlib import Path

from ganspeech.process.memory import keep_memory
from ganspeech.process.writing import require_writable


def prepare() -> None:
    """Enables deterministic GPU operations, a persistent compilation cache and memory reuse.

    Variables that are already set take precedence: `XLA_FLAGS`, `JAX_COMPILATION_CACHE_DIR`.
    """
    keep_memory()
    flags = os.environ.get("XLA_FLAGS", "")
    if "--xla_gpu_deterministic_ops" not in flags:
        os.environ["XLA_FLAGS"] = f"{flags} --xla_gpu_deterministic_ops=true".strip()
    os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", usual_programs())
    # Thousands of small programs would fill the folder without saving time.
    os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "1")


def usual_programs() -> str:
    """Default folder of compiled programs."""
    cache = Path(os.environ.get("GANSPEECH_CACHE") or "~/.cache/ganspeech").expanduser()
    return str(cache / "xla")


def keep_programs() -> None:
    """Keeps all compiled programs in the cache folder, however small.

    Applies to everything JAX compiles in this process; has no effect after the first compilation,
    or if `JAX_COMPILATION_CACHE_DIR` is set. Warns if the folder cannot be written.
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
        hint = "every start recompiles; set GANSPEECH_CACHE to a writable folder"
        print(f"{error}; {hint}", file=sys.stderr)
        return
    jax.config.update("jax_compilation_cache_dir", str(folder))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
