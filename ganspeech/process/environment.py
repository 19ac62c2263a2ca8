"""Environment to set before JAX starts. Does not import JAX."""

import os
import re
import sys
import warnings
from pathlib import Path

from ganspeech.process.memory import keep_memory
from ganspeech.process.writing import UnwritableError, require_writable

CACHE_PROBLEM = re.compile(
    r"Error (reading|writing) persistent compilation cache entry for '([^']*)': (.*)", re.DOTALL
)
"""JAX's warnings, which do not end the program: what failed, the program, and why."""

GPU_FLAGS = {
    # A run that was killed and resumed is bit-identical. The rival leaves kernels to be chosen by
    # measuring them, which is faster, and may choose others when a program is compiled anew.
    "--xla_gpu_deterministic_ops=true": (
        "--xla_gpu_deterministic_ops",
        "--xla_gpu_exclude_nondeterministic_ops",
    ),
    # Gradients are summed over devices while others are still being computed.
    "--xla_gpu_enable_latency_hiding_scheduler=true": (
        "--xla_gpu_enable_latency_hiding_scheduler",
    ),
}
"""Flags of XLA for GPUs, each with the flags by which users decide the same themselves."""


def prepare() -> None:
    """Sets flags of GPUs, and enables a persistent compilation cache and memory reuse.

    Variables that are already set take precedence: `XLA_FLAGS`, `JAX_COMPILATION_CACHE_DIR`. What
    keeps the cache from working is one line on standard error; damaged entries are replaced.
    """
    keep_memory()
    os.environ["XLA_FLAGS"] = with_gpu_flags(os.environ.get("XLA_FLAGS", ""))
    if "JAX_COMPILATION_CACHE_DIR" not in os.environ and _writable(Path(usual_programs())):
        os.environ["JAX_COMPILATION_CACHE_DIR"] = usual_programs()
    # Thousands of small programs would fill the folder without saving time.
    os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "1")
    _report_cache_problems()


def with_gpu_flags(flags: str) -> str:
    """XLA's flags with those for GPUs added whose purpose none of the given ones serves.

    What each is for, and that no gain was measured yet, is in docs/gpu_programs.md.
    """
    named = {flag.partition("=")[0] for flag in flags.split()}
    added = [flag for flag, rivals in GPU_FLAGS.items() if named.isdisjoint(rivals)]
    return " ".join([*flags.split(), *added])


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
    if not _writable(folder):
        jax.config.update("jax_compilation_cache_dir", None)
        return
    jax.config.update("jax_compilation_cache_dir", str(folder))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)


def _writable(folder: Path) -> bool:
    """Returns whether programs can be kept in a folder; prints a line if not."""
    try:
        require_writable(folder, folder)
    except UnwritableError as error:
        hint = "every start recompiles; set GANSPEECH_CACHE to a writable folder"
        print(f"{error}; {hint}", file=sys.stderr)
        return False
    return True


def _report_cache_problems() -> None:
    """Prints JAX's warnings about the cache as a line each, and deletes unreadable entries.

    JAX warns before it compiles such a program again, and would not write over its entry.
    """
    usual = warnings.showwarning
    unwritten: list[str] = []

    def show(message, category, filename, lineno, file=None, line=None):
        problem = CACHE_PROBLEM.fullmatch(str(message))
        if problem is None:
            return usual(message, category, filename, lineno, file, line)
        action, program, reason = problem.groups()
        reason = " ".join(reason.split())
        if action == "writing":
            if not unwritten:  # the others would fail alike
                print(f"{program} is not kept in the compilation cache: {reason}", file=sys.stderr)
            unwritten.append(program)
            return None
        for entry in _entries(program):
            entry.unlink(missing_ok=True)
        what = f"{program} is compiled again, since it is damaged in the compilation cache"
        print(f"{what}: {reason}", file=sys.stderr)
        return None

    warnings.showwarning = show


def _entries(program: str) -> list[Path]:
    """Files of a program in the cache, of all its shapes: the warning does not tell which."""
    import jax

    folder = jax.config.jax_compilation_cache_dir  # type: ignore[attr-defined]
    return [path for path in Path(folder).iterdir() if path.name.startswith(f"{program}-")]
