"""Games at the dashboard: who sits where, and what was ordered. They are kept in the server's memory, each apart."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

from gym_invmgmt import _native

#: Signs of codes: none that is taken for another.
_SIGNS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_CODE_LENGTH = 5
#: Games that are kept; with one more, that which was looked at longest ago goes.
MOST_GAMES = 200
#: The scenario of the board.
BEER_GAME = "exercises/beer-game"

#: A rival: name, whether it knows demand beforehand, cost, or why that is not known.
Rival = tuple[str, bool, float | None, str | None]


@dataclass
class Table:
    """A game with its seats. A seat is a key that its holder keeps: it opens the stages that were taken with it."""

    code: str
    title: str
    game: _native.Game
    #: Positions of the stages each key holds.
    seats: dict[str, list[int]] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)
    _rivals: list[Rival] | None = None
    # Its own, so that nobody waits for it who does not ask.
    _asking: threading.Lock = field(default_factory=threading.Lock)

    def free(self) -> list[int]:
        """Stages for persons at which nobody sits."""
        with self.lock:
            taken = {stage for stages in self.seats.values() for stage in stages}
        return [at for at, player in enumerate(self.game.players) if player == "person" and at not in taken]

    def sit(self, stages: Sequence[int], key: str | None = None) -> str:
        """Takes seats; returns the key that holds them.

        Raises:
            ValueError: somebody else sits there already; no seat is taken then.
        """
        with self.lock:
            free = self.free()
            gone = [self.game.stages[at] for at in stages if at not in free]
            if gone:
                raise ValueError(f"somebody sits there already: {', '.join(gone)}")
            if key is None or key not in self.seats:
                key = secrets.token_urlsafe(9)
            self.seats[key] = sorted([*self.seats.get(key, []), *stages])
            return key

    def held(self, key: str | None) -> list[int]:
        """The stages a key holds; none for a key that is not of this game."""
        return self.seats.get(key or "", [])

    def order(self, key: str, orders: dict[int, list[float]]) -> None:
        """Takes the orders of the stages a key holds, and plays the period once everybody has ordered.

        Raises:
            ValueError: an order cannot be taken, or a period cannot be played; nothing is lost then.
        """
        with self.lock:
            for stage, quantities in orders.items():
                if stage not in self.held(key):
                    raise ValueError(f"you do not sit at {self.game.stages[stage]}")
                self.game.order(stage, quantities)
            if not self.game.waiting_for():
                self.game.play()

    @property
    def is_over(self) -> bool:
        """Whether the last period has been played."""
        return self.game.period >= self.game.num_periods

    def rivals(self) -> list[Rival]:
        """What others would have paid, worked out once."""
        with self._asking:
            if self._rivals is None:
                self._rivals = self.game.rivals()
            return self._rivals


class Tables:
    """All games of a server."""

    def __init__(self) -> None:
        self._tables: OrderedDict[str, Table] = OrderedDict()
        self._lock = threading.Lock()

    def begin(self, scenario: _native.Scenario, title: str, seed: int, players: list[str | None]) -> Table:
        """A new game under a code of its own; players as :class:`_native.Game` takes them.

        Raises:
            ValueError: a policy cannot play, or no stage is left to a person.
        """
        if None not in players:
            raise ValueError("every stage is played by a policy; leave at least one to a person")
        game = _native.Game(scenario, seed, players)
        with self._lock:
            code = self._free_code()
            table = Table(code, title, game)
            self._tables[code] = table
            while len(self._tables) > MOST_GAMES:
                self._tables.popitem(last=False)
            return table

    def find(self, code: str | None) -> Table | None:
        """The game of a code, however it is written."""
        with self._lock:
            plain = (code or "").strip().upper()
            table = self._tables.get(plain)
            if table is not None:
                self._tables.move_to_end(plain)
            return table

    def _free_code(self) -> str:
        while True:
            code = "".join(secrets.choice(_SIGNS) for _ in range(_CODE_LENGTH))
            if code not in self._tables:
                return code


__all__ = ["BEER_GAME", "MOST_GAMES", "Rival", "Table", "Tables"]
