"""On any network, under any rules and orders: rows are single environments, threads and snapshots change nothing."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from test_properties import networks
from vectors import MODES, assert_equal, both, orders, play_side_by_side, stagger

from gym_invmgmt import CoreEnv, InvMgmtVectorEnv, rollout, run_episode

rules = st.fixed_dictionaries(
    {
        "num_periods": st.integers(1, 7),
        "backlog": st.booleans(),
        "alpha": st.sampled_from([1.0, 0.95]),
        "demand_config": st.fixed_dictionaries(
            {
                "use_goodwill": st.booleans(),
                "noise_scale": st.sampled_from([0.0, 1.0, 1.9]),
                "type": st.sampled_from(["stationary", "trend+seasonal+shock"]),
                "base_mu": st.sampled_from([None, 4.5, 60.0]),
            }
        ),
    }
)
seeds = st.integers(0, 10**6)


def with_file(folder: str, declared: dict[str, Any], arguments: dict[str, Any]) -> dict[str, Any]:
    """The arguments of an environment on a network, which is written to a file."""
    path = Path(folder) / "network.yaml"
    path.write_text(json.dumps(declared), encoding="utf-8")
    return {"config_path": path, **arguments}


@settings(max_examples=150, deadline=None)
@given(networks(), rules, seeds, st.sampled_from(MODES), st.integers(1, 4))
def test_rows_are_single_environments(declared: Any, chosen: Any, seed: int, mode: Any, count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = both(count, mode, **with_file(folder, declared, chosen))
        random = np.random.default_rng(seed)
        assert_equal(ours.reset(seed=seed), theirs.reset(seed=seed))
        play_side_by_side(ours, theirs, 9, random)
        stagger(ours, theirs, random)
        play_side_by_side(ours, theirs, 9, random)


@settings(max_examples=80, deadline=None)
@given(networks(), rules, seeds, st.integers(0, 9))
def test_a_restored_row_replays_in_any_row_and_in_a_single_environment(
    declared: Any, chosen: Any, seed: int, steps: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        arguments = with_file(folder, declared, chosen)
        envs, env = InvMgmtVectorEnv(3, **arguments), CoreEnv(**arguments)
        random = np.random.default_rng(seed)
        envs.reset(seed=seed)
        for _ in range(steps):
            envs.step(orders(envs, random))
        saved = envs.snapshot(0)
        for row in (1, 2):
            envs.restore(row, saved)
        env.restore(saved)
        for _ in range(chosen["num_periods"] - env.period):
            actions = np.tile(orders(envs, random)[0], (3, 1))
            observations, rewards, *_ = envs.step(actions)
            observation, reward, *_ = env.step(actions[0])
            np.testing.assert_array_equal(observations, np.tile(observation, (3, 1)))
            assert (rewards == reward).all()


@settings(max_examples=40, deadline=None)
@given(networks(), rules, seeds)
def test_rollouts_are_single_episodes_and_threads_change_nothing(declared: Any, chosen: Any, seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        env = CoreEnv(**with_file(folder, declared, chosen))
        runs = [rollout(env, "constant:11", range(seed, seed + 300), num_threads=threads) for threads in (1, 3)]
        assert_equal(*runs)
        action = np.full(env.action_space.shape, 11.0)
        for position in (0, 299):
            episode = run_episode(env, lambda observation: action, seed=seed + position)
            assert runs[0]["total_profit"][position] == episode["total_reward"]
