"""Speech-like signals of `formants`, for tests."""

import pytest
from formants import noisy, voice


@pytest.fixture(scope="session")
def make_voice():
    return voice


@pytest.fixture(scope="session")
def add_noise():
    return noisy


@pytest.fixture(scope="session")
def small():
    """Three sentences and two systems at 16 kHz, the second the worse one."""
    reference = {f"s{i}": voice(1.2, 120 + 20 * i, seed=i) for i in range(3)}
    systems = {
        name: {s: noisy(audio, level) for s, audio in reference.items()}
        for name, level in (("clean", 0.001), ("harsh", 0.02))
    }
    return reference, systems
