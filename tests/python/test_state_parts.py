"""The parts of a state row: every face carries each of them, whatever they are."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from gym_invmgmt import CoreEnv, InvMgmtVectorEnv, policies, rollout, run_episode

DOCS = Path(__file__).parents[2] / "docs"


def distinct(env: CoreEnv, period: int) -> NDArray[np.float64]:
    """A state row in which no two numbers are the same, at a period."""
    native = env.network._native
    row = 0.5 + np.arange(native.state_length, dtype=np.float64)
    row[native.state_position("period")] = period
    row[native.state_position("sentiment")] = 0.75
    return row


@pytest.mark.parametrize("scenario", ["serial", "network"])
def test_every_number_of_a_state_comes_through_every_face_that_keeps_one(scenario: str) -> None:
    env = CoreEnv(scenario)
    env.reset(seed=1)
    # Longer ago than the longest lead time, so that every order on its way was placed within the episode.
    row = distinct(env, period=20)
    assert len(set(row)) == len(row)
    saved = {**env.snapshot(), "row": row, "history": None}
    observation = env.restore({key: value for key, value in saved.items() if key != "history"})
    parts = env.network._native.state_parts()
    for name, unit, sight, begin, end in parts:
        assert unit, name
        np.testing.assert_array_equal(env.snapshot()["row"][begin:end], row[begin:end], name)
        if sight == "observed":
            np.testing.assert_array_equal(observation[begin:end], row[begin:end], name)
    envs = InvMgmtVectorEnv(2, scenario=scenario)
    envs.reset(seed=1)
    envs.restore(1, {key: value for key, value in saved.items() if key != "history"})
    np.testing.assert_array_equal(envs.snapshot(1)["row"], row)
    # The parts stand one behind the other, observed ones first.
    ends = [0, *(end for *_, end in parts)]
    assert [begin for *_, begin, _ in parts] == ends[:-1]
    assert ends[-1] == env.network._native.state_length == len(row)
    observed = [end for _, _, sight, _, end in parts if sight == "observed"]
    assert observed[-1] == len(env.observation_labels) == env.observation_space.shape[0]  # type: ignore[index]


def test_labels_and_numbers_say_the_same_of_every_entry() -> None:
    env = CoreEnv("network")
    numbers, labels = env.network._native.state_numbers(), env.observation_labels
    for (part, owner, slot), label in zip(numbers, labels, strict=False):
        inside = [" -> ".join(map(str, owner))] if owner else []
        found = re.fullmatch(r"(\w+)(?:\[(.*?)(?:, [a-z ]+ (\d+))?\])?", label)
        assert found is not None
        assert found.groups() == (part, inside[0] if inside else None, None if slot is None else str(slot))


def test_the_page_on_the_environment_names_every_observed_part() -> None:
    page = (DOCS / "environment.md").read_text()
    for name, _, sight, _, _ in CoreEnv("serial").network._native.state_parts():
        assert sight != "observed" or re.search(rf"^(\| `)?{name}\b", page, re.MULTILINE), name


class Listener:
    """Orders nothing much, and remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[Any] = []

    def tell(self, on_order: Any) -> None:
        self.told.append(np.array(on_order))

    def __call__(self, observation: Any) -> list[float]:
        return [7.0, 5.0, 3.0]


class Listeners(Listener):
    def batch(self, observations: Any) -> NDArray[np.float64]:
        return np.tile([7.0, 5.0, 3.0], (len(observations), 1))


def test_policies_are_told_what_is_on_order_wherever_they_play() -> None:
    """By hand, `serial`: 7 and 5 a period pile up over four periods of lead time, the third link has none."""
    expected = [[7.0 * min(t, 4), 5.0 * min(t, 4), 0.0] for t in range(6)]
    one, many = Listener(), Listeners()
    env = CoreEnv("serial", num_periods=6)
    run_episode(env, one, seed=1)
    np.testing.assert_array_equal(one.told, expected)
    one.told.clear()
    rollout(env, one, [1])
    np.testing.assert_array_equal(one.told, expected)
    rollout(env, many, [1, 2])
    np.testing.assert_array_equal(np.array(many.told)[:, 0], expected)
    np.testing.assert_array_equal(np.array(many.told)[:, 1], expected)
    assert env.on_order.tolist() == [28.0, 20.0, 0.0]


def test_a_policy_by_name_believes_what_it_is_told_once() -> None:
    """By hand: 100 on hand and 20 on its way of which it is told 45; 150 less 145 are lacking, then 150 less 120."""
    env = CoreEnv("serial")
    policy = policies.make("basestock:150,0,0", {"scenario": "serial"})
    env.reset(seed=1)
    row = env.snapshot()["row"]
    observation = row[: len(env.observation_labels)].copy()
    observation[env.observation_labels.index("in_transit[2 -> 1, due in 2]")] = 20.0
    policy.tell([45.0, 0.0, 0.0])
    assert policy(observation).tolist() == [5.0, 0.0, 0.0]
    assert policy(observation).tolist() == [30.0, 0.0, 0.0]
    policy.tell([1.0, 2.0])
    with pytest.raises(ValueError, match=re.escape("is told [1, 2] numbers on order; expected [1, 3]")):
        policy(observation)


def test_in_a_loop_of_ones_own_a_policy_plays_as_in_an_episode() -> None:
    env = CoreEnv("network")
    policy = policies.make("newsvendor:informed", env)
    expected = run_episode(env, policy, seed=5)["total_reward"]
    policy.reset(5)
    observation, _ = env.reset(seed=5)
    total, ended = 0.0, False
    while not ended:
        observation, reward, terminated, truncated, _ = env.step(policy(observation))
        total, ended = total + float(reward), terminated or truncated
    assert total == expected
