"""Packages that only some users need: which extra brings them."""

from __future__ import annotations

import importlib
import os
from typing import Any

# What keeps a package from reporting its use to its makers. Whoever wants that sets the variable before.
_QUIET = {"ray": ("RAY_USAGE_STATS_ENABLED", "0")}


def extra(package: str, name: str) -> Any:
    """A package of an extra, kept from reporting its use.

    Args:
        package: what is imported.
        name: the extra of this project that installs it.

    Raises:
        ModuleNotFoundError: it is not installed; the message says what to install.
    """
    if (quiet := _QUIET.get(package.partition(".")[0])) is not None:
        os.environ.setdefault(*quiet)
    try:
        return importlib.import_module(package)
    except ModuleNotFoundError as error:
        missing = error.name or package
        raise ModuleNotFoundError(
            f"{missing} is not installed; install it with: pip install 'gym-invmgmt[{name}]'", name=missing
        ) from None


__all__ = ["extra"]
