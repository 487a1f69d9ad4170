"""Checks of arguments that more than one module needs."""

from __future__ import annotations

from typing import Any

import numpy as np

#: Largest whole number the engine is asked for; its own limits are far below.
_MOST = 2**62


def whole_number(name: str, value: Any, least: int = 1) -> int:
    """A whole number from an int or a numpy integer; ValueError names the argument."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, np.integer)) or value < least:
        raise ValueError(f"{name} is {value!r}; expected a whole number >= {least}")
    if value > _MOST:
        raise ValueError(f"{name} is {value}; expected a whole number of at most {_MOST}")
    return int(value)
