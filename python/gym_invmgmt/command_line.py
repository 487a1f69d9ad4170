"""The command ``gym-invmgmt``: the Rust program, run from the wheel, and the dashboard, which only Python has."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gym_invmgmt import _native
from gym_invmgmt._cluster import RayCluster


def main() -> int:
    """Runs the command line with this process's arguments; returns its exit code."""
    if sys.argv[1:2] == ["dashboard"]:
        from gym_invmgmt import dashboard

        return dashboard.main(sys.argv[2:])
    # Python's own handler would only note Ctrl-C and wait for the native code to return.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    return _native.run_command_line(["gym-invmgmt", *sys.argv[1:]], _write_video, RayCluster)


def _write_video(path: Path, network: _native.Network, matrices: dict[str, NDArray[np.float64]]) -> None:
    """Draws ``simulate --video``, which the Rust program leaves to Python."""
    from gym_invmgmt.network_topology import SupplyChainNetwork
    from gym_invmgmt.plots import Record, write_video

    write_video(Record.of_matrices(SupplyChainNetwork.of_native(network), matrices), path)


if __name__ == "__main__":
    sys.exit(main())
