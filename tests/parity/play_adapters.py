"""Plays cases of the data adapters with the gym_invmgmt of this interpreter: CASES FOLDER RESULTS [release].

Stands alone, because the release's environment has nothing of ours. Network files that were written stay in FOLDER.
"""

from __future__ import annotations

import json
import os
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np

OUTPUT = "out.yaml"


def plain(value: Any) -> Any:
    """A result as JSON has it; keys that are tuples become texts."""
    if isinstance(value, np.ndarray):
        return [plain(item) for item in value.tolist()]
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, dict):
        return {key if isinstance(key, str) else repr(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def play(case: dict[str, Any], side: str) -> dict[str, Any]:
    """What a case gives in the current folder, which holds nothing but its files."""
    from gym_invmgmt import data_adapters

    files = case.get("release_files", case["files"]) if side == "release" else case["files"]
    for name, text in files.items():
        Path(name).write_bytes(text.encode())
    arguments = dict(case["arguments"])
    if arguments.get("edge_map"):
        edges = [(tuple(group) if isinstance(group, list) else group, edge) for group, edge in arguments["edge_map"]]
        arguments["edge_map"] = {group: tuple(edge) for group, edge in edges}
    positional = [arguments.pop(name) for name in ("series", "csv_path", "nodes_csv", "edges_csv", "stores_csv",
                                                   "output_path") if name in arguments]  # fmt: skip
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            result = getattr(data_adapters, case["call"])(*positional, **arguments)
    except Exception as error:
        return {"raised": type(error).__name__, "message": str(error)}
    finally:
        for name in files:
            Path(name).unlink()
    if isinstance(result, dict):
        return {"document": plain(result)}
    shown = {name: plain(getattr(result, name)) for name in ("scenario", "demand_config", "env_kwargs", "metadata")}
    return {"spec": {**shown, "core_env_kwargs": plain(result.core_env_kwargs())}}


def main(cases_file: str, folder: str, results_file: str, side: str = "ours") -> None:
    """Plays all cases, each in a folder of its own."""
    cases = json.loads(Path(cases_file).read_text(encoding="utf-8"))
    results = {}
    for number, case in enumerate(cases):
        own = Path(folder) / str(number)
        own.mkdir(parents=True)
        os.chdir(own)
        results[case["name"]] = play(case, side)
    Path(results_file).write_text(json.dumps(results), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
