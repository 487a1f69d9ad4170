"""Order quantities for the differential test: one list per period, or named orders for dict actions."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from .networks import Link

STYLES = ["zeros", "constant", "fractional", "spiky", "integer", "flood", "named", "listed"]


class OrderDrawer:
    """Draws the orders of whole episodes for one network."""

    def __init__(self, random: Random, links: list[Link], raw_links: list[bool], scale: float) -> None:
        """Keep the supply links, which of them lead out of a raw material, and the size of an ordinary order."""
        self.random = random
        self.links = links
        self.raw_links = raw_links
        self.scale = scale

    def draw(self, style: str, periods: int) -> list[Any]:
        """The actions of `periods` periods in one of the `STYLES`."""
        if style == "constant":
            row = self._constant()
            return [list(row) for _ in range(periods)]
        row_of_style: dict[str, Callable[[], list[Any]]] = {
            "zeros": lambda: [0.0] * len(self.links),
            "fractional": lambda: [self.random.uniform(0, 2.5 * self.scale) for _ in self.links],
            "spiky": lambda: [self._spike() for _ in self.links],
            "integer": lambda: [self.random.randint(0, round(2 * self.scale) + 1) for _ in self.links],
            "flood": lambda: [self._flood(raw) for raw in self.raw_links],
            "named": self._named,
            "listed": lambda: [round(self.random.uniform(0, 2 * self.scale), 1) for _ in self.links],
        }
        return [row_of_style[style]() for _ in range(periods)]

    def _constant(self) -> list[float]:
        whole = self.random.random() < 0.5
        quantities = [self.random.uniform(0, 1.6 * self.scale) for _ in self.links]
        return [float(round(quantity)) if whole else quantity for quantity in quantities]

    def _spike(self) -> float:
        """Mostly small or nothing, now and then large, now and then below zero."""
        kind = self.random.random()
        if kind < 0.5:
            return self.random.uniform(0, self.scale)
        if kind < 0.65:
            return self.random.uniform(3, 20) * self.scale
        if kind < 0.8:
            return -self.random.uniform(0, 5) * self.scale
        return 0.0

    def _flood(self, raw: bool) -> float:
        """Far beyond any stock; raw materials deliver all that is asked, so they are asked for less."""
        if raw:
            return self.random.uniform(0, 8) * self.scale
        return self.random.choice([1e4, 1e6, self.random.uniform(100, 5000)])

    def _named(self) -> list[list[Any]]:
        """Orders on some of the links, in any order; sometimes on none."""
        count = self.random.randint(0, len(self.links))
        return [
            [*link, self.random.choice([self.random.randint(0, 40), self._spike()])]
            for link in self.random.sample(self.links, count)
        ]
