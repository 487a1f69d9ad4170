"""Instructions of the kernel per environment-step, counted by callgrind and compared with benches/instructions.json.

The clock of a shared machine is noisy; the number of instructions is not. Each network is played twice, with few and
with many steps of the same batch (`crates/invmgmt/examples/kernel_steps.rs`); the difference of the two counts belongs
to the steps alone. Counts hold for one compiler, one libc, one kind of machine and of vector registers: elsewhere
nothing is compared.

    tools/instruction_counts.py             compare; exit code 1 if a count is more than 3 percent above the recorded
    tools/instruction_counts.py --record    record what is counted now

Needs valgrind and nothing from PyPI.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]
RECORD = PROJECT / "benches" / "instructions.json"
NETWORKS = ("serial", "network", "everything", "layered-50")
# Whole cycles of an episode: 30 periods and the step that begins the next one.
FEW, MANY = 31 * 2, 31 * 6
TOLERANCE = 0.03


def main() -> int:
    """Counts, prints, compares; the exit code says whether the kernel became slower."""
    parser = argparse.ArgumentParser(description="Instructions of the kernel per environment-step.")
    parser.add_argument("--record", action="store_true", help="record the counts in place of comparing them")
    arguments = parser.parse_args()
    if shutil.which("valgrind") is None:
        print("missing: valgrind\n    get it: Debian, Ubuntu: apt-get install valgrind", file=sys.stderr)
        return 1
    binary = build()
    counts = {network: per_step(binary, network) for network in NETWORKS}
    found = {**versions(), "instructions_per_environment_step": counts}
    if arguments.record:
        RECORD.write_text(json.dumps(found, indent=2) + "\n")
        show(counts, {})
        print(f"Recorded in {RECORD.relative_to(PROJECT)}.")
        return 0
    if not RECORD.exists():
        print(f"{RECORD.relative_to(PROJECT)} is missing; make it with --record", file=sys.stderr)
        return 1
    return compare(found, json.loads(RECORD.read_text()))


def build() -> Path:
    """The example in release form."""
    command = ["cargo", "build", "--release", "--locked", "--quiet", "-p", "invmgmt", "--example", "kernel_steps"]
    subprocess.run(command, cwd=PROJECT, check=True)
    target = Path(os.environ.get("CARGO_TARGET_DIR", PROJECT / "target"))
    return target / "release" / "examples" / "kernel_steps"


def per_step(binary: Path, network: str) -> float:
    """Instructions of one environment-step on a network."""
    few, many = count(binary, network, FEW), count(binary, network, MANY)
    return round((many[0] - few[0]) / (many[1] - few[1]), 1)


def count(binary: Path, network: str, steps: int) -> tuple[int, int]:
    """Instructions of a run, and the environment-steps it made."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "callgrind.out"
        command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", str(binary), network, str(steps)]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        if run.returncode != 0:
            sys.exit(f"valgrind failed with exit code {run.returncode}:\n{run.stderr}")
        totals = [line.split()[1] for line in out.read_text().splitlines() if line.startswith("totals:")]
    if len(totals) != 1:
        sys.exit(f"callgrind wrote no totals for {network}:\n{run.stderr}")
    return int(totals[0]), int(run.stdout)


def versions() -> dict[str, str]:
    """What the counts hold for."""
    rustc = subprocess.run(["rustc", "--version"], cwd=PROJECT, capture_output=True, text=True, check=True)
    libc = " ".join(platform.libc_ver()).strip() or platform.system()
    return {"rustc": rustc.stdout.strip(), "libc": libc, "machine": platform.machine(), "registers": registers()}


def registers() -> str:
    """The widest vector registers that valgrind offers here and the kernel has code for."""
    try:
        flags = Path("/proc/cpuinfo").read_text().split()
    except OSError:
        return "unknown"
    return "AVX2" if "avx2" in flags else "none beyond the machine's own"


def show(counts: dict[str, float], recorded: dict[str, float]) -> None:
    """Prints the counts, beside those recorded as far as there are any."""
    print("instructions per environment-step")
    for network, found in counts.items():
        line = f"  {network:<12}{found:>10.1f}"
        if network in recorded:
            line += f"   recorded {recorded[network]:>10.1f}   {found / recorded[network] - 1:+.1%}"
        print(line)


def compare(found: dict[str, Any], recorded: dict[str, Any]) -> int:
    """Says how the counts stand to the recorded ones; 1 if any is too high."""
    key = "instructions_per_environment_step"
    differing = [name for name in versions() if found[name] != recorded.get(name)]
    if differing:
        show(found[key], {})
        for name in differing:
            print(f"not comparable: {name} is {found[name]!r} here, recorded for {recorded.get(name)!r}")
        return 0
    show(found[key], recorded[key])
    changes = {network: found[key][network] / recorded[key].get(network, 0.0001) - 1 for network in found[key]}
    slower = [network for network, change in changes.items() if change > TOLERANCE]
    if slower:
        print(
            f"The kernel needs more than {TOLERANCE:.0%} more instructions on {', '.join(slower)}.\n"
            "If that is meant, record the new counts: make bench-instructions RECORD=--record",
            file=sys.stderr,
        )
        return 1
    if any(change < -TOLERANCE for change in changes.values()):
        print("Faster than recorded: make bench-instructions RECORD=--record keeps it so.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
