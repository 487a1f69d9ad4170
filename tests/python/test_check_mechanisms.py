"""`check` says the timeline in force, the mechanisms in use and how many periods of demand an order must cover."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gym_invmgmt import _native, command_line
from gym_invmgmt._cluster import RayCluster

#: Keys of the network, of the depot, of the link from mill to depot and of that from depot to shop, and what is said.
FILES: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "timelines": ({"timeline": "beer"}, {}, {}, {}),
    "whole units": ({"units": "whole"}, {}, {}, {}),
    "order delays": ({}, {}, {"order_delay": 2}, {}),
    "waiting requests": ({}, {}, {}, {"unmet": "wait", "b": 0.5}),
    "allocation rules": ({}, {"allocation": "proportional"}, {}, {}),
    "random lead times": ({}, {}, {"L": {"poisson": 2, "most": 6}, "draw": "order", "crossing": "free"}, {}),
    "order sizes": ({}, {}, {"min": 5, "multiple": 5}, {}),
    "caps of links": ({}, {}, {"cap": 30}, {}),
    "limited space": ({}, {"storage": {"space": 50, "overflow": "cost", "cost": 0.1}}, {}, {}),
    "shelf life": ({"life": 3}, {"waste": 1}, {}, {}),
    "disruptions": ({"disruptions": [{"where": "mill", "what": "ship", "up_down": [0.1, 0.5]}]}, {}, {}, {}),
    "random yields": ({}, {}, {"yield": {"uniform": [0.8, 1.0]}}, {}),
}


def checked(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], network: dict[str, Any], depot: dict[str, Any],
    into_depot: dict[str, Any], into_shop: dict[str, Any],
) -> list[str]:  # fmt: skip
    declared = network | {
        "nodes": [
            {"id": "mill"},
            {"id": "depot", "I0": 9, "h": 1} | depot,
            {"id": "shop", "I0": 9, "h": 1},
            {"id": "town"},
        ],
        "edges": [
            {"from": "mill", "to": "depot", "L": 2, "p": 1, "g": 0} | into_depot,
            {"from": "depot", "to": "shop", "L": 1, "p": 2, "g": 0} | into_shop,
            {"from": "shop", "to": "town", "p": 3, "b": 1, "demand_dist": "poisson", "dist_param": {"mu": 5}},
        ],
    }
    path = tmp_path / "network.yaml"
    path.write_text(json.dumps(declared), encoding="utf-8")
    assert _native.run_command_line(["gym-invmgmt", "check", str(path)], command_line._write_video, RayCluster) == 0
    return [line.strip() for line in capfd.readouterr().out.splitlines()]


@pytest.mark.parametrize("mechanism", FILES)
def test_a_mechanism_in_use_is_named_with_the_timeline_and_what_orders_must_cover(
    mechanism: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    said = checked(tmp_path, capfd, *FILES[mechanism])
    (named,) = (line for line in said if line.startswith("mechanisms"))
    assert mechanism in named
    name = "beer" if mechanism == "timelines" else "release"
    assert any(line.startswith(f"timeline    {name}: order, ") for line in said)
    # Under the usual timeline what the depot receives can be shipped on in the period after.
    longest = 6 if mechanism == "random lead times" else 2
    cover = longest + (1 if name == "beer" else 2) + (2 if mechanism == "order delays" else 0)
    assert f"mill -> depot: {cover} periods of demand" in said
    assert "depot -> shop: 2 periods of demand" in said


def test_what_a_law_of_lead_times_was_cut_by_is_said(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    said = checked(tmp_path, capfd, *FILES["random lead times"])
    # P(Poisson(2) > 6) = 1 - e^-2 (1 + 2 + 2 + 4/3 + 2/3 + 4/15 + 4/45) = 4.534e-3.
    assert "L of mill -> depot: chance 4.534e-3 of longer lead times was put on 6" in said


def test_a_plain_network_has_nothing_of_it(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert not any(line.startswith(("timeline", "mechanisms")) for line in checked(tmp_path, capfd, {}, {}, {}, {}))
