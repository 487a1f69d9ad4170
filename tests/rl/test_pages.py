"""The blocks of the pages that need a framework run where it is installed, as they stand but for their budget."""

from __future__ import annotations

import importlib.util
import re
import runpy
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
#: The package that tells whether a framework is there.
PACKAGES = {"sb3": "stable_baselines3", "ray": "ray", "marl": "pettingzoo", "pufferlib": "pufferlib", "jax": "jax"}
_NEEDY = re.compile(r"^```python needs (\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = [
    pytest.param(framework, code, id=f"{page.stem}-{number}-{framework}")
    for page in sorted((PROJECT / "docs").glob("*.md"))
    for number, (framework, code) in enumerate(_NEEDY.findall(page.read_text(encoding="utf-8")))
]


def test_there_are_blocks_of_every_framework() -> None:
    assert {block.values[0] for block in BLOCKS} == set(PACKAGES)


@pytest.mark.parametrize(("framework", "code"), BLOCKS)
def test_a_block_that_needs_a_framework_runs(
    framework: str, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if importlib.util.find_spec(PACKAGES[framework]) is None:
        pytest.skip(f"{framework} is not installed here")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(PROJECT / "examples"))
    if "runs/S19-0.pt" in code:
        # The page trains it with the commands above the block.
        words = ["--problem", "S19", "--seed", "0", "--save", "runs", "--steps", "7680"]
        monkeypatch.setattr(sys, "argv", ["train_ppo.py", *words])
        runpy.run_path(str(PROJECT / "examples" / "train_ppo.py"), run_name="__main__")
    exec(compile(code.replace("400_000", "7_680"), "the page", "exec"), {"__name__": "page"})
