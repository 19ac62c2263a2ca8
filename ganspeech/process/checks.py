"""Checks of settings, whose errors name the field like its flag."""

from typing import Any


def require_least(part: Any, where: str, least: float, *names: str) -> None:
    """Raises ValueError, naming `WHERE.FIELD`, for a field of a part below the minimum."""
    for name in names:
        if (value := getattr(part, name)) < least:
            raise ValueError(f"{where}.{name} must be at least {least:g}, not {value}")


def require_share(part: Any, where: str, *names: str) -> None:
    """Raises ValueError, naming `WHERE.FIELD`, for a field of a part outside 0 to 1."""
    for name in names:
        if not 0 <= (value := getattr(part, name)) <= 1:
            raise ValueError(f"{where}.{name} must be from 0 to 1, not {value}")
