"""Each example runs as it stands, says first what it shows and how long it takes, and writes what it says."""

from __future__ import annotations

import ast
import re
import runpy
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "examples"
#: Examples that need a learning framework have their tests in tests/rl.
LEARNING = {
    "first_hour",
    "ppo_single_file",
    "train_by_gradient",
    "train_ppo",
    "train_pufferlib",
    "train_rllib",
    "train_sb3",
    "train_with_jax",
}
EXAMPLES = sorted(path for path in FOLDER.glob("*.py") if path.stem not in LEARNING)
#: What an example must print, where another source gives the number: README and the page on measuring an episode
#: (quickstart), the rows of the network's links (custom_network), the labels of policies (run_heuristic).
EXPECTED = {
    "quickstart": r"profit over 30 periods: 758\.03\n",
    "run_heuristic": r"newsvendor:blind +\d+\.\d.*published-blind\n.*\n.*\n.*published-informed",
    "custom_network": r"order\[mine -> plant\], order\[plant -> near shop\], order\[plant -> far shop\]",
    "own_policy": r"order 20 +profit .*\norder up to +profit ",
    "climb_levels": r"orders  profit +-?\d+\.\d +-> +\d+\.\d\n.*\nlevels  profit +-?\d+\.\d +-> +\d+\.\d\n",
    "plan_from_csv": r"294 sets of levels tried",
    "generate_videos": r"wrote order_ten\.gif",
    "run_or_baselines": r"mssp:informed +\d+\.\d +9\d\.\d%.*\n.*\noracle +\d+\.\d +100\.0%.*clairvoyant\n",
    "benchmark_agents": r"wrote two_chains\.yaml\n1\. published rule .*\n[\s\S]*my function on season: .* 10 seeds\n",
}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_runs_and_writes_what_it_says(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    runpy.run_path(str(path), run_name="__main__")
    printed = capsys.readouterr().out
    assert re.search(EXPECTED[path.stem], printed), printed
    written = set(re.findall(r"[\w.]+\.(?:png|gif|yaml)", printed))
    assert {file.name for file in tmp_path.iterdir()} == written


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_opens_with_what_it_shows_and_how_long_it_takes(path: Path) -> None:
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    assert re.search(r"^[A-Z].*\. Takes about (a|two|five) seconds?\.$", text.splitlines()[0]), text


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.stem)
def test_an_example_says_how_long_it_takes_and_stands_in_the_index(path: Path) -> None:
    assert "Takes about" in (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "")
    index = (FOLDER.parent / "docs" / "README.md").read_text(encoding="utf-8")
    assert f"(../examples/{path.name})" in index
