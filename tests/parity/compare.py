"""Compares what two packages showed for the same cases: demand bit for bit, everything else within a tolerance."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

TOLERANCE = 1e-9
EXACT = {"D", "action_log", "stream"}

Shown = dict[str, NDArray[Any]]


@dataclass
class Differences:
    """What has been found so far."""

    largest: dict[str, float] = field(default_factory=dict)
    """Largest difference by array, over all cases."""
    compared: dict[str, int] = field(default_factory=dict)
    """How many values of each array were compared."""
    messages: list[str] = field(default_factory=list)
    """Of the case at hand: which array, which entry, both values."""

    def note(self, name: str, difference: float, count: int) -> None:
        """Takes the largest difference of `count` values of one array into account."""
        short = name.rpartition("/")[2].removesuffix(".json")
        self.largest[short] = max(self.largest.get(short, 0.0), difference)
        self.compared[short] = self.compared.get(short, 0) + count


def by_case(arrays: dict[str, NDArray[Any]]) -> dict[str, Shown]:
    """The arrays of a played file, by case."""
    cases: dict[str, Shown] = {}
    for key, value in arrays.items():
        case, separator, name = key.partition("|")
        if separator:
            cases.setdefault(case, {})[name] = value
    return cases


def compare_case(ours: Shown, release: Shown, differences: Differences) -> list[str]:
    """What differs in one case, in words; nothing if the two agree."""
    differences.messages = []
    if "raised.json" in ours or "raised.json" in release:
        for side, shown in (("ours", ours), ("release", release)):
            error = json.loads(str(shown["raised.json"])) if "raised.json" in shown else "nothing"
            differences.messages.append(f"{side} raised {error}")
        return differences.messages
    for name in sorted(ours.keys() ^ release.keys()):
        differences.messages.append(f"{name}: shown by {'ours' if name in ours else 'the release'} only")
    for name in sorted(ours.keys() & release.keys(), key=_order_of_report):
        if name.endswith(".json"):
            found, expected = (json.loads(str(shown[name])) for shown in (ours, release))
            _compare_values(name, found, expected, differences)
        else:
            _compare_arrays(name, ours[name], release[name], differences)
    return differences.messages


def _order_of_report(name: str) -> tuple[str, bool, str]:
    """Demand first within an episode: when it differs, all else does."""
    episode, _, short = name.rpartition("/")
    return episode, short != "D", short


def _compare_arrays(name: str, ours: NDArray[Any], release: NDArray[Any], differences: Differences) -> None:
    if ours.shape != release.shape or ours.dtype != release.dtype:
        differences.messages.append(
            f"{name}: ours is {ours.dtype} {ours.shape}, the release's {release.dtype} {release.shape}"
        )
        return
    if name.rpartition("/")[2] in EXACT:
        wrong = ours.view(np.uint64) != release.view(np.uint64)
    else:
        wrong = ~np.isclose(ours, release, rtol=0.0, atol=TOLERANCE)
    apart = np.abs(ours - release)
    differences.note(name, float(np.nanmax(apart, initial=0.0)), ours.size)
    if wrong.any():
        first = tuple(int(index) for index in np.argwhere(wrong)[0])
        differences.messages.append(
            f"{name}{list(first)}: ours {ours[first].item()!r}, the release's {release[first].item()!r}"
            f" ({np.count_nonzero(wrong)} of {wrong.size} entries differ)"
        )


def _compare_values(name: str, ours: Any, release: Any, differences: Differences) -> None:
    """Numbers within the tolerance, all else exactly; dicts by key, lists entry by entry."""
    if _is_number(ours) and _is_number(release):
        apart = 0.0 if ours == release else abs(ours - release)
        differences.note(name.partition(".json")[0], apart, 1)
        if not apart <= TOLERANCE:
            differences.messages.append(f"{name}: ours {ours!r}, the release's {release!r}")
    elif isinstance(ours, dict) and isinstance(release, dict):
        for key in sorted(ours.keys() ^ release.keys()):
            differences.messages.append(f"{name}.{key}: shown by {'ours' if key in ours else 'the release'} only")
        for key in sorted(ours.keys() & release.keys()):
            _compare_values(f"{name}.{key}", ours[key], release[key], differences)
    elif isinstance(ours, list) and isinstance(release, list) and len(ours) == len(release):
        for index, pair in enumerate(zip(ours, release, strict=True)):
            _compare_values(f"{name}[{index}]", *pair, differences)
    elif ours != release:
        differences.messages.append(f"{name}: ours {_short(ours)}, the release's {_short(release)}")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 200 else f"{text[:200]}..."
