"""A step of episodes as an operation of PyTorch."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from running import run_example

from gym_invmgmt.gradient import rollout_gradient

torch = pytest.importorskip("torch")


def test_what_flows_back_through_the_steps_is_the_gradient_of_the_engine() -> None:
    from gym_invmgmt.torch import Episodes

    orders = torch.from_numpy(np.random.default_rng(3).uniform(0, 30, (30, 4, 3))).requires_grad_()
    episodes, profit = Episodes("serial", 4), 0.0
    state = episodes.begin(range(4))
    for period in range(30):
        state, rewards = episodes.step(state, orders[period])
        profit = profit + rewards.sum()
    profit.backward()
    expected = rollout_gradient("serial", orders.detach().numpy().transpose(1, 0, 2), seeds=range(4))
    assert profit.item() == pytest.approx(expected.profits.sum())
    assert np.array_equal(orders.grad.numpy().transpose(1, 0, 2), expected.gradient)


def test_backward_after_the_episodes_began_anew_is_refused() -> None:
    from gym_invmgmt.torch import Episodes

    episodes = Episodes("serial", 1)
    orders = torch.zeros((1, 3), dtype=torch.float64, requires_grad=True)
    _, rewards = episodes.step(episodes.begin([1]), orders)
    episodes.begin([1])
    with pytest.raises(RuntimeError, match="call backward before begin"):
        rewards.sum().backward()


def test_the_example_earns_more_with_every_step(tmp_path: Path) -> None:
    said = run_example(["train_by_gradient.py", "--steps", "100", "--episodes", "16"], tmp_path)
    profits = [float(profit) for profit in re.findall(r"profit\s+(-?[\d.]+)", said)]
    assert profits[-1] > max(profits[0], 500)
