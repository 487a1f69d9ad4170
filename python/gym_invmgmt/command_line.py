"""The command ``gym-invmgmt``: the Rust program, run from the wheel."""

from __future__ import annotations

import signal
import sys

from gym_invmgmt import _native


def main() -> int:
    """Runs the command line with this process's arguments; returns its exit code."""
    # Python's own handler would only note Ctrl-C and wait for the native code to return.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    return _native.run_command_line(["gym-invmgmt", *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
