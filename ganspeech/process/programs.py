"""Compiled programs that outlive the process, so that the next one starts at once."""

import sys
from pathlib import Path

import jax

from ganspeech.process.environment import usual_programs
from ganspeech.process.writing import require_writable


def keep_programs() -> None:
    """Keeps all compiled programs in the cache folder, however small.

    It holds for all that JAX compiles in this process, and does nothing once it has compiled, or
    where `JAX_COMPILATION_CACHE_DIR` names a folder. One that cannot be written is told of.
    """
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
