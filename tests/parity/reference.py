"""The release's virtual environment, made once beside ours; as a script, prints the path of its interpreter."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


def reference_python() -> Path:
    """The interpreter that has the release, made anew when the pinned requirements have changed."""
    make = [str(PROJECT / "tools" / "environment.sh"), "reference"]
    subprocess.run(make, check=True, stdout=sys.stderr, env={**os.environ, "PYTHON": sys.executable})
    return PROJECT / ".venv-reference" / "bin" / "python"


if __name__ == "__main__":
    print(reference_python())
