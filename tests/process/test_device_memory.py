"""A device without memory left is told in a line, with remedies."""

import jax
import pytest

from ganspeech.process.device_memory import exhausted
from ganspeech.process.errors import guard


def test_a_device_without_memory_is_one_line(capsys):
    def fails():
        raise jax.errors.JaxRuntimeError(
            "RESOURCE_EXHAUSTED: Out of memory while trying to allocate 4.50GiB."
        )

    assert guard(fails) == 1
    error = capsys.readouterr().err
    assert error == (
        "error: the device's memory is exhausted (4.5 GiB were asked for at once): give it shorter "
        "pieces (vocode has --piece), stop what else uses it, or set JAX_PLATFORMS=cpu\n"
    )


def test_other_errors_of_a_device_keep_their_traceback():
    def fails():
        raise jax.errors.JaxRuntimeError("INTERNAL: something else")

    with pytest.raises(jax.errors.JaxRuntimeError, match="something else"):
        guard(fails)
    assert not exhausted(RuntimeError("RESOURCE_EXHAUSTED"))
