"""Nothing in the package connects to anywhere outside this machine, neither its Python nor its native code."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.python import no_internet

PROJECT = Path(__file__).parents[2]
#: Ports and addresses that lead nowhere, so that a guard that fails does no harm (RFC 5737).
NOWHERE = "192.0.2.1"

WORK = """
import sys
import gymnasium
import gym_invmgmt
from gym_invmgmt import command_line

environment = gymnasium.make("GymInvMgmt/MultiEchelon-v0")
environment.reset(seed=1)
environment.step(environment.action_space.sample())
gym_invmgmt.rollout(gym_invmgmt.CoreEnv("serial"), "newsvendor:blind", seeds=[1])
gym_invmgmt.benchmark("published-26", {"mine": lambda seen: [1.0] * (11 if len(seen) > 60 else 3), "ss": "ss:blind"},
                      seeds=1, out="by_python")
for line in (
    "simulate --network serial --policy constant:20 --report simulated.html",
    "benchmark --policies constant:20 --seeds 1 --out results",
    "fit DATA:m5_foods_3_382_ca_3.csv --column units --report fitted.html",
    "list",
):
    sys.argv = ["gym-invmgmt", *line.replace("DATA:", DATA).split()]
    assert command_line.main() == 0, line
"""


def run(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs Python code with both guards up."""
    return subprocess.run(
        [sys.executable, "-c", f"from tests.python.no_internet import watch; watch()\n{code}"],
        cwd=folder,
        env={"PYTHONPATH": str(PROJECT), "PATH": "/usr/bin:/bin", "MPLBACKEND": "Agg", "HOME": str(folder)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_import_simulate_benchmark_and_report_open_no_connection(tmp_path: Path) -> None:
    done = run(f"DATA = {str(PROJECT / 'data')!r} + '/'\n{WORK}", tmp_path)
    assert done.returncode == 0, done.stderr
    pages = sorted(tmp_path.rglob("*.html"))
    assert [page.name for page in pages] == ["report.html", "fitted.html", "report.html", "simulated.html"]
    for page in pages:
        # A browser that opens one loads nothing either; links that a reader may follow are no loading.
        fetched = re.findall(
            r"""<link\b|\bsrc\s*=|\burl\((?!#)|@import|\bfetch\(|XMLHttpRequest""", page.read_text(encoding="utf-8")
        )
        assert fetched == [], page.name


@pytest.mark.parametrize(
    "code",
    [
        f"import socket; socket.socket(socket.AF_INET).connect(('{NOWHERE}', 9))",
        "import urllib.request; urllib.request.urlopen('http://nowhere.invalid')",
    ],
)
def test_the_guard_ends_a_process_that_connects(code: str, tmp_path: Path) -> None:
    assert run(f"try:\n    {code}\nexcept BaseException: pass", tmp_path).returncode in (
        no_internet.CONNECTED,
        -signal.SIGSYS,
    )


@pytest.mark.skipif(not no_internet.WATCHES_NATIVE_CODE, reason="needs Linux's seccomp on a processor we know")
def test_the_guard_ends_native_code_that_opens_an_internet_socket(tmp_path: Path) -> None:
    assert run("import ctypes; ctypes.CDLL(None).socket(2, 1, 0)", tmp_path).returncode == -signal.SIGSYS
