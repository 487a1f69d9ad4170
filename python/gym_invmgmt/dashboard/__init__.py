"""The dashboard: networks, demand and policies tried out in a browser, on this machine alone.

``gym-invmgmt dashboard`` runs :func:`main`. :mod:`~gym_invmgmt.dashboard.problems` says what is played,
:mod:`~gym_invmgmt.dashboard.playing` plays it, :mod:`~gym_invmgmt.dashboard.figures` draws it, and
``app.py`` is the page.
"""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from gym_invmgmt._extras import extra

#: Largest file that can be uploaded [MB].
UPLOAD_LIMIT = 5
#: How long the server may take to stop [seconds].
_PATIENCE = 5.0


def main(arguments: Sequence[str]) -> int:
    """Serves the dashboard until Ctrl-C; returns the exit code of the command.

    Args:
        arguments: what follows ``gym-invmgmt dashboard`` on the command line.
    """
    parser = argparse.ArgumentParser(
        prog="gym-invmgmt dashboard",
        description="Try networks, demand and policies in a browser. Only this machine can connect; nothing is sent "
        "anywhere. Stop it with Ctrl-C.",
    )
    parser.add_argument("--port", type=int, default=8501, help="port on 127.0.0.1 (default: 8501)")
    port = parser.parse_args(arguments).port
    if not 1 <= port <= 65535:
        parser.error(f"--port is {port}; expected a whole number from 1 to 65535")
    try:
        for package in ("streamlit", "plotly"):
            extra(package, "dashboard")
    except ModuleNotFoundError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    server = subprocess.Popen(server_command(port))
    # Whoever ends this process ends the server with it.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return server.wait()
    except KeyboardInterrupt:
        # After Ctrl-C the server stops by itself, unless its terminal is gone, to which it says so.
        server.terminate()
        try:
            server.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        return 130


def server_command(port: int) -> list[str]:
    """The command that serves the page on 127.0.0.1; its options win over a user's own file of settings."""
    options = {
        "server.address": "127.0.0.1",
        "server.port": str(port),
        "server.maxUploadSize": str(UPLOAD_LIMIT),
        "server.headless": "true",
        "server.fileWatcherType": "none",
        "server.enableCORS": "true",
        "server.enableXsrfProtection": "true",
        "browser.gatherUsageStats": "false",
        "client.toolbarMode": "minimal",
        "client.showErrorDetails": "none",
    }
    page = Path(__file__).with_name("app.py")
    chosen = [word for name, value in options.items() for word in (f"--{name}", value)]
    return [sys.executable, "-m", "streamlit", "run", str(page), *chosen]


__all__ = ["UPLOAD_LIMIT", "main", "server_command"]
