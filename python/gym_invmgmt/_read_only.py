"""Tables that refuse writes, since nothing would read what was written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

import numpy as np

_Table = TypeVar("_Table", bound=type)


def _refusing(*names: str) -> Callable[[_Table], _Table]:
    """A class whose methods of these names raise ``TypeError``."""

    def refuse(table: Any, *_: Any, **__: Any) -> NoReturn:
        raise TypeError(
            "this table is read off the network, and what is played does not follow it; edit env.graph instead "
            "(structure and lead times: then env.reload_network() and env.reset()). Nothing was changed"
        )

    def decorate(cls: _Table) -> _Table:
        for name in names:
            setattr(cls, name, refuse)
        return cls

    return decorate


_ITEMS = ("__setitem__", "__delitem__", "pop", "clear")


@_refusing(*_ITEMS, "update", "setdefault", "popitem", "__ior__")
class ReadOnlyDict(dict[Any, Any]):
    """A dict to read."""

    def __reduce__(self) -> tuple[Any, ...]:
        return ReadOnlyDict, (dict(self),)


@_refusing(*_ITEMS, "append", "extend", "insert", "remove", "sort", "reverse", "__iadd__", "__imul__")
class ReadOnlyList(list[Any]):
    """A list to read."""

    def __reduce__(self) -> tuple[Any, ...]:
        return ReadOnlyList, (list(self),)


def read_only(table: Any) -> Any:
    """A table, and the tables in it, in a form that refuses writes."""
    if isinstance(table, np.ndarray):
        table.setflags(write=False)
        return table
    if type(table) is dict:
        return ReadOnlyDict({key: read_only(value) for key, value in table.items()})
    return ReadOnlyList(map(read_only, table)) if type(table) is list else table


__all__ = ["ReadOnlyDict", "ReadOnlyList", "read_only"]
