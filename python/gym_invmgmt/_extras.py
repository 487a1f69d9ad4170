"""Packages that only some users need: which extra brings them."""

from __future__ import annotations

import importlib
from typing import Any


def extra(package: str, name: str) -> Any:
    """A package of an extra.

    Args:
        package: what is imported.
        name: the extra of this project that installs it.

    Raises:
        ModuleNotFoundError: it is not installed; the message says what to install.
    """
    try:
        return importlib.import_module(package)
    except ModuleNotFoundError as error:
        missing = error.name or package
        raise ModuleNotFoundError(
            f"{missing} is not installed; install it with: pip install 'gym-invmgmt[{name}]'", name=missing
        ) from None


__all__ = ["extra"]
