"""The examples that train, run as a user runs them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def run_example(command: list[str], folder: Path) -> str:
    """Runs an example in a folder; returns what it printed."""
    script = str(EXAMPLES / command[0])
    done = subprocess.run([sys.executable, script, *command[1:]], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout
