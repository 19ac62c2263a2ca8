"""Memory that the process keeps. Imports nothing of JAX.

XLA on a CPU asks for the temporary arrays of a program at each call and gives them back after it.
The C library hands large pieces back to the system, so that every call has all its pages zeroed and
mapped anew: measured on two cores, that was half the time of a HiFi-GAN decoder, and an eighth of a
training step.
"""

import ctypes
import os
import sys

# Parameters of mallopt in glibc's malloc.h.
_TRIM_THRESHOLD, _MMAP_MAX, _ARENA_MAX = -1, -4, -8


def keep_memory() -> None:
    """Makes this process keep what it frees, for its next calls, as long as it lives.

    It holds for memory that is asked for later, so it comes first. Nothing happens where the C
    library is not glibc, or where the environment already chose (`MALLOC_…`, another allocator).
    """
    chosen = any(name.startswith("MALLOC_") for name in os.environ) or "LD_PRELOAD" in os.environ
    if chosen or not sys.platform.startswith("linux"):
        return
    library = ctypes.CDLL(None)
    if not hasattr(library, "gnu_get_libc_version"):
        return
    # Nothing outside the heap, the heap never shrinks, and all threads share one: those of others
    # could not hold what is large.
    for parameter, value in ((_MMAP_MAX, 0), (_TRIM_THRESHOLD, -1), (_ARENA_MAX, 1)):
        library.mallopt(parameter, value)
