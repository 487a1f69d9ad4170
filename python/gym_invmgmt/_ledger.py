"""The money of an episode, part by part."""

from __future__ import annotations

import dataclasses
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

    Where there are several products a node is a stock point, as ``shop, milk``, and ``products`` says which product
    each is of; :meth:`by_product` and :meth:`by_place` take them together.
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
    #: The product of each node, in order; empty where there are not several.
    products: list[str] = dataclasses.field(default_factory=list)
    #: The id by which each node was declared, in order: that of all its stock points.
    places: list[Any] = dataclasses.field(default_factory=list)

    def by_product(self) -> dict[str, Ledger]:
        """The ledger of each product: of its stock points only.

        Raises:
            ValueError: the network has not several products.
        """
        if not self.products:
            raise ValueError("the network of this ledger has not several products; there is one ledger of all")
        return {product: self._of(self.products, product) for product in dict.fromkeys(self.products)}

    def by_place(self) -> dict[Any, Ledger]:
        """The ledger of each declared node: of all its stock points."""
        return {place: self._of(self.places, place) for place in dict.fromkeys(self.places)}

    def _of(self, owners: list[Any], owner: Any) -> Ledger:
        """The columns that belong to an owner."""
        columns = [column for column, known in enumerate(owners) if known == owner]
        taken: dict[str, Any] = {}
        for row in dataclasses.fields(self):
            value = getattr(self, row.name)
            if isinstance(value, list):
                taken[row.name] = [value[column] for column in columns] if value else []
            else:
                taken[row.name] = value[:, columns]
        return Ledger(**taken)

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
