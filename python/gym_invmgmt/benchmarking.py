"""Many problems, policies and seeds: played, kept, compared and reported."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gym_invmgmt import _native
from gym_invmgmt._checks import flag, thread_count, whole_number
from gym_invmgmt._cluster import RayCluster
from gym_invmgmt._models import is_model, model_of


@dataclass(frozen=True)
class Benchmark:
    """Results of :func:`benchmark`.

    Attributes:
        episodes: one entry per episode and column: ``problem``, ``key``, ``policy``, ``information`` and ``error`` as
            lists of texts, ``seed`` and the key figures as arrays. Figures of a failed episode are NaN.
        ranking: one dict per policy that played every problem, best first, with ``rank``, ``policy``, ``information``,
            ``profit`` and its ``interval``, ``gap_percent``, ``over_constant``, and ``like``: the policies it is not
            told apart from.
        distances: one dict per policy and problem that states an optimum, with ``problem``, ``policy``, ``value`` by
            the criterion of the optimum and its ``interval``, ``optimum``, and by how much the policy is worse,
            ``percent`` and its ``percent_interval``.
        warnings: what has to be known before a number is trusted.
        folder: where the files are, if they were written.
        was_complete: whether everything had been played before.
    """

    episodes: dict[str, Any]
    ranking: list[dict[str, Any]]
    distances: list[dict[str, Any]]
    warnings: list[str]
    folder: Path | None = None
    was_complete: bool = field(default=False, compare=False)

    def profits(self, policy: str, problem: str) -> NDArray[np.float64]:
        """Profit per seed of a policy on a problem, in the order of the seeds [money]; KeyError if there is none."""
        names = zip(self.episodes["policy"], self.episodes["problem"], strict=True)
        chosen = [pair == (policy, problem) for pair in names]
        if not any(chosen):
            raise KeyError(f"no episodes of policy {policy!r} on problem {problem!r}")
        profits: NDArray[np.float64] = self.episodes["profit"][chosen]
        return profits

    def __repr__(self) -> str:
        """The ranking, with what did not get into it and what has to be known."""
        played, problems = (dict.fromkeys(self.episodes[column]) for column in ("policy", "problem"))
        failed = sum(map(bool, self.episodes["error"]))
        counted = f"{_counted(len(played), 'policy')} on {_counted(len(problems), 'problem')}"
        episodes = _counted(len(self.episodes["policy"]), "episode") + (f" of which {failed} failed" if failed else "")
        lines = [f"Benchmark({counted}, {episodes})"]
        width = max((len(place["policy"]) for place in self.ranking), default=0)
        for place in self.ranking:
            interval = place["interval"]
            bounds = "" if interval is None else f"  ({interval[0]:,.1f} to {interval[1]:,.1f})"
            lines.append(f"  {place['rank']}. {place['policy']:{width}} {place['profit']:14,.1f}{bounds}")
        ranked = {place["policy"] for place in self.ranking}
        if others := [name for name in played if name not in ranked]:
            lines.append(f"  not ranked: {', '.join(others)}")
        lines += [f"  warning: {warning}" for warning in self.warnings]
        if self.folder is not None:
            lines.append(f"  files: {self.folder}")
        return "\n".join(lines)


def _counted(count: int, what: str) -> str:
    """``1 problem``, ``3 policies``."""
    several = what[:-1] + "ies" if what.endswith("y") else what + "s"
    return f"{count:,} {what if count == 1 else several}"


def benchmark(
    suite: str | os.PathLike[str],
    policies: Mapping[str, str | Callable[[Any], Any]] | Sequence[str],
    seeds: int | Sequence[int] | None = None,
    out: str | os.PathLike[str] | None = None,
    force: bool = False,
    num_threads: int | None = None,
    executor: str = "local",
    address: str | None = None,
    only: Sequence[str] = (),
) -> Benchmark:
    """Plays policies on every problem of a suite and compares them, as ``gym-invmgmt benchmark`` does.

    Args:
        suite: a suite by name (``"published-26"``) or the path of a ``.yaml`` file; ids behind a slash play these
            problems alone (``"standard-1/N01,N03"``).
        policies: policies by the name they have in results: a policy by name (``"newsvendor:blind"``), a callable from
            observation to action, or a model with ``predict``, as of Stable-Baselines3. A list of names will do where
            no other names are wanted. A callable may have ``prepare(problem)``, called with a dict of the problem's
            facts before it plays; ``reset(seed)``, called before each episode, or with the list of seeds where it has
            ``batch``; ``tell(on_order)``, called before each decision with the units on order per supply link, or rows
            of them; ``batch(observations) -> actions``, called once per period for all seeds; ``information``, what it
            may know of demand, in words; and ``action_mode`` (with ``action_ceilings``), how its actions are read:
            as order quantities by default. Policies written in Python play on the calling thread.
        seeds: how many of the suite's seeds to play, or the seeds; all of the suite's by default.
        out: folder for the files, made if it is missing. Called again with the same arguments, an interrupted run goes
            on. What a callable computes cannot be checked: after changing one, give it another name or use ``force``.
        force: begin anew, whatever the folder holds.
        num_threads: most threads for policies by name, all cores by default. Results do not depend on it.
        executor: ``"local"`` plays on this machine; ``"ray"`` spreads the work over a Ray cluster (extra ``ray``), with
            the same rows. Policies in Python are shipped there as pickles, a copy to every worker.
        address: where the Ray cluster is, as ``ray.init`` takes it; by default the one this process is connected to, or
            a new one on this machine. Only an address you trust: what is sent both ways is code.
        only: ids of the problems to play; all of the suite's by default.

    Returns:
        The episodes, the ranking and the warnings. A policy that fails is an episode with an ``error``.

    Raises:
        ValueError: an unknown suite, policy or executor, seeds that cannot be used, or a folder with other or edited
            files; nothing was overwritten then. TypeError: a policy of another kind, or a model trained on other
            actions (without ``action_mode``) or observations than it would meet. ModuleNotFoundError: ``"ray"``
            without the extra. ConnectionError: no cluster at ``address``. KeyboardInterrupt: what was played until
            then is kept in ``out``, as it is when a cluster fails.
    """
    chosen = _policies(policies)
    cluster = _cluster(executor, address)
    count = None if seeds is None or not isinstance(seeds, (int, np.integer)) else whole_number("seeds", seeds)
    listed = None
    if seeds is not None and count is None:
        listed = [whole_number(f"seeds[{place}]", seed, least=0) for place, seed in enumerate(seeds)]  # type: ignore[arg-type]
    folder = None if out is None else Path(out)
    found = _native.benchmark(
        os.fspath(suite),
        chosen,
        only=_ids(only),
        seeds=listed,
        seed_count=count,
        folder=None if folder is None else str(folder),
        force=flag("force", force),
        threads=thread_count(num_threads),
        command=_command(suite, chosen, seeds, only),
        play_on_cluster=cluster,
    )
    return Benchmark(**found, folder=folder)


def _policies(policies: Any) -> list[tuple[str, Any, bool, str]]:
    if isinstance(policies, (str, bytes)) or not isinstance(policies, (Mapping, Sequence)):
        raise TypeError(f"policies is a {type(policies).__name__}; expected a dict from names to policies, or a list")
    pairs = policies.items() if isinstance(policies, Mapping) else [(name, name) for name in policies]
    return [_policy(name, policy) for name, policy in pairs]


def _policy(name: Any, policy: Any) -> tuple[str, Any, bool, str]:
    if not isinstance(name, str) or not name:
        raise TypeError(f"policies has the name {name!r}; expected a text")
    if isinstance(policy, str):
        return name, policy, False, ""
    if is_model(policy):
        policy = model_of(f"policies[{name!r}]", policy, "raw")
    together = hasattr(policy, "batch")
    if not together and not callable(policy):
        raise TypeError(f"policies[{name!r}] is a {type(policy).__name__}; expected a name, a callable or a model")
    return name, policy, together, str(getattr(policy, "information", "undeclared"))


def _cluster(executor: Any, address: Any) -> RayCluster | None:
    if address is not None and (not isinstance(address, str) or not address):
        raise TypeError(f"address is {address!r}; expected a text, or None")
    if executor == "ray":
        return RayCluster(address)
    if executor != "local":
        raise ValueError(f"executor is {executor!r}; expected 'local' or 'ray'")
    if address is not None:
        raise ValueError(f"address is {address!r}, and executor is 'local'; only 'ray' has an address")
    return None


def _ids(only: Any) -> list[str]:
    """Ids of problems, checked."""
    if isinstance(only, (str, bytes)) or not isinstance(only, Sequence) or not all(isinstance(id, str) for id in only):
        raise TypeError(f"only is {only!r}; expected a list of problems' ids, such as ['N01', 'N03']")
    return list(only)


def _command(suite: Any, policies: list[tuple[str, Any, bool, str]], seeds: Any, only: Any) -> str:
    """The call, as the report shows it. Policies that are no names stand as what they are."""
    shown = ", ".join(
        f"{name!r}: {policy!r}" if isinstance(policy, str) else f"{name!r}: <{type(policy).__name__}>"
        for name, policy, _, _ in policies
    )
    more = "" if seeds is None else f", seeds={seeds!r}"
    more += f", only={list(only)!r}" if only else ""
    return f"gym_invmgmt.benchmark({os.fspath(suite)!r}, {{{shown}}}{more})"


__all__ = ["Benchmark", "benchmark"]
