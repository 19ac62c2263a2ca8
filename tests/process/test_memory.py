"""What is kept of memory that was freed, in processes of their own."""

import os
import subprocess
import sys

import pytest

from ganspeech.process import memory

PROGRAM = """
import sys
import numpy as np, resource
from ganspeech.process.memory import keep_memory
if sys.argv[1] == "kept":
    keep_memory()
def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
np.ones(2**24)
before = faults()
for _ in range(4):
    np.ones(2**24)
print(faults() - before)
"""


def faults(mode):
    given = {name: value for name, value in os.environ.items() if not name.startswith("MALLOC_")}
    command = [sys.executable, "-c", PROGRAM, mode]
    done = subprocess.run(command, env=given, check=True, capture_output=True, text=True)
    return int(done.stdout)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc is of Linux")
def test_what_is_freed_is_there_for_the_next_call():
    pages = 4 * 2**24 * 8 // 4096
    # Pages may be huge ones, so both sides are compared, and not with the number of small pages.
    usual, kept = faults("usual"), faults("kept")
    assert kept < 0.05 * pages and kept < max(usual, 100)


def test_what_the_environment_chose_is_left_alone(monkeypatch):
    monkeypatch.setenv("MALLOC_TRIM_THRESHOLD_", "131072")
    monkeypatch.setattr(memory.ctypes, "CDLL", lambda _: pytest.fail("the C library was asked"))
    memory.keep_memory()
