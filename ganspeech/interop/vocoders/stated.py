"""Config beside a checkpoint, checked against the tensors and the audio spec."""

import reprlib
from collections.abc import Callable, Mapping
from typing import Any

from ganspeech.audio import AudioSpec


class Stated:
    """A config's fields; one that is absent states nothing. Errors are made by `error`."""

    def __init__(self, config: Mapping[str, Any] | None, error: Callable[[str], ValueError]):
        self._config = config or {}
        self._error = error

    def value(self, name: str, default: Any) -> Any:
        """The field, its lists as tuples; `default` where there is none."""
        return _frozen(self._config.get(name, default))

    def counts(self, name: str, default: Any, lengths: list[int]) -> tuple[tuple[int, ...], ...]:
        """A field of lists of positive whole numbers, one list for each of `lengths`.

        The error names the field where it has another form; without a `default` that fits, the
        same error asks for the field.
        """
        value = self.value(name, default)
        good = isinstance(value, tuple) and len(value) == len(lengths)
        good = good and all(isinstance(row, tuple) for row in value)
        good = good and [len(row) for row in value] == lengths
        if not good or not all(type(n) is int and n > 0 for row in value for n in row):
            raise self._error(
                f"{name} of its config must be {len(lengths)} lists of positive whole numbers, of "
                f"the lengths {lengths} for the tensors' layers, not {self._told(name)}"
            )
        return value

    def rates(self, default: Any, taps: tuple[int, ...]) -> tuple[int, ...]:
        """The field `upsample_rates`, for transposed convolutions of so many taps.

        PyTorch's layouts lose or add a sample where taps less rate is odd, so the error names the
        field there; without a `default` that fits, the same error asks for it.
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
                f"{self._told('upsample_rates')}"
            )
        return rates

    def require(self, name: str, expected: Any, whose: str) -> None:
        """The error, naming both, where the field is stated and is not `expected`."""
        if name in self._config and self.value(name, None) != expected:
            raise self._error(
                f"{name} of its config is {self._told(name)}, but {whose} is {expected!r}"
            )

    def require_hop(self, hop: int, spec: AudioSpec) -> None:
        """The error unless a vocoder that makes so many samples of a frame serves the spec."""
        if hop != spec.hop_length:
            raise self._error(
                f"it makes {hop} samples of a frame, but hop_length of the audio spec is "
                f"{spec.hop_length}"
            )

    def _told(self, name: str) -> str:
        return reprlib.repr(self._config[name]) if name in self._config else "absent"


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list | tuple) else value
