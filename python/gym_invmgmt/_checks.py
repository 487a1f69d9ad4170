"""Checks of arguments that more than one module needs."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from gym_invmgmt import _native

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


def reset_options(options: Any, known: tuple[str, ...]) -> Mapping[str, Any]:
    """The options of a reset; one that is not known is refused with the nearest that is."""
    if options is None:
        return {}
    if not isinstance(options, Mapping):
        raise TypeError(f"options is a {type(options).__name__}; expected a dict")
    for name in options:
        if name not in known:
            near = _native.nearest(str(name), known)
            hint = f"did you mean {near!r}? " if near else ""
            raise ValueError(f"options has an unknown key {name!r}; {hint}known: {', '.join(known)}")
    return options


#: What the binding says of an object that another call has in use.
_IN_USE = ("Already borrowed", "Already mutably borrowed")


@contextlib.contextmanager
def told_if_busy() -> Iterator[None]:
    """Tells who resets an environment that another thread has in use what happened."""
    try:
        yield
    except RuntimeError as error:
        if str(error) not in _IN_USE:
            raise
        raise RuntimeError(
            "this environment is in the middle of another call, one of another thread. It takes one call at a time. "
            "Nothing was played; reset it again"
        ) from None


def unmasked(name: str, value: Any) -> Any:
    """The value, unless it is a masked array that hides entries: those would be read as numbers like all others."""
    if isinstance(value, np.ma.MaskedArray) and np.ma.is_masked(value):
        raise ValueError(
            f"{name} is a masked array, and its hidden entries have no value here; pass {name}.filled(value), or "
            f"{name}.data to ignore the mask"
        )
    return value
