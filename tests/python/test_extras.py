"""Without an extra the package works; what needs one says in one line what to install."""

from __future__ import annotations

import importlib.abc
import sys
import types
from collections.abc import Callable
from typing import Any

import pytest

import gym_invmgmt.jax
import gym_invmgmt.multi_agent
import gym_invmgmt.rllib
import gym_invmgmt.sb3
import gym_invmgmt.torch
from gym_invmgmt.command_line import main

CALLS: list[tuple[str, str, Callable[[], Any]]] = [
    ("pettingzoo", "marl", lambda: gym_invmgmt.multi_agent.InvMgmtParallelEnv()),
    ("stable_baselines3", "rl", lambda: gym_invmgmt.sb3.make_vec_env(2)),
    ("ray", "ray", lambda: gym_invmgmt.rllib.register()),
    ("torch", "rl", lambda: gym_invmgmt.torch.Episodes("serial", 1)),
    ("jax", "jax", lambda: gym_invmgmt.jax.Episodes("serial", 1)),
]


@pytest.mark.parametrize(("package", "extra", "call"), CALLS, ids=[package for package, _, _ in CALLS])
def test_a_missing_extra_is_one_line_that_says_what_to_install(
    package: str, extra: str, call: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == package]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [Absent(package), *sys.meta_path])
    with pytest.raises(ModuleNotFoundError) as refused:
        call()
    assert str(refused.value) == f"{package} is not installed; install it with: pip install 'gym-invmgmt[{extra}]'"
    assert refused.value.name == package


@pytest.mark.parametrize("package", ["streamlit", "plotly"])
def test_the_dashboard_without_its_extra_is_one_line_that_says_what_to_install(
    package: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for other in {"streamlit", "plotly"} - {package}:
        monkeypatch.setitem(sys.modules, other, types.ModuleType(other))
    monkeypatch.setattr(sys, "meta_path", [Absent(package), *sys.meta_path])
    monkeypatch.setattr(sys, "argv", ["gym-invmgmt", "dashboard"])
    assert main() == 1
    said = f"error: {package} is not installed; install it with: pip install 'gym-invmgmt[dashboard]'\n"
    assert capsys.readouterr() == ("", said)


class Absent(importlib.abc.MetaPathFinder):
    """Finds that a package is not there."""

    def __init__(self, package: str) -> None:
        self.package = package

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:
        if name.partition(".")[0] == self.package:
            raise ModuleNotFoundError(f"No module named {name!r}", name=self.package)
