"""Installs each wheel and source distribution of a folder into a fresh environment; there plays a published episode and
follows the tutorial.

    python tools/check_distribution.py FOLDER

A source distribution is compiled, which takes Rust and some minutes.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
# Runs in the fresh environment, away from the project: what answers is what was installed.
_EPISODE = """
import gymnasium, numpy, gym_invmgmt
env = gymnasium.make("GymInvMgmt/Serial-v0")
profit = gym_invmgmt.run_episode(env, lambda observation: numpy.full(3, 20.0), seed=42)["total_reward"]
assert abs(profit - 758.03) < 1e-9, profit
env = gym_invmgmt.make_custom_env(gym_invmgmt.__path__[0] + "/topologies/diamond.yaml")
env.reset(seed=1)
print(gym_invmgmt.__version__, "plays the published profit", round(profit, 2))
"""


def check(distribution: Path) -> None:
    """Installs one distribution and runs its environment, the tutorial and its command.

    Raises:
        CalledProcessError: If it does not install, or does not do what it should.
    """
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        scripts = Path(folder) / ("Scripts" if sys.platform == "win32" else "bin")
        for command in (
            [scripts / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", distribution],
            [scripts / "python", "-c", _EPISODE],
            [scripts / "python", PROJECT / "tools" / "follow_tutorial.py", PROJECT / "docs" / "tutorial.md"],
            [scripts / "gym-invmgmt", "simulate", "--network", "serial", "--json"],
        ):
            quiet = subprocess.DEVNULL if command[-1] == "--json" else None
            subprocess.run(list(map(str, command)), cwd=folder, check=True, stdout=quiet)
    print(f"{distribution.name}: installs and plays")


if __name__ == "__main__":
    found = sorted(path.resolve() for kind in ("*.whl", "*.tar.gz") for path in Path(sys.argv[1]).glob(kind))
    if not found:
        sys.exit(f"error: no wheel and no source distribution in {sys.argv[1]}")
    for path in found:
        check(path)
