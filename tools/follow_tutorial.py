"""Follows the tutorial as a new user does: its blocks, one after the other, in one session in an empty folder.

    python tools/follow_tutorial.py docs/tutorial.md

Run by `tools/check_distribution.py` in an environment that holds nothing but the installed package. It knows nothing of
the project, so that a step which is not on the page is missed.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import sys
import tempfile
from pathlib import Path


def follow(page: str) -> list[str]:
    """Runs the page's blocks of Python in the present folder; returns what is printed otherwise than the page shows."""
    session: dict[str, object] = {"__name__": "tutorial"}
    printed, wrong = "", []
    for language, code in re.findall(r"^```(\w+)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL):
        if language == "python":
            output = io.StringIO()
            with contextlib.redirect_stdout(output):
                exec(compile(code, "tutorial", "exec"), session)
            printed = output.getvalue()
        elif language == "text" and code != printed:
            wrong.append(f"shown:\n{code}printed:\n{printed}")
    return wrong


if __name__ == "__main__":
    text = Path(sys.argv[1]).read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        differences = follow(text)
        pictures = sorted(path.name for path in Path().iterdir())
        os.chdir("..")
    print("\n".join(differences) or f"the tutorial reaches its end; it drew {', '.join(pictures)}")
    sys.exit(1 if differences else 0)
