"""RLlib: both environments train one iteration, through the example."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gym_invmgmt.rllib import multi_agent, register, single_agent

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.mark.parametrize("kind", ["single", "multi"])
def test_rllib_trains_one_iteration(kind: str, tmp_path: Path) -> None:
    command = [sys.executable, str(EXAMPLES / "train_rllib.py"), "--kind", kind, "--iterations", "1", "--batch", "120"]
    for _ in range(3):
        # Ray writes into the home folder.
        done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "HOME": str(tmp_path)})
        # Ray gives its own processes half a minute to start, which a busy machine may not keep.
        if "timed out during startup" not in done.stderr:
            break
    assert done.returncode == 0, done.stderr
    assert "iteration 1" in done.stdout


def test_names_lead_to_the_environments() -> None:
    assert register() == ("gym_invmgmt", "gym_invmgmt_multi_agent")
    assert single_agent({"scenario": "serial"}).network.main_nodes.tolist() == [1, 2, 3]
    agents = multi_agent({"scenario": "serial", "reward": "shared"})
    assert sorted(agents.possible_agents) == ["node_1", "node_2", "node_3"]
    _, _, terminateds, truncateds, _ = step_once(agents)
    assert terminateds["__all__"] is False
    assert truncateds["__all__"] is False


def step_once(agents: Any) -> Any:
    """The five answers of a first step."""
    agents.reset(seed=1)
    return agents.step({agent: agents.action_space[agent].sample() for agent in agents.possible_agents})
