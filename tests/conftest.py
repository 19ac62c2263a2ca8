"""Shared fixtures; strict JAX settings for every test."""

import os
from pathlib import Path

# Before JAX is imported: the tests are written for a CPU, whatever else the machine has.
os.environ.setdefault("JAX_PLATFORMS", "cpu")
# Nearly all of the time is compilation, and most programs run but once.
os.environ.setdefault("XLA_FLAGS", "--xla_backend_optimization_level=0")

import jax
import pytest

jax.config.update("jax_numpy_rank_promotion", "raise")

RECORDINGS = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def recordings() -> Path:
    """The folder of real recordings beside the checkout; tests that ask for it skip without it."""
    if not RECORDINGS.is_dir():
        pytest.skip(f"real recordings are not here: {RECORDINGS}")
    return RECORDINGS


@pytest.fixture(scope="module", autouse=True)
def programs_of_one_file():
    """Compiled programs are dropped after each file: all of them together take gigabytes."""
    yield
    jax.clear_caches()
