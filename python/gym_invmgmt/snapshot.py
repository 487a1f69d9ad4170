"""Saved states of episodes: plain data that a single environment and any row of a vector environment share.

A snapshot is a dict of numbers, texts and numpy arrays:

* ``format`` and ``version``: what it is;
* ``network``: a fingerprint of the network's nodes, links and lead times; costs and laws may differ;
* ``row``: the state row: last demand, unmet demand, stock, orders in transit, period, sentiment, units on order;
* ``stream``: state and increment of the PCG64 generator and, if one waits, its half word, as decimal texts;
* ``demand``: the demand parameters (series given as ``user_D`` stay the environment's);
* ``supply`` (only on networks with chance in supply): state and increment of its four streams, as decimal texts;
* ``backlog`` (only where it was drawn, or set in play): whether unmet demand waits;
* ``history`` (single environment only): the matrices of the episode so far.

:func:`save_snapshot` and :func:`load_snapshot` keep one in a file. With arrays as lists it can be written as JSON too.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import os
import stat
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gym_invmgmt import _native
from gym_invmgmt._checks import flag, unmasked
from gym_invmgmt._files import replace_file

if TYPE_CHECKING:
    from gym_invmgmt.network_topology import SupplyChainNetwork

Snapshot = dict[str, Any]

_FORMAT = "gym-invmgmt snapshot"
_VERSION = 1
#: Recorded matrices that say how things stand at the start of a period, with a row more for the end.
_STANDING = tuple(
    letter for letter, *_, stands in (*_native.Episode.SYMBOLS, *_native.Episode.MECHANISM_SYMBOLS) if stands
)
_PARAMETERS = tuple(reversed([row.key for row in _native.Demand.PARAMETERS]))
#: Parameters that snapshots of older releases lack, with what they stood at.
_LATER = {row.key: _native.Demand().get(row.key) for row in _native.Demand.PARAMETERS if not row.in_release}
#: The entry of a file that holds everything but the arrays, and what parts the names of the others.
_PLAIN, _UNDER = "snapshot", "/"
_WORD = 2**128
#: How far rounding may leave stock below nothing, as a share of the largest number of a state.
_ROUNDING = 1e-9


class Opened(NamedTuple):
    """A snapshot whose every part can be used."""

    row: NDArray[np.float64]
    stream: list[int]
    parameters: dict[str, Any]
    demand: _native.Demand
    backlog: bool | None
    supply: list[int] | None


def snapshot_of(
    network: SupplyChainNetwork,
    row: NDArray[np.float64],
    stream: Sequence[int],
    demand: _native.Demand,
    supply: Sequence[int] | None,
) -> Snapshot:
    """A snapshot of a state row, its streams and its demand.

    Raises:
        ValueError: the state left the range of numbers, and could not be restored.
    """
    if not np.isfinite(row).all():
        raise ValueError("the state left the range of numbers (it holds inf or NaN); a snapshot could not be restored")
    snapshot = {
        "format": _FORMAT,
        "version": _VERSION,
        "network": network.fingerprint,
        "row": row,
        "stream": [str(word) for word in stream],
        "demand": parameters_of(demand),
    }
    return snapshot if supply is None else {**snapshot, "supply": [str(word) for word in supply]}


def opened(snapshot: Snapshot, network: SupplyChainNetwork, num_periods: int) -> Opened:
    """The parts of a snapshot, checked against the network and the horizon it is to go on in.

    Raises:
        ValueError: it is no snapshot, one of a version this release does not read, of another network, damaged, or
        beyond the horizon.
    """
    if not isinstance(snapshot, Mapping) or snapshot.get("format") != _FORMAT:
        raise ValueError(f"this is no snapshot: its 'format' is not {_FORMAT!r}")
    if snapshot.get("version") != _VERSION:
        raise ValueError(f"the snapshot has version {snapshot.get('version')!r}; this release reads {_VERSION}")
    if snapshot.get("network") != network.fingerprint:
        raise ValueError("the snapshot is of another network: its nodes, links or lead times differ from this one's")
    row = _row(snapshot.get("row"), network, num_periods)
    parameters = snapshot.get("demand")
    if isinstance(parameters, Mapping):
        parameters = {**_LATER, **parameters}
    missing = [name for name in _PARAMETERS if not isinstance(parameters, Mapping) or name not in parameters]
    if missing or not isinstance(parameters, Mapping):
        raise ValueError(f"the snapshot's demand lacks {', '.join(missing)}")
    chosen = {name: parameters[name] for name in _PARAMETERS}
    backlog = snapshot.get("backlog")
    if backlog is not None:
        backlog = flag("the snapshot's backlog", backlog)
    supply = _supply(snapshot.get("supply"), network)
    return Opened(row, _stream(snapshot.get("stream")), chosen, core_of(chosen), backlog, supply)


def _row(values: Any, network: SupplyChainNetwork, num_periods: int) -> NDArray[np.float64]:
    expected = network._native.state_length
    unmasked("the snapshot's row", values)
    try:
        row = np.array(values, dtype=np.float64)
    except (TypeError, ValueError):
        row = np.empty(0)
    if row.shape != (expected,) or not np.isfinite(row).all():
        raise ValueError(f"the snapshot's row is damaged; expected {expected} finite numbers")
    sentiment, period = (float(row[network._native.state_position(name)]) for name in ("sentiment", "period"))
    if sentiment < 0:
        raise ValueError(f"the snapshot's sentiment is {sentiment:g}; expected a finite number >= 0")
    if not (period.is_integer() and 0 <= period <= num_periods):
        raise ValueError(f"the snapshot stands at period {period:g}; episodes here have periods 0 to {num_periods}")
    for name, _, _, start, end in network._native.state_parts():
        below = start + np.flatnonzero(row[start:end] < -_ROUNDING * max(1.0, float(np.abs(row).max())))
        if below.size:
            at = int(below[0])
            raise ValueError(
                f"the snapshot's row is damaged: {name} is {row[at]:g} at row[{at}]; expected numbers >= 0"
            )
    return row


def is_state(numbers: NDArray[np.float64]) -> bool:
    """Whether numbers may be those of a state: finite and not below 0, but for what rounding leaves."""
    return bool(
        np.isfinite(numbers).all() and (numbers >= -_ROUNDING * max(1.0, float(np.abs(numbers).max(initial=0)))).all()
    )


def _stream(words: Any) -> list[int]:
    try:
        state, increment, *half = stream = [int(word) for word in words]
    except (TypeError, ValueError):
        state, increment, half, stream = -1, -1, [], []
    sound = 0 <= state < _WORD and 0 <= increment < _WORD and len(half) <= 1 and all(0 <= word < 2**32 for word in half)
    # An even increment belongs to no PCG64.
    if not (sound and increment % 2 == 1):
        raise ValueError(f"the snapshot's stream is {words!r}; expected state and increment of a PCG64 generator")
    return stream


def _supply(words: Any, network: SupplyChainNetwork) -> list[int] | None:
    if words is None:
        if network._native.draws_supply:
            raise ValueError("the snapshot lacks 'supply', the streams of chance in supply that this network has")
        return None
    try:
        supply = [int(word) for word in words]
    except (TypeError, ValueError):
        supply = []
    # Four pairs of state and increment; an even increment belongs to no PCG64.
    if len(supply) != 8 or not all(0 <= word < _WORD for word in supply) or not all(word % 2 for word in supply[1::2]):
        raise ValueError(f"the snapshot's supply is {words!r}; expected four states and increments of PCG64 generators")
    return supply


def parameters_of(demand: _native.Demand) -> dict[str, Any]:
    """The demand parameters as plain data."""
    return {name: demand.get(name) for name in _PARAMETERS}


def core_of(parameters: Mapping[str, Any]) -> _native.Demand:
    """A demand core with these parameters.

    Raises:
        ValueError: a parameter that cannot be used, by name.
    """
    core = _native.Demand()
    for name in _PARAMETERS:
        try:
            core.set(name, parameters[name])
        except TypeError as error:
            raise ValueError(f"{name} is {parameters[name]!r}: {error}") from None
    core.check()
    return core


def stream_of(generator: np.random.Generator | None) -> list[int]:
    """State and increment of a generator over PCG64, and the half word that waits there, if any."""
    state: Any = generator.bit_generator.state if generator is not None else {}
    if state.get("bit_generator") != "PCG64":
        raise ValueError(f"a snapshot holds a PCG64 stream; np_random is over {state.get('bit_generator')}")
    half = [state["uinteger"]] if state["has_uint32"] else []
    return [state["state"]["state"], state["state"]["inc"], *half]


def generator_of(stream: Sequence[int]) -> np.random.Generator:
    """A generator whose PCG64 stands where the stream stood."""
    bits = np.random.PCG64()
    words, half = {"state": stream[0], "inc": stream[1]}, list(stream[2:])
    state: Any = {"bit_generator": "PCG64", "state": words, "has_uint32": len(half), "uinteger": sum(half)}
    bits.state = state
    return np.random.Generator(bits)


def fingerprint_of(network: _native.Network) -> str:
    """A short text that networks share whose nodes, links and lead times are the same."""
    labels = [*network.observation_labels(), "", *network.action_labels()]
    return hashlib.sha256("\n".join(labels).encode()).hexdigest()[:16]


def save_snapshot(path: str | Path, snapshot: Snapshot) -> None:
    """Writes a snapshot to a file that :func:`load_snapshot` reads, in numpy's ``.npz`` format without pickle.

    Args:
        path: the file; one that is there already is replaced, but only once the new one is whole: a kill or a full
            disk leaves the last one.
        snapshot: what ``env.snapshot()`` returned.

    Raises:
        OSError: the file cannot be written; one that was there is unchanged.
    """
    arrays: dict[str, NDArray[Any]] = {}
    plain = _without_arrays(snapshot, "", arrays)
    entries: dict[str, Any] = {_PLAIN: np.array(json.dumps(plain)), **arrays}
    replace_file(path, lambda file: np.savez(file, **entries))


def _without_arrays(part: Mapping[str, Any], under: str, arrays: dict[str, NDArray[Any]]) -> dict[str, Any]:
    """A dict without its arrays, which are put into ``arrays`` by their paths."""
    plain = {}
    for name, value in part.items():
        if isinstance(value, np.ndarray):
            arrays[under + name] = value
        elif isinstance(value, Mapping):
            plain[name] = _without_arrays(value, f"{under}{name}{_UNDER}", arrays)
        else:
            plain[name] = value
    return plain


def load_snapshot(path: str | Path) -> Snapshot:
    """Reads a snapshot from a file that :func:`save_snapshot` wrote. Nothing in the file is executed, and no more
    memory is taken than the file is long, whatever it says.

    Raises:
        ValueError: the file holds no snapshot, or a damaged one. FileNotFoundError: there is no such file.
        PermissionError: it cannot be opened.
    """
    with Path(path).open("rb") as file:
        try:
            return _loaded(file)
        # Readers of damaged archives fail in many ways; each means the same.
        except Exception as error:
            raise ValueError(f"{path} holds no snapshot: {error or type(error).__name__}") from None


def _loaded(file: BinaryIO) -> Snapshot:
    found = os.fstat(file.fileno())
    if not stat.S_ISREG(found.st_mode):
        raise ValueError("it is no plain file")
    with zipfile.ZipFile(file) as archive:
        entries = archive.infolist()
        # Compressed or overlapping entries could make much of a short file.
        if any(entry.compress_type != zipfile.ZIP_STORED for entry in entries):
            raise ValueError("it is compressed")
        if sum(entry.file_size for entry in entries) > found.st_size:
            raise ValueError("its entries are longer than the file")
        arrays = {entry.filename.removesuffix(".npy"): _array(archive.read(entry)) for entry in entries}
    snapshot = json.loads(str(arrays.pop(_PLAIN)))
    if not isinstance(snapshot, dict):
        raise ValueError("it holds no dict")
    for name, array in arrays.items():
        *folders, leaf = name.split(_UNDER)
        part: Any = snapshot
        for folder in folders:
            part = part[folder]
        part[leaf] = array
    return snapshot


def _array(entry: bytes) -> NDArray[Any]:
    """The array in numpy's ``.npy`` format, exactly as long as it says."""
    file = io.BytesIO(entry)
    version = np.lib.format.read_magic(file)
    read = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}[version]
    shape, by_column, dtype = read(file)
    if dtype.kind not in "biufU" or dtype.itemsize == 0:
        raise ValueError(f"it holds an array of {dtype}")
    count = math.prod(shape)
    if min(shape, default=0) < 0 or count * dtype.itemsize != len(entry) - file.tell():
        raise ValueError(f"it holds an array that is not as long as its shape {shape} says")
    if count == 0:
        return np.zeros(shape, dtype)
    values = np.frombuffer(entry, dtype, offset=file.tell())
    array: NDArray[Any] = values.reshape(shape, order="F" if by_column else "C").copy()
    return array


def played_part(
    history: Any, episode: _native.Episode, recorded: Iterable[str], played: int
) -> dict[str, NDArray[np.float64]]:
    """The rows of a snapshot's history up to its period, per matrix; checked, whatever its horizon was."""
    if history is None:
        return {}
    rows = {}
    for symbol in (*recorded, "ledger"):
        shape = (episode.ledger if symbol == "ledger" else episode.matrix(symbol)).shape[1:]
        count = played + 1 if symbol in _STANDING else played
        try:
            array = np.asarray(history[symbol], dtype=np.float64)
        except (KeyError, TypeError, ValueError):
            array = np.empty(0)
        if array.ndim != 1 + len(shape) or array.shape[1:] != shape or len(array) < count:
            expected = ", ".join(["at least " + str(count), *map(str, shape)])
            raise ValueError(f"the snapshot's history has no usable {symbol}; expected an array ({expected})")
        signed = symbol in ("P", "action_log", "ledger")
        if not (np.isfinite(array[:count]).all() if signed else is_state(array[:count])):
            allowed = "a finite number" if signed else "a finite number >= 0"
            raise ValueError(f"the snapshot's history is damaged: {symbol} holds what is not {allowed}")
        rows[symbol] = array[:count]
    return rows


__all__ = ["Snapshot", "load_snapshot", "save_snapshot"]
