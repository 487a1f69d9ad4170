"""What was played, as the pictures read it: from an environment, or from a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gym_invmgmt import _native
from gym_invmgmt.core_env import CoreEnv, Ledger
from gym_invmgmt.network_topology import SupplyChainNetwork

Array = NDArray[np.float64]

#: Names in files of EpisodeLoggerWrapper, by symbol.
_LOGGED = {letter: logged for letter, logged, *_ in (*_native.Episode.SYMBOLS, *_native.Episode.MECHANISM_SYMBOLS)}


@dataclass(frozen=True)
class Record:
    """The periods played of one episode; T is their number. Later steps of the environment do not change it."""

    #: The network it was played on.
    network: SupplyChainNetwork
    #: Length of the whole episode [periods].
    num_periods: int
    #: X, stock at the start of each period and at the end, shape (T + 1, nodes) [units].
    on_hand: Array
    #: Y, units on order likewise, shape (T + 1, supply links) [units].
    on_order: Array
    #: R, units filled, shape (T, supply links) [units].
    filled: Array
    #: Units requested, shape (T, supply links) [units].
    requested: Array
    #: S, units filled on supply links and sold on market links, shape (T, links) [units].
    moved: Array
    #: D, demand, shape (T, market links) [units].
    demand: Array
    #: U, unmet demand, shape (T, market links) [units].
    unmet: Array
    #: P, discounted profit, shape (T, nodes) [money].
    profit: Array
    #: GW, sentiment in force, shape (T,).
    sentiment: Array
    #: The parts of the profit; None where the source has only the profit.
    ledger: Ledger | None
    #: What only networks with mechanisms have, by name as an attribute of the environment; empty elsewhere.
    mechanisms: Mapping[str, Array] = field(default_factory=dict)
    #: What the columns of each of them belong to.
    columns: Mapping[str, list[str]] = field(default_factory=dict)

    @property
    def periods(self) -> int:
        """Periods played."""
        return len(self.demand)

    @property
    def sold(self) -> Array:
        """Units sold to customers, shape (T, market links) [units]."""
        return self.moved[:, [self.network.network_map[link] for link in self.network.retail_links]]

    @classmethod
    def of_matrices(
        cls,
        network: SupplyChainNetwork,
        matrices: Mapping[str, Any],
        played: int | None = None,
        ledger: Ledger | None = None,
    ) -> Record:
        """A record from matrices by symbol, of which ``played`` periods (all by default) count.

        Raises:
            ValueError: a matrix is missing or has not the shape the network asks for.
        """
        recorded = dict(network._native.recorded())
        arrays = {symbol: _found(matrices, symbol) for symbol in recorded}
        length = len(arrays["D"])
        played = length if played is None else played
        widths = {
            "nodes": network.num_nodes,
            "links": len(network.network_links),
            "supply links": len(network.reorder_links),
            "market links": len(network.retail_links),
        }
        symbols = (*_native.Episode.SYMBOLS, *_native.Episode.MECHANISM_SYMBOLS)
        standing = {letter: stands for letter, *_, stands in symbols}
        shapes = {
            letter: (length + stands, widths.get(columns, len(recorded[letter]))) if columns else (length + stands,)
            for letter, _, _, _, columns, stands in symbols
            if letter in recorded
        }
        for symbol, shape in shapes.items():
            if arrays[symbol].shape != shape:
                raise ValueError(
                    f"{symbol} of the record has shape {arrays[symbol].shape}; this network and {length} periods ask "
                    f"for {shape}: is it the network the record was played on?"
                )
        part = {symbol: arrays[symbol][: played + standing[symbol]].copy() for symbol in arrays}
        return cls(
            network, length, part["X"], part["Y"], part["R"], part["action_log"], part["S"], part["D"], part["U"],
            part["P"], part["GW"], ledger,
            {letter: part[letter] for letter, *_ in _native.Episode.MECHANISM_SYMBOLS if letter in recorded}, recorded,
        )  # fmt: skip


def _found(matrices: Mapping[str, Any], symbol: str) -> Array:
    for name in (symbol, _LOGGED[symbol]):
        if name in matrices:
            return np.asarray(matrices[name], dtype=np.float64)
    raise ValueError(f"the record has no {symbol} (nor {_LOGGED[symbol]}); it holds {', '.join(map(str, matrices))}")


def record_of(source: Any) -> Record:
    """The periods played so far in an environment, wrapped or not; a record is returned as it is.

    Raises:
        ValueError: no period was played. TypeError: ``source`` is neither an environment nor a record.
    """
    if isinstance(source, Record):
        return source
    core = getattr(source, "unwrapped", None)
    if not isinstance(core, CoreEnv):
        raise TypeError(
            f"a {type(source).__name__} was given; expected an environment after an episode, or a record "
            "(plots.load_record reads one from a file)"
        )
    if core.period == 0:
        raise ValueError("no period was played; play an episode before drawing it")
    return _of_environment(core)


def _of_environment(core: CoreEnv) -> Record:
    """As :func:`record_of`, also before the first period."""
    matrices = {symbol: getattr(core, symbol) for symbol in core.recorded}
    return Record.of_matrices(core.network, matrices, core.period, core.ledger())


def load_record(path: str | Path, network: SupplyChainNetwork | str | Path) -> Record:
    """The record of an episode in a file.

    Args:
        path: an ``.npz`` of ``gym-invmgmt simulate --trajectory`` or of ``EpisodeLoggerWrapper``.
        network: what it was played on: a network, the name of a preset, or the path of a network file.

    Raises:
        ValueError: the file holds no record of this network. FileNotFoundError: a file is missing.
    """
    if not isinstance(network, SupplyChainNetwork):
        is_file = Path(network).suffix.lower() in (".yaml", ".yml")
        network = SupplyChainNetwork(config_path=network) if is_file else SupplyChainNetwork(str(network))
    with np.load(path, allow_pickle=False) as arrays:
        return Record.of_matrices(network, dict(arrays))


__all__ = ["Record", "load_record", "record_of"]
