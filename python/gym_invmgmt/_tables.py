"""Series and tables in whatever form a caller has them, as what the engine reads."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gym_invmgmt import _native
from gym_invmgmt._checks import unmasked

#: How a file is written, where it does not tell itself: separator, decimal sign, order of dates, sheet, range.
Form = list[str | None]

#: A path and nothing, or a name and CSV text; and how a file is written.
Table = tuple[str, str | None, Form]

#: Nothing is said of how a file is written.
UNSAID: Form = [None] * 5


def table_of(value: Any, form: Form = UNSAID) -> Table:
    """A path as it is; a pandas or polars frame, a mapping of columns or a structured array as CSV text."""
    if isinstance(value, (str, os.PathLike)):
        return os.fspath(value), None, form
    name = f"<{type(value).__name__}>"
    if hasattr(value, "to_csv"):  # pandas
        return name, str(value.to_csv(index=False)), form
    if hasattr(value, "write_csv"):  # polars
        return name, str(value.write_csv()), form
    if isinstance(value, np.ndarray) and value.dtype.names:
        value = {column: value[column] for column in value.dtype.names}
    if not isinstance(value, Mapping):
        raise TypeError(
            f"the table is a {type(value).__name__}; expected a path, a pandas or polars frame, a mapping of columns "
            "or a structured array"
        )
    columns = [np.asarray(unmasked(f"column {key!r}", column)).tolist() for key, column in value.items()]
    if len({len(column) for column in columns}) > 1:
        raise ValueError(f"{name}: its columns differ in length: {', '.join(str(len(column)) for column in columns)}")
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(value.keys())
    writer.writerows(zip(*columns, strict=True))
    return name, text.getvalue(), form


def series_of(value: Any, column: str | None) -> tuple[str, NDArray[np.float64]]:
    """What a series is called in messages, and its values.

    A column of a table, or a sequence, array or pandas or polars series of numbers.
    """
    if column is not None:
        return column, _native.long_series(table_of(value), column, None, [])[0]
    if isinstance(value, (str, os.PathLike)):
        raise ValueError(f"{os.fspath(value)}: say which column of the table is the series, as column='units'")
    try:
        series = np.asarray(unmasked("series", value), dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"series: {error}; expected numbers") from None
    if series.ndim == 2 and 1 in series.shape and hasattr(value, "columns"):
        series = series.ravel()  # a frame of one column
    if series.ndim != 1:
        raise ValueError(f"series has the shape {series.shape}; expected one dimension, one value per period")
    return "series", np.ascontiguousarray(series)


def pairs_of(name: str, value: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    """A filter as pairs of column and text."""
    if value is None:
        return []
    if not isinstance(value, Mapping):
        raise TypeError(f"{name} is a {type(value).__name__}; expected a dict of column and value")
    return [(str(column), str(wanted)) for column, wanted in value.items()]


def names_of(name: str, value: Any) -> list[str]:
    """A list of column names; one name alone is a list of one."""
    if isinstance(value, str):
        return [value]
    return [str(column) for column in value]
