"""Saved states of episodes: plain data that a single environment and any row of a vector environment share.

A snapshot is a dict of numbers, texts and numpy arrays, so it can be written with ``numpy.savez`` or as JSON:

* ``format`` and ``version``: what it is;
* ``row``: the state row: last demand, unmet demand, stock, orders in transit, period, sentiment, units on order;
* ``stream``: state and increment of the PCG64 generator, as decimal texts;
* ``demand``: the demand parameters;
* ``history`` (single environment only): the matrices of the episode so far.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gym_invmgmt import _native

Snapshot = dict[str, Any]

_FORMAT = "gym-invmgmt snapshot"
_VERSION = 1
_PARAMETERS = (
    "base_mu", "external_series", "effects", "noise_scale", "trend_slope", "seasonal_amp", "seasonal_freq",
    "shock_time", "shock_mag", "use_goodwill", "gw_growth", "gw_decay", "gw_cap", "gw_floor",
)  # fmt: skip


def snapshot_of(row: NDArray[np.float64], stream: tuple[int, int], demand: _native.Demand) -> Snapshot:
    """A snapshot of a state row, its stream and its demand."""
    return {
        "format": _FORMAT,
        "version": _VERSION,
        "row": row,
        "stream": [str(word) for word in stream],
        "demand": {name: demand.get(name) for name in _PARAMETERS},
    }


def demand_of(snapshot: Snapshot) -> tuple[NDArray[np.float64], tuple[int, int], _native.Demand]:
    """Row, stream and demand of a snapshot.

    Raises:
        ValueError: it is no snapshot, or one of a version this release does not read.
    """
    if not isinstance(snapshot, dict) or snapshot.get("format") != _FORMAT:
        raise ValueError(f"this is no snapshot: its 'format' is not {_FORMAT!r}")
    if snapshot.get("version") != _VERSION:
        raise ValueError(f"the snapshot has version {snapshot.get('version')!r}; this release reads {_VERSION}")
    core = _native.Demand()
    for name in _PARAMETERS:
        core.set(name, snapshot["demand"][name])
    core.check()
    row = np.ascontiguousarray(snapshot["row"], dtype=np.float64)
    if row.ndim != 1 or not np.isfinite(row).all():
        raise ValueError("the snapshot's row is not a list of finite numbers")
    state, increment = (int(word) for word in snapshot["stream"])
    return row, (state, increment), core


def stream_of(generator: np.random.Generator | None) -> tuple[int, int]:
    """State and increment of a generator over PCG64."""
    state: Any = generator.bit_generator.state if generator is not None else {}
    if state.get("bit_generator") != "PCG64":
        raise ValueError(f"a snapshot holds a PCG64 stream; np_random is over {state.get('bit_generator')}")
    return state["state"]["state"], state["state"]["inc"]


def generator_of(stream: tuple[int, int]) -> np.random.Generator:
    """A generator whose PCG64 stands where the stream stood."""
    bits = np.random.PCG64()
    words = {"state": stream[0], "inc": stream[1]}
    state: Any = {"bit_generator": "PCG64", "state": words, "has_uint32": 0, "uinteger": 0}
    bits.state = state
    return np.random.Generator(bits)


__all__ = ["Snapshot"]
