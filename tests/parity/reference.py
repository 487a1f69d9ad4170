"""The release's virtual environment, made once beside ours; as a script, prints the path of its interpreter."""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
FOLDER = PROJECT / ".venv-reference"
REQUIREMENTS = Path(__file__).with_name("requirements.txt")


def reference_python() -> Path:
    """The interpreter that has the release, made anew when the pinned requirements have changed."""
    scripts = FOLDER / ("Scripts" if sys.platform == "win32" else "bin")
    python = scripts / ("python.exe" if sys.platform == "win32" else "python")
    installed = FOLDER / "requirements.txt"  # written last: its presence says the installation is complete
    wanted = REQUIREMENTS.read_text(encoding="utf-8")
    if not (python.exists() and installed.exists() and installed.read_text(encoding="utf-8") == wanted):
        print(f"Installing the release into {FOLDER.name} (once).", file=sys.stderr)
        shutil.rmtree(FOLDER, ignore_errors=True)
        venv.create(FOLDER, with_pip=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--requirement", str(REQUIREMENTS)], check=True, stdout=sys.stderr)
        installed.write_text(wanted, encoding="utf-8")
    return python


if __name__ == "__main__":
    print(reference_python())
