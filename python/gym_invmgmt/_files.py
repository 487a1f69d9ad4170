"""Files written whole or not at all, whatever they hold."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gym_invmgmt import _native

#: Writes a content into the file it is given.
Write = Callable[[io.BytesIO], Any]


def replace_file(path: str | os.PathLike[str], write: Write) -> None:
    """Writes a file, replacing one that is there only once the new one is whole.

    A link is followed; a pipe or a device gets the finished content.

    Args:
        path: the file.
        write: writes the content; what it raises is passed on, and nothing is written then.

    Raises:
        OSError: the file cannot be written; one that was there is unchanged.
    """
    _native.replace_file(path, _content(write))


def new_file(path: str | os.PathLike[str], write: Write) -> Path:
    """Writes a file beside those that are there, in the manner of :func:`replace_file`; returns its path.

    Its name is that of ``path``, or where it is taken the first free one of ``name_2.ending``, ``name_3.ending``, ...,
    also when several processes write at once.
    """
    return Path(_native.new_file(path, _content(write)))


def _content(write: Write) -> bytes:
    with io.BytesIO() as buffer:
        write(buffer)
        return buffer.getvalue()


__all__ = ["new_file", "replace_file"]
