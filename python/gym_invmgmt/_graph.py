"""The networkx graph of a network, which notices when somebody writes into it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any

import networkx as nx
import numpy as np

from gym_invmgmt._checks import unmasked
from gym_invmgmt._edits import Edits


class Noticing(dict[Any, Any]):
    """A dict whose writes are counted; dicts and lists put into it notice writes too."""

    __slots__ = ("_edits",)

    def __init__(self, edits: Edits, entries: dict[Any, Any] | None = None) -> None:
        super().__init__()
        self._edits = edits
        self.update(entries or {})

    def __setitem__(self, key: Any, value: Any) -> None:
        if key == "user_D" and value is not None:
            # A copy that refuses writes, since they could not be noticed.
            value = np.array(unmasked("user_D", value), dtype=np.float64)
            value.setflags(write=False)
        self._edits.count += 1
        super().__setitem__(key, _noticing(self._edits, value))

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


class NoticingList(list[Any]):
    """A list whose writes are counted, as :class:`Noticing` counts those of a dict."""

    __slots__ = ("_edits",)

    def __init__(self, edits: Edits, entries: Iterable[Any]) -> None:
        super().__init__(_noticing(edits, entry) for entry in entries)
        self._edits = edits

    def __reduce__(self) -> tuple[Any, ...]:
        return NoticingList, (self._edits, list(self))


def _counted(write: Callable[..., Any]) -> Callable[..., Any]:
    """A method of lists that counts as a write."""

    @functools.wraps(write)
    def counted(entries: NoticingList, *arguments: Any, **named: Any) -> Any:
        entries._edits.count += 1
        result = write(entries, *arguments, **named)
        list.__init__(entries, [_noticing(entries._edits, entry) for entry in entries])
        return result

    return counted


_ADDING = ("__setitem__", "__iadd__", "__imul__", "append", "extend", "insert")
for _write in (*_ADDING, "__delitem__", "pop", "remove", "clear", "sort", "reverse"):
    setattr(NoticingList, _write, _counted(getattr(list, _write)))


def _noticing(edits: Edits, value: Any) -> Any:
    """A value that notices what is written into it."""
    if type(value) is dict:
        return Noticing(edits, value)
    return NoticingList(edits, value) if type(value) is list else value


class NoticingGraph(nx.DiGraph):  # type: ignore[misc]
    """A ``DiGraph`` that counts writes to its nodes, links and attributes; reading it costs what it always does."""

    def __init__(self, incoming_graph_data: Any = None, *, edits: Edits | None = None, **attributes: Any) -> None:
        self.edits = edits or Edits()
        super().__init__(incoming_graph_data, **attributes)

    @property
    def node_dict_factory(self) -> Callable[[], Noticing]:
        """Where networkx takes each of its dicts from."""
        return functools.partial(Noticing, self.edits)

    graph_attr_dict_factory = node_dict_factory
    node_attr_dict_factory = node_dict_factory
    adjlist_outer_dict_factory = node_dict_factory
    adjlist_inner_dict_factory = node_dict_factory
    edge_attr_dict_factory = node_dict_factory


class NoticingMultiGraph(nx.MultiDiGraph):  # type: ignore[misc]
    """The same for networks in which two nodes are joined more than once; the key of a link is its product."""

    def __init__(self, incoming_graph_data: Any = None, *, edits: Edits | None = None, **attributes: Any) -> None:
        self.edits = edits or Edits()
        super().__init__(incoming_graph_data, **attributes)

    node_dict_factory = NoticingGraph.node_dict_factory
    graph_attr_dict_factory = node_dict_factory
    node_attr_dict_factory = node_dict_factory
    adjlist_outer_dict_factory = node_dict_factory
    adjlist_inner_dict_factory = node_dict_factory
    edge_key_dict_factory = node_dict_factory
    edge_attr_dict_factory = node_dict_factory


__all__ = ["NoticingGraph", "NoticingMultiGraph"]
