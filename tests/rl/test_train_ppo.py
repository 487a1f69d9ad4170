"""The agent worth training: what it saves plays alike wherever it plays, and its tables hold what the page promises."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import numpy as np
import pytest
from running import EXAMPLES, run_example

import gym_invmgmt

PUBLISHED = [42, 123, 456, 789, 1011, 2022, 3033, 4044, 5055, 6066]


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An agent of S13 and one of S19, each trained for a moment."""
    folder = tmp_path_factory.mktemp("runs")
    for problem in ["S13", "S19"]:
        command = ["train_ppo.py", "--steps", "3000", "--num-envs", "16", "--save", str(folder), "--problem", problem]
        assert "saved" in run_example(command, folder)
    return folder


def test_agents_are_evaluated_beside_what_learning_is_measured_against(saved: Path) -> None:
    table = run_example(["train_ppo.py", "--evaluate", *map(str, sorted(saved.glob("*.pt")))], saved)
    for problem in ["S13", "S19"]:
        rows = table[table.index(f"| {problem} |") :]
        assert "published seeds | seeds 10000 to 10009" in rows
        for row in ["trained, seed 0", "mean of the trained", "worst of the trained", "untrained", "basestock:"]:
            assert row in rows


@pytest.mark.parametrize("problem", ["S13", "S19"])
def test_a_saved_agent_enters_the_published_benchmark(
    problem: str, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [str(EXAMPLES), *sys.path])
    from train_ppo import load_policy

    policy = load_policy(saved / f"{problem}-0.pt")
    alone = gym_invmgmt.rollout(policy.env, policy, PUBLISHED)["total_profit"]
    found = gym_invmgmt.benchmark("published-26", {"agent": policy})
    np.testing.assert_allclose(found.profits("agent", problem), alone, rtol=1e-9)
    # Its levels do not fit the other network: there it fails, and says so.
    errors = dict(zip(found.episodes["problem"], found.episodes["error"], strict=True))
    assert errors[problem] == ""
    assert "3 action_ceilings; expected 6" in errors["S01"]


def test_the_benchmark_ranks_agents_beside_planners(saved: Path) -> None:
    printed = run_example(["train_ppo.py", "--benchmark", str(saved / "S19-0.pt")], saved)
    assert re.search(r"^1\. oracle +1023\.9 ", printed, re.MULTILINE), printed
    assert re.search(r"^\d\. S19-0 +\d", printed, re.MULTILINE), printed
    assert (saved / "S19-benchmark" / "report.html").exists()
