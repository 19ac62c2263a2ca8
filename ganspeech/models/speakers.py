"""Speakers of a voice: by name, or as a blend of several."""

import difflib
import math
import sys
from collections.abc import Mapping
from numbers import Real

import numpy as np
from jaxtyping import Float32

from ganspeech.process.messages import shown

Speaker = str | Mapping[str, float] | None
"""A speaker's name, a blend such as "anna:0.7, tom:0.3" or {"anna": 0.7, "tom": 0.3}, or None for
the first."""
Weights = Float32[np.ndarray, "1 speakers"]

WRITTEN = 'NAME:WEIGHT, NAME:WEIGHT, such as "{}:0.7, {}:0.3"'


def weights_of(
    speaker: Speaker, speakers: tuple[str, ...], *, quiet: bool = False
) -> Weights | None:
    """Weights of a voice's `speakers`, which sum to 1; None if it has a single unnamed one.

    A network maps one-hot vectors of speakers linearly to embeddings, so that weights give the
    weighted mean of embeddings. Raises ValueError, naming it, for an unknown speaker and for
    weights that are not positive numbers; those that do not sum to 1 are divided by their sum,
    which is said on standard error, unless it is `quiet`.
    """
    if not speakers:
        if speaker is not None:
            raise ValueError(f"the voice has a single unnamed speaker, not {_quoted(speaker)}")
        return None
    blend = named_weights(speaker, speakers, quiet=quiet)
    return np.array([[blend.get(name, 0.0) for name in speakers]], np.float32)


def named_weights(
    speaker: Speaker, speakers: tuple[str, ...], *, quiet: bool = False
) -> dict[str, float]:
    """The same by name, without speakers that have no share; `speakers` must not be empty."""
    if speaker is None:
        return {speakers[0]: 1.0}
    if isinstance(speaker, str):
        # Exact names first: they may have colons and commas themselves.
        if speaker in speakers or ":" not in speaker:
            return {_known(speaker, speakers): 1.0}
        given: Mapping[str, object] = _parsed(speaker, speakers)
    else:
        given = speaker
    blend = {_known(name, speakers): _weight(name, weight) for name, weight in given.items()}
    if not blend:
        raise ValueError("a blend of speakers needs at least one")
    total = sum(blend.values())
    if not quiet and not math.isclose(total, 1.0, abs_tol=1e-4):
        print(f"weights of speakers sum to {total:g}, and are divided by that", file=sys.stderr)
    return {name: weight / total for name, weight in blend.items()}


def described(blend: Mapping[str, float]) -> str:
    """A blend in words, such as `0.7 anna + 0.3 tom`; a single name alone."""
    if len(blend) == 1:
        return next(iter(blend))
    return " + ".join(f"{weight:.3g} {name}" for name, weight in blend.items())


def _parsed(text: str, speakers: tuple[str, ...]) -> dict[str, float | str]:
    """Weights as they are written, not checked yet."""
    found: dict[str, float | str] = {}
    for part in text.split(","):
        name, colon, weight = (piece.strip() for piece in part.rpartition(":"))
        if not colon or not name:
            example = WRITTEN.format(speakers[0], speakers[-1])
            raise ValueError(f"{shown(part.strip())} in a blend of speakers: write {example}")
        if name in found:
            raise ValueError(f"a blend names the speaker {shown(name)} twice")
        try:
            found[name] = float(weight)
        except ValueError:
            found[name] = weight
    return found


def _weight(name: str, weight: object) -> float:
    number = isinstance(weight, Real) and not isinstance(weight, bool)
    if not number or not 0 < float(weight) < math.inf:  # type: ignore[arg-type]
        raise ValueError(
            f"the weight of the speaker {shown(name)} must be a number above 0, not "
            f"{shown(weight) if isinstance(weight, str) else weight}"
        )
    return float(weight)  # type: ignore[arg-type]


def _known(name: str, speakers: tuple[str, ...]) -> str:
    if name not in speakers:
        near = difflib.get_close_matches(name, speakers, n=1, cutoff=0.0)[0]
        raise ValueError(
            f"the voice has no speaker {shown(name)}; the nearest of its {len(speakers)} is "
            f"{shown(near)}"
        )
    return name


def _quoted(speaker: Speaker) -> str:
    return shown(speaker if isinstance(speaker, str) else str(dict(speaker or {})))
