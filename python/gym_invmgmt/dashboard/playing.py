"""Plays a problem under policies by name, for the page to show."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gym_invmgmt import _native, policies
from gym_invmgmt.dashboard.problems import Problem
from gym_invmgmt.plots.record import Record, record_of
from gym_invmgmt.rollouts import rollout
from gym_invmgmt.utils import run_episode

#: The figures that the page shows, by their names in a rollout.
_SHOWN = ("total_profit", "fill_rate", "immediate_fill_rate", "service_level", "avg_inventory", "unmet_sum")
_TITLES = {key: (title, unit) for key, title, unit, *_ in _native.Episode.KEY_FIGURES}
#: Those that only networks with a mechanism show.
_OF_MECHANISMS = frozenset(
    key for key, *_, shown in _native.Episode.KEY_FIGURES if shown not in ("always", "with salvage")
)
_FORMS = {"share": "{:.1%}", "money": "{:,.2f}"}


def _written(keys: Sequence[str]) -> tuple[tuple[str, str, str], ...]:
    return tuple((key, _TITLES[key][0], _FORMS.get(_TITLES[key][1], "{:,.1f}")) for key in keys)


#: The name of each figure in a rollout, what the page calls it, and how it is written.
FIGURES = _written(_SHOWN)


#: Largest number a picture can be made of; sums and margins of larger ones are beyond doubles.
_LARGEST = 1e300


@dataclass(frozen=True)
class Played:
    """One policy on a problem."""

    policy: str
    #: What it knows of demand.
    information: str
    #: The episode of the first seed.
    record: Record
    #: Figures per seed, by their names in a rollout, shape (seeds,) each.
    figures: dict[str, Any]

    def row(self) -> dict[str, str]:
        """Its row in the table: each figure's mean over the seeds, with its standard error where there are several."""
        texts = {"policy": self.policy, "knows": self.information}
        mechanisms = [key for key in self.record.network._native.shown_figures() if key in _OF_MECHANISMS]
        for name, title, form in (*FIGURES, *_written(mechanisms)):
            values = np.asarray(self.figures[name], dtype=np.float64)
            texts[title] = form.format(values.mean())
            if len(values) > 1:
                texts[title] += " ± " + form.format(values.std(ddof=1) / np.sqrt(len(values)))
        return texts


def play(problem: Problem, names: Sequence[str], seed: int, episodes: int = 1) -> list[Played]:
    """Plays each policy on the seeds from ``seed`` on; all meet the same customers.

    Raises:
        ValueError: a problem or a policy that cannot be used, by name.
    """
    scenario = problem.scenario()
    played = []
    for name in names:
        env = scenario.make()
        figures = rollout(env, name, range(seed, seed + episodes))
        run_episode(env, policies.make(name, env), seed)
        record = record_of(env)
        shown = [figures[figure] for figure, _, _ in FIGURES]
        shown += [record.on_hand, record.moved, record.demand, record.profit]
        if not all((np.abs(values) < _LARGEST).all() for values in shown):
            raise ValueError(f"{name}: the run left the range of numbers; look for extreme inputs")
        played.append(Played(name, figures["information"], record, figures))
    return played


def report(problem: Problem, names: Sequence[str], seed: int, episodes: int = 1) -> bytes:
    """The report of ``gym-invmgmt simulate`` on the same episodes, as one HTML file.

    Raises:
        ValueError: the command refused; the message is its own.
    """
    with tempfile.TemporaryDirectory() as folder:
        # The report shows its command: with the names that the page's downloads have, it can be given again.
        (Path(folder) / "scenario.yaml").write_text(problem.scenario().to_yaml(), encoding="utf-8")
        seeds = f"{seed}..{seed + episodes}"
        arguments = ["--scenario", "scenario.yaml", "--seeds", seeds, "--report", "report.html"]
        for name in names:
            arguments += ["--policy", name]
        # A process of its own: what the command prints does not belong on the server's terminal.
        command = [sys.executable, "-m", "gym_invmgmt.command_line", "simulate", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
        if done.returncode != 0:
            raise ValueError(done.stderr.strip())
        return (Path(folder) / "report.html").read_bytes()


__all__ = ["FIGURES", "Played", "play", "report"]
