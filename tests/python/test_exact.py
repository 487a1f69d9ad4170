"""The optimal policy, from Python."""

from __future__ import annotations

import _thread
import signal
import threading
import time
from pathlib import Path

import numpy as np
import pytest

import gym_invmgmt
from gym_invmgmt import CoreEnv, exact, rollout

LOST_SALES = """
network:
  nodes: [{id: shop, I0: 10, h: 1}, {id: town}, {id: farm}]
  edges:
    - {from: farm, to: shop, L: %d, p: 0, g: 0}
    - {from: shop, to: town, p: 0, b: 9, demand_dist: poisson, dist_param: {mu: 5}}
num_periods: 2000
rules: {backlog: false}
"""


def lost_sales(folder: Path, lead_time: int = 2) -> str:
    path = folder / "shop.yaml"
    path.write_text(LOST_SALES % lead_time)
    return str(path)


def test_the_optimum_is_the_published_one_and_its_policy_earns_it(tmp_path: Path) -> None:
    """Zipkin, Operations Research 56(5), 2008: 6.09."""
    file = lost_sales(tmp_path)
    found = exact(file)
    assert abs(found.value - 6.0936) < 5e-5
    assert found.low <= found.value <= found.high
    assert (found.criterion, found.objective) == ("average", "cost")
    assert found.states == len(found.policy.states) == len(found.policy.orders)
    assert found.policy.columns[0] == "on_hand[shop] + in_transit[farm -> shop, due in 1]"
    played = rollout(file, found.policy, seeds=range(20))
    cost = -np.mean(played["total_profit"]) / 2000
    assert abs(cost - found.value) < 0.1
    saved = tmp_path / "best.npz"
    found.policy.save(saved)
    again = rollout(file, f"table:{saved}", seeds=range(20))
    np.testing.assert_array_equal(again["total_profit"], played["total_profit"])


def test_the_command_and_the_function_find_the_same(tmp_path: Path) -> None:
    file = lost_sales(tmp_path, 1)
    horizon = exact(CoreEnv(file), "finite", discount=0.9, actions=(0, 12))
    endless = exact(file, "discounted", discount=0.9, actions=range(13))
    assert abs(horizon.value - endless.value) < 1e-6
    assert all(order <= 12 for order in endless.policy.orders[:, 0])
    window = exact(file, warm_up=50, periods=100)
    assert abs(window.value - exact(file).value) < 1e-6


def test_progress_is_told_and_what_it_raises_ends_the_work(tmp_path: Path) -> None:
    told: list[tuple[int, int, float]] = []

    def watch(states: int, sweeps: int, gap: float) -> None:
        told.append((states, sweeps, gap))

    exact(lost_sales(tmp_path, 3), progress=watch)
    assert told
    assert all(states > 0 and gap >= 0 for states, _, gap in told)

    def stop(states: int, sweeps: int, gap: float) -> None:
        raise LookupError("enough")

    with pytest.raises(LookupError, match="enough"):
        exact(lost_sales(tmp_path, 3), progress=stop)


def test_ctrl_c_ends_it_within_two_seconds(tmp_path: Path) -> None:
    file = lost_sales(tmp_path, 5)
    pressed: list[float] = []

    def press() -> None:
        pressed.append(time.monotonic())
        _thread.interrupt_main()

    # Where the tests run in a shell's background, Ctrl-C is ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        threading.Timer(0.5, press).start()
        with pytest.raises(KeyboardInterrupt):
            exact(file)
    finally:
        signal.signal(signal.SIGINT, before)
    assert time.monotonic() - pressed[0] < 2.0


def test_what_cannot_be_solved_is_refused_in_words(tmp_path: Path) -> None:
    file = lost_sales(tmp_path)
    with pytest.raises(ValueError, match="criterion is 'best'; expected one of average, discounted, finite"):
        exact(file, "best")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="discount does nothing where the average per period counts"):
        exact(file, discount=0.9)
    with pytest.raises(ValueError, match="warm_up does nothing without periods"):
        exact(file, warm_up=3)
    with pytest.raises(ValueError, match=r"actions is \(5, 2\); expected the least first"):
        exact(file, actions=(5, 2))
    with pytest.raises(ValueError, match=r"too large: .* there may be .* states"):
        exact(file, memory=1e-5)
    with pytest.raises(ValueError, match="objective is 'gain'; expected profit or cost"):
        exact(file, objective="gain")  # type: ignore[arg-type]
    found = exact(file, actions=(0, 6))
    with pytest.raises(ValueError, match=r"the name must end in \.npz"):
        found.policy.save(tmp_path / "best.csv")


def test_it_is_part_of_the_package() -> None:
    assert {"exact", "ExactSolution", "TablePolicy"} <= set(gym_invmgmt.__all__)
