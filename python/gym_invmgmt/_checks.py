"""Checks of arguments that more than one module needs."""

from __future__ import annotations

import os
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


def flag(name: str, value: Any) -> bool:
    """True or False; a text such as "no" is refused rather than taken for true."""
    if isinstance(value, (bool, np.bool_)) or (isinstance(value, (int, np.integer)) and value in (0, 1)):
        return bool(value)
    raise ValueError(f"{name} is {value!r}; expected True or False")


def number(name: str, value: Any) -> float:
    """A number; whether it is finite is checked where it is used."""
    try:
        return float(value)
    except (TypeError, ValueError):
        raise ValueError(f"{name} is {value!r}; expected a finite number") from None


def thread_count(num_threads: int | None) -> int:
    """Most threads to use; none given: one per core."""
    return whole_number("num_threads", (os.cpu_count() or 1) if num_threads is None else num_threads)
