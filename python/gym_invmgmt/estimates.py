"""What a sample of episodes says of an expectation."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from gym_invmgmt import _native
from gym_invmgmt._checks import unmasked


class Estimate(NamedTuple):
    """A mean over episodes with its uncertainty, in the unit of the values."""

    mean: float
    #: Standard error of the mean; not a number of a single episode.
    standard_error: float
    #: Ends of the 95% interval, which holds for skewed values too; both the mean where nothing varies, no numbers of a
    #: single episode.
    low: float
    high: float


def estimate(values: Any) -> Estimate:
    """Mean, standard error and 95% interval of a sample, such as a figure of :func:`~gym_invmgmt.rollout`.

    The interval reaches as far as Student's and as the one that takes the skewness out of Student's statistic
    (P. Hall, 1992): the same that ``benchmark``, ``optimize`` and ``simulate --json`` give.

    Args:
        values: one number per episode, (episodes,); at least two, finite.

    Raises:
        ValueError: fewer than two values, a value that is not finite, or not one row of numbers.
    """
    unmasked("values", values)
    try:
        sample = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError(f"values is {values!r}; expected numbers, one per episode") from None
    if sample.ndim != 1:
        raise ValueError(f"values has shape {sample.shape}; expected (episodes,)")
    if len(sample) < 2:
        raise ValueError(f"values has {len(sample)} numbers; expected at least 2, because an interval needs them")
    if not np.isfinite(sample).all():
        position = int(np.flatnonzero(~np.isfinite(sample))[0])
        raise ValueError(f"values[{position}] is {sample[position]}; expected a finite number")
    return Estimate(*_native.estimate(sample.tolist()))


__all__ = ["Estimate", "estimate"]
