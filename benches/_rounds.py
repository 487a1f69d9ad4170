"""Workers that play rounds when told to: two packages measured in turns, so that a slow spell falls on both.

A worker is a benchmark's own file, started by another interpreter with `--worker`; it needs only numpy and a
`gym_invmgmt`. Parent and worker speak one line of JSON at a time.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

PROJECT = Path(__file__).resolve().parents[1]
#: The problem every benchmark plays.
DEMAND = {"type": "stationary", "base_mu": 20, "use_goodwill": False}
NUM_PERIODS = 30


def reference_python() -> str:
    """The interpreter that has the release; its environment is made if it is missing."""
    command = [sys.executable, str(PROJECT / "tests" / "parity" / "reference.py")]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


class Worker:
    """A process that answers requests."""

    def __init__(self, python: str, script: str, *arguments: str) -> None:
        """Starts the interpreter on a benchmark's file, apart from the user's own settings and packages."""
        command = [python, "-E", "-s", str(Path(script).resolve()), "--worker", *arguments]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        #: Which package and numpy it has: the first thing it says.
        self.described = str(self._answer())

    def ask(self, request: Any) -> Any:
        """What it answers to a request."""
        self._say(request)
        return self._answer()

    def stop(self) -> None:
        """Ends the process."""
        self._say(None)
        self.process.wait()

    def _say(self, message: Any) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(message) + "\n")
        self.process.stdin.flush()

    def _answer(self) -> Any:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"a worker ended with exit code {self.process.wait()}")
        return json.loads(line)


def answer_requests(answer: Callable[[Any], Any]) -> None:
    """The worker's side: says what it is, then answers each request until it is told to stop."""
    import gym_invmgmt

    _print(f"gym_invmgmt {gym_invmgmt.__version__}, numpy {np.__version__}, Python {sys.version.split()[0]}")
    for line in sys.stdin:
        request = json.loads(line)
        if request is None:
            return
        _print(answer(request))


def _print(message: Any) -> None:
    print(json.dumps(message), flush=True)


def per_second(unit: Callable[[], Any], steps: int, seconds: float) -> float:
    """Runs a unit of so many steps again and again until the time is up; steps per second."""
    clock = time.perf_counter
    units = 0
    begin = now = clock()
    while now - begin < seconds:
        unit()
        units += 1
        now = clock()
    return units * steps / (now - begin)
