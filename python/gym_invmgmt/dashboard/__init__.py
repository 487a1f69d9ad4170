"""The dashboard: networks, demand and policies tried out in a browser, on this machine alone.

``gym-invmgmt dashboard`` runs :func:`main`. :mod:`~gym_invmgmt.dashboard.problems` says what is played,
:mod:`~gym_invmgmt.dashboard.playing` plays it, :mod:`~gym_invmgmt.dashboard.figures` draws it, and
``app.py`` is the page. ``play.py`` is the page of the game, whose tables are
:mod:`~gym_invmgmt.dashboard.games`.
"""

from __future__ import annotations

import argparse
import ipaddress
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from gym_invmgmt._extras import extra

#: The address that only this machine reaches.
HERE = "127.0.0.1"
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
        description="Try networks, demand and policies in a browser, or play a game. Only this machine can connect "
        "unless --host says otherwise; nothing is sent anywhere. Stop it with Ctrl-C.",
    )
    parser.add_argument(
        "--host", default=HERE, help="address to listen on (default: 127.0.0.1, this machine alone; "
        "0.0.0.0: everybody who can reach it)",
    )  # fmt: skip
    parser.add_argument("--port", type=int, default=8501, help="port (default: 8501)")
    given = parser.parse_args(arguments)
    port, host = given.port, given.host
    if not 1 <= port <= 65535:
        parser.error(f"--port is {port}; expected a whole number from 1 to 65535")
    if (mistake := _unusable(host)) is not None:
        parser.error(f"--host is {host!r}; expected an address of this machine, as 127.0.0.1 or 0.0.0.0: {mistake}")
    try:
        for package in ("streamlit", "plotly"):
            extra(package, "dashboard")
    except ModuleNotFoundError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    if not is_here(host):
        print(sharing(host, port), file=sys.stderr, flush=True)
    server = subprocess.Popen(server_command(port, host))
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


def is_here(host: str) -> bool:
    """Whether an address is one that only this machine reaches."""
    try:
        found = socket.getaddrinfo(host, None)
    except OSError:
        return False
    return all(ipaddress.ip_address(str(address[0]).partition("%")[0]).is_loopback for *_, address in found)


def _unusable(host: str) -> str | None:
    """Why nothing can listen on an address; None where something can."""
    try:
        for family, kind, protocol, _, address in socket.getaddrinfo(host, 0, type=socket.SOCK_STREAM):
            with socket.socket(family, kind, protocol) as tried:
                tried.bind(address)
    except (OSError, UnicodeError) as error:
        return str(error)
    return None


def sharing(host: str, port: int) -> str:
    """What it means to listen on an address that others reach."""
    return (
        f"sharing: the dashboard listens on {host}, port {port}. Whoever can reach this machine can open it, join "
        "games by their code, have policies played and upload files. There are no passwords, and nothing is encrypted: "
        "share it with people you trust, in a network you trust, and stop it with Ctrl-C."
    )


def server_command(port: int, host: str = HERE) -> list[str]:
    """The command that serves the page, on 127.0.0.1 unless told otherwise.

    Its options win over a user's own file of settings.
    """
    options = {
        "server.address": host,
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


__all__ = ["HERE", "UPLOAD_LIMIT", "is_here", "main", "server_command", "sharing"]
