"""The money of an episode, part by part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Ledger:
    """Discounted money of an episode, per period and managed node; arrays of shape (periods played, nodes).

    ``revenue`` minus the costs, plus ``salvage``, is the profit matrix P on these nodes. ``salvage`` is the worth of
    the stock on hand at the end of the last period, 0 before. ``late_penalty`` (for requests of other nodes that it
    owes, or lost), ``waste_cost`` (for what spoiled), ``overflow_cost`` (for what found no room) and ``joint_cost``
    (its share of what orders cost together) are 0 on a network without mechanisms.
    """

    node_ids: list[Any]
    revenue: Array
    procurement_cost: Array
    holding_cost: Array
    operating_cost: Array
    unmet_penalty: Array
    fixed_order_cost: Array
    salvage: Array
    late_penalty: Array
    waste_cost: Array
    overflow_cost: Array
    joint_cost: Array

    @property
    def profit(self) -> Array:
        """Revenue and salvage less all costs [money]."""
        return (
            self.revenue
            - self.procurement_cost
            - self.holding_cost
            - self.operating_cost
            - self.unmet_penalty
            - self.fixed_order_cost
            + self.salvage
            - self.late_penalty
            - self.waste_cost
            - self.overflow_cost
            - self.joint_cost
        )


__all__ = ["Ledger"]
