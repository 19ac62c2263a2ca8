"""Memory of devices: what XLA says when there is none left."""

import re
import sys

WANTED = re.compile(r"(\d[\d.]*) ?(bytes|[KMGT]iB)")
"""Size in messages of XLA."""
UNITS = {"bytes": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40}


def exhausted(error: BaseException) -> bool:
    """Returns whether XLA raised this error for lack of memory."""
    jax = sys.modules.get("jax")
    return (
        jax is not None
        and isinstance(error, jax.errors.JaxRuntimeError)
        and "RESOURCE_EXHAUSTED" in str(error)
    )


def asked_and_there(error: BaseException) -> str:
    """What was asked for and what the device has, in parentheses after a space; or nothing."""
    import jax

    facts = []
    if found := WANTED.search(str(error)):
        facts.append(f"{float(found[1]) * UNITS[found[2]] / 2**30:.1f} GiB were asked for at once")
    device = jax.local_devices()[0]
    if limit := (device.memory_stats() or {}).get("bytes_limit"):
        facts.append(f"{device.device_kind} has {limit / 2**30:.1f} GiB")
    return f" ({'; '.join(facts)})" if facts else ""
