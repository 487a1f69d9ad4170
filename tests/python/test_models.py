"""Trained models as policies: what they would misread is refused, and what they remember is carried."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
import pytest

import gym_invmgmt
from gym_invmgmt import CoreEnv, rollout


class Shares:
    """A model trained on actions from -1 to 1: always the middle."""

    action_space: gym.Space[Any] = gym.spaces.Box(-1.0, 1.0, (3,))

    def predict(self, observation: np.ndarray[Any, Any], deterministic: bool = False) -> tuple[Any, None]:
        assert deterministic
        return np.zeros((len(observation), 3)), None


class Quantities(Shares):
    """A model trained on order quantities."""

    action_space = gym.spaces.Box(0.0, 500.0, (3,))


class Recurrent(Shares):
    """A model that counts the periods of each episode, and orders as many units."""

    action_space = gym.spaces.Box(0.0, 500.0, (3,))

    def predict(
        self, observation: np.ndarray[Any, Any], state: Any = None, episode_start: Any = None,
        deterministic: bool = False,
    ) -> tuple[Any, Any]:  # fmt: skip
        rows = len(observation)
        assert (state is None) == (episode_start is None)
        counts = np.zeros(rows) if state is None else state[0]
        counts = np.where(np.zeros(rows, bool) if episode_start is None else episode_start, 0, counts) + 1
        return np.repeat(counts[:, None], 3, axis=1), (counts,)


class Normalised(Quantities):
    """A model whose environment is wrapped in VecNormalize."""

    class Wrapper:
        norm_obs = True

    def get_vec_normalize_env(self) -> Any:
        return self.Wrapper()


@pytest.mark.parametrize("mode", ["raw", "integer"])
def test_a_model_of_shares_is_refused_where_actions_are_quantities(mode: str) -> None:
    with pytest.raises(TypeError, match=r"policy was trained on actions from -1 up, which are no order quantities"):
        rollout(CoreEnv("serial", action_mode=mode), Shares(), [1])
    with pytest.raises(TypeError, match=r"policies\['mine'\] was trained on actions from -1 up"):
        gym_invmgmt.benchmark("published-26", {"mine": Shares()}, seeds=1)


@pytest.mark.parametrize("mode", ["scaled", "base-stock"])
def test_a_model_of_quantities_is_refused_where_actions_are_shares(mode: str) -> None:
    with pytest.raises(TypeError, match=rf"policy was trained on actions up to 500, .* action_mode '{mode}'"):
        rollout(CoreEnv("serial", action_mode=mode), Quantities(), [1])


def test_a_model_plays_in_the_mode_it_names_or_was_trained_in() -> None:
    levels = rollout(CoreEnv("serial", action_mode="base-stock"), Shares(), [1])["total_profit"]
    model = Shares()
    model.action_mode = "base-stock"  # type: ignore[attr-defined]
    assert rollout(CoreEnv("serial"), model, [1])["total_profit"] == levels


def test_a_model_without_its_normalisation_is_refused() -> None:
    with pytest.raises(TypeError, match=r"policy was trained under VecNormalize.*gym_invmgmt.sb3.policy\(model\)"):
        rollout(CoreEnv("serial"), Normalised(), [1])
    with pytest.raises(TypeError, match=r"policies\['mine'\] was trained under VecNormalize"):
        gym_invmgmt.benchmark("published-26", {"mine": Normalised()}, seeds=1)
    model = Normalised()
    model.Wrapper.norm_obs = False
    try:
        rollout(CoreEnv("serial"), model, [1])
    finally:
        model.Wrapper.norm_obs = True


def test_what_a_model_remembers_is_carried_through_an_episode_and_no_further() -> None:
    class Counting:
        def reset(self, seed: int) -> None:
            self.count = 0

        def __call__(self, observation: Any) -> Any:
            self.count += 1
            return [float(self.count)] * 3

    model = Recurrent()
    for seeds in ([1, 2, 3], [7]):
        expected = rollout(CoreEnv("serial"), Counting(), seeds)
        found = rollout(CoreEnv("serial"), model, seeds)
        np.testing.assert_array_equal(found["total_profit"], expected["total_profit"])
