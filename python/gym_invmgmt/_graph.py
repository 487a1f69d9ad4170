"""The networkx graph of a network, which notices when somebody writes into it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import networkx as nx
import numpy as np

from gym_invmgmt._edits import Edits


class Noticing(dict[Any, Any]):
    """A dict whose writes are counted; dicts put into it notice writes too."""

    __slots__ = ("_edits",)

    def __init__(self, edits: Edits, entries: dict[Any, Any] | None = None) -> None:
        super().__init__()
        self._edits = edits
        self.update(entries or {})

    def __setitem__(self, key: Any, value: Any) -> None:
        self._edits.count += 1
        if type(value) is dict:
            value = Noticing(self._edits, value)
        elif key == "user_D" and isinstance(value, (list, np.ndarray)):
            # A copy that refuses writes, since they could not be noticed.
            value = np.array(value, dtype=np.float64)
            value.setflags(write=False)
        super().__setitem__(key, value)

    def update(self, *entries: Any, **named: Any) -> None:
        for key, value in dict(*entries, **named).items():
            self[key] = value

    def setdefault(self, key: Any, default: Any = None) -> Any:
        if key not in self:
            self[key] = default
        return self[key]

    def __ior__(self, other: Any) -> Noticing:  # type: ignore[misc]
        self.update(other)
        return self

    def __delitem__(self, key: Any) -> None:
        self._edits.count += 1
        super().__delitem__(key)

    def pop(self, *arguments: Any) -> Any:
        self._edits.count += 1
        return super().pop(*arguments)

    def popitem(self) -> tuple[Any, Any]:
        self._edits.count += 1
        return super().popitem()

    def clear(self) -> None:
        self._edits.count += 1
        super().clear()

    def __reduce__(self) -> tuple[Any, ...]:
        return Noticing, (self._edits, dict(self))


class NoticingGraph(nx.DiGraph):  # type: ignore[misc]
    """A ``DiGraph`` that counts writes to its nodes, links and attributes; reading it costs what it always does."""

    def __init__(self, incoming_graph_data: Any = None, *, edits: Edits | None = None, **attributes: Any) -> None:
        self.edits = edits or Edits()
        super().__init__(incoming_graph_data, **attributes)

    @property
    def node_dict_factory(self) -> Callable[[], Noticing]:
        """Where networkx takes each of its dicts from."""
        return functools.partial(Noticing, self.edits)

    node_attr_dict_factory = node_dict_factory
    adjlist_outer_dict_factory = node_dict_factory
    adjlist_inner_dict_factory = node_dict_factory
    edge_attr_dict_factory = node_dict_factory


__all__ = ["NoticingGraph"]
