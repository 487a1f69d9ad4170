"""The data adapters of both packages on the same files, `python -m tests.parity.adapters`.

Whole results are compared: demand, arguments, metadata, and network files as the release's own reader of YAML reads
them. Numbers agree to 1e-9; where the release refuses a file, ours must, too. `--record` writes the release's results
to the file that the ordinary tests compare ours with.
"""

from __future__ import annotations

import argparse
import gzip
import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from .adapter_cases import AdapterCase, all_adapter_cases
from .compare import Differences, _compare_values
from .reference import reference_python

HERE = Path(__file__).resolve().parent
#: The release's results, compressed.
RECORD = HERE.parent / "python" / "adapter_results.json.gz"
# How many cases of each call there are at the least.
MINIMUM = 15

Result = dict[str, Any]

_READ_YAML = """
import json, pathlib, sys, yaml
found = {}
for path in pathlib.Path(sys.argv[1]).glob("*/out.yaml"):
    found[path.parent.name] = yaml.safe_load(path.read_text(encoding="utf-8"))
print(json.dumps(found))
"""


def main() -> int:
    """Runs the comparison or records; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--record", action="store_true", help="write the release's results for the ordinary tests")
    record = parser.parse_args().record
    cases = all_adapter_cases()
    counts = Counter(case["call"] for case in cases)
    print(f"Adapters: {len(cases)} cases, " + ", ".join(f"{call} {count}" for call, count in counts.items()))
    if min(counts.values()) < MINIMUM:
        print(f"too few cases of a call; at least {MINIMUM} of each are needed")
        return 1
    reference = str(reference_python())
    with tempfile.TemporaryDirectory() as folder:
        release, release_files = play(cases, reference, reference, Path(folder) / "release", "release")
        if record:
            RECORD.write_bytes(gzip.compress(json.dumps(release).encode(), mtime=0))
            print(f"Wrote {RECORD.name}.")
            return 0
        ours, files = play(cases, sys.executable, reference, Path(folder) / "ours", "ours")
    refused = sum("raised" in result for result in release.values())
    differences = Differences()
    failed = 0
    for number, case in enumerate(cases):
        name = case["name"]
        messages = differing(ours[name], release[name], differences)
        if "document" in release[name]:
            messages += differing_files(files.get(str(number)), release_files.get(str(number)), differences)
        failed += bool(messages)
        for message in messages[:4]:
            print(f"{name}: {message}")
    print(f"{len(cases)} cases of adapters compared, {refused} of them refused by both; ", end="")
    print(f"{len(cases) - failed} passed, {failed} failed")
    return 1 if failed else 0


def play(
    cases: list[AdapterCase], python: str, reference: str, folder: Path, side: str
) -> tuple[dict[str, Result], dict[str, Any]]:
    """What one package gives: results by case, and the network files it wrote by the case's number."""
    folder.mkdir()
    cases_file, results_file, work = folder / "cases.json", folder / "results.json", folder / "work"
    cases_file.write_text(json.dumps(cases), encoding="utf-8")
    command = [python, "-I", str(HERE / "play_adapters.py"), str(cases_file), str(work), str(results_file), side]
    subprocess.run(command, check=True)
    read = [reference, "-I", "-c", _READ_YAML, str(work)]
    files = json.loads(subprocess.run(read, check=True, stdout=subprocess.PIPE, text=True).stdout)
    return json.loads(results_file.read_text(encoding="utf-8")), files


def differing(ours: Result, release: Result, differences: Differences) -> list[str]:
    """What differs between two results, in words. Notes are ours alone."""
    differences.messages = []
    if "raised" in ours or "raised" in release:
        if "raised" not in ours:
            differences.messages.append(f"the release refuses it: {release}; ours does not")
        elif "raised" not in release:
            differences.messages.append(f"ours refuses it: {ours}; the release does not")
        return differences.messages
    _compare_values("result", without_notes(ours), release, differences)
    return list(differences.messages)


def without_notes(result: Result) -> Result:
    """A result without what ours says about it."""
    kind = "spec" if "spec" in result else "document"
    content = dict(result[kind])
    if "metadata" in content:
        content["metadata"] = {key: value for key, value in content["metadata"].items() if key != "notes"}
    return {kind: content}


def differing_files(ours: Any, release: Any, differences: Differences) -> list[str]:
    """What differs between two network files."""
    differences.messages = []
    _compare_values("file", ours, release, differences)
    return list(differences.messages)


if __name__ == "__main__":
    sys.exit(main())
