"""PufferLib: its emulation plays our environments, number for number, and the example trains."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pufferlib.emulation
import pufferlib.vector
import pytest
from running import run_example

from gym_invmgmt import CoreEnv
from gym_invmgmt.multi_agent import InvMgmtParallelEnv

CHAIN = {"scenario": "serial", "demand_config": {"base_mu": 20}, "num_periods": 5}


@pytest.mark.parametrize("action_mode", ["raw", "scaled", "base-stock", "ss", "levels-and-shares", "integer"])
def test_an_emulated_row_is_the_environment_itself(action_mode: str) -> None:
    arguments = {**CHAIN, "action_mode": action_mode, "terminate_at_horizon": True}
    envs = pufferlib.vector.make(
        pufferlib.emulation.GymnasiumPufferEnv,
        env_kwargs={"env_creator": CoreEnv, "env_kwargs": arguments},
        num_envs=3,
        backend=pufferlib.vector.Serial,
    )
    singles = [CoreEnv(**arguments) for _ in range(3)]
    seen, _ = envs.reset(seed=7)
    np.testing.assert_array_equal(seen, [env.reset(seed=7 + row)[0] for row, env in enumerate(singles)])
    envs.single_action_space.seed(1)
    for _ in range(2):
        for _ in range(5):
            actions = np.array([envs.single_action_space.sample() for _ in range(3)])
            seen, rewards, terminals, truncations, _ = envs.step(actions)
            played = [env.step(action) for env, action in zip(singles, actions, strict=True)]
            np.testing.assert_array_equal(seen, [step[0] for step in played])
            np.testing.assert_array_equal(rewards, np.array([step[1] for step in played], dtype=np.float32))
            np.testing.assert_array_equal(terminals, [step[2] for step in played])
            np.testing.assert_array_equal(truncations, [step[3] for step in played])
        # PufferLib gives the reset a step of its own, which ignores the actions.
        seen, rewards, *_ = envs.step(actions)
        np.testing.assert_array_equal(seen, [env.reset()[0] for env in singles])
        assert not rewards.any()


def test_agents_per_node_are_emulated_too() -> None:
    env = pufferlib.emulation.PettingZooPufferEnv(env_creator=InvMgmtParallelEnv, env_kwargs={"scenario": "serial"})
    observations, _ = env.reset(seed=1)
    assert sorted(observations) == ["node_1", "node_2", "node_3"]
    _, rewards, *_ = env.step({agent: env.single_action_space.sample() for agent in observations})
    assert set(rewards) == set(observations)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_the_example_trains(workers: str, tmp_path: Path) -> None:
    command = ["train_pufferlib.py", "--steps", "1000", "--num-envs", "8", "--num-workers", workers]
    assert "profit on seeds 10000 to 10009" in run_example(command, tmp_path)
