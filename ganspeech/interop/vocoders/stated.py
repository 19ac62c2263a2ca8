"""Config of a checkpoint, checked against the tensors and the audio spec."""

import reprlib
from collections.abc import Callable, Mapping
from typing import Any

from ganspeech.audio import AudioSpec


class Stated:
    """Fields of a config, all optional. `error` makes the errors to raise."""

    def __init__(self, config: Mapping[str, Any] | None, error: Callable[[str], ValueError]):
        self._config = config or {}
        self._error = error

    def value(self, name: str, default: Any) -> Any:
        """Returns the field, its lists as tuples, or `default` if it is absent."""
        return _frozen(self._config.get(name, default))

    def counts(self, name: str, default: Any, lengths: list[int]) -> tuple[tuple[int, ...], ...]:
        """Returns a field of lists of positive integers, one list for each of `lengths`.

        Raises an error, naming the field, if it has another form, or is absent and `default` does
        not fit.
        """
        value = self.value(name, default)
        good = isinstance(value, tuple) and len(value) == len(lengths)
        good = good and all(isinstance(row, tuple) for row in value)
        good = good and [len(row) for row in value] == lengths
        if not good or not all(type(n) is int and n > 0 for row in value for n in row):
            raise self._error(
                f"{name} of its config must be {len(lengths)} lists of positive whole numbers, of "
                f"the lengths {lengths} for the tensors' layers, not {self._shown(name)}"
            )
        return value

    def rates(self, default: Any, taps: tuple[int, ...]) -> tuple[int, ...]:
        """Returns the field `upsample_rates`, for transposed convolutions with `taps` taps.

        PyTorch's layouts lose or add a sample if taps minus rate is odd. Raises an error, naming
        the field, in that case, or if it is absent and `default` does not fit.
        """
        rates = self.value("upsample_rates", default)
        fits = isinstance(rates, tuple) and len(rates) == len(taps)
        if not fits or not all(
            type(rate) is int and 0 < rate <= size and (size - rate) % 2 == 0
            for rate, size in zip(rates, taps, strict=True)
        ):
            raise self._error(
                f"upsample_rates of its config must be {len(taps)} whole numbers, each equal to "
                f"its taps {taps} or less by an even number, not "
                f"{self._shown('upsample_rates')}"
            )
        return rates

    def require(self, name: str, expected: Any, whose: str) -> None:
        """Raises an error, naming both values, if the field is present and is not `expected`."""
        if name in self._config and self.value(name, None) != expected:
            raise self._error(
                f"{name} of its config is {self._shown(name)}, but {whose} is {expected!r}"
            )

    def require_hop(self, hop: int, spec: AudioSpec) -> None:
        """Raises an error unless `hop`, the samples per frame, is the spec's."""
        if hop != spec.hop_length:
            raise self._error(
                f"it makes {hop} samples of a frame, but hop_length of the audio spec is "
                f"{spec.hop_length}"
            )

    def _shown(self, name: str) -> str:
        return reprlib.repr(self._config[name]) if name in self._config else "absent"


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list | tuple) else value
