"""A benchmark's work spread over a Ray cluster."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from gym_invmgmt import _native
from gym_invmgmt._extras import extra

#: Units of work sent at once, at most: what is lost with a machine, and what the slowest may be late by.
LARGEST_TASK = 32
#: How long a cluster may take to answer [seconds].
PATIENCE = 10.0


class RayCluster:
    """Plays units of a benchmark on a Ray cluster.

    Ray ships Python objects as pickles, and a pickle is a program: connect only to an address you trust.

    Args:
        address: where the cluster is, as ``ray.init`` takes it. None uses the one this process is connected to, or
            makes one on this machine and ends it again.
    """

    def __init__(self, address: str | None = None) -> None:
        self._address = address

    def __call__(
        self, suite: str, policies: Any, seeds: Sequence[int], identity: str, units: Sequence[int]
    ) -> Iterator[str]:
        """Yields what came of each unit, in the order in which they are done.

        A machine that is lost costs what it was playing; Ray plays that again on another one.

        Args:
            suite: a suite file that stands alone, in YAML.
            policies: policies as ``_native.benchmark`` takes them; those in Python are shipped as pickles.
            seeds: all seeds of the run.
            identity: hash of everything that decides the results. A worker that finds another one refuses to play.
            units: numbers of the units to play.
        """
        ray = extra("ray", "ray")
        connects = not ray.is_initialized()
        if connects:
            _connect(ray, self._address)
        elif self._address is not None:
            raise ValueError(
                f"address is {self._address!r}, but this process is connected to a Ray cluster already; leave the "
                "address out to use that one, or call ray.shutdown() before"
            )
        try:
            yield from _play_all(ray, ray.put((suite, policies, seeds, identity)), units)
        finally:
            if connects:
                ray.shutdown()


def _connect(ray: Any, address: str | None) -> None:
    if address is None:
        # "local" begins a cluster even where the environment names another one.
        ray.init(address="local", include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    else:
        _knock(address)
        ray.init(address=address, log_to_driver=False, logging_level="ERROR")


def _knock(address: str) -> None:
    """Raises ConnectionError if nobody answers at an address like ``head:6379``; Ray would end the process."""
    host, _, port = address.rpartition(":")
    if "/" in address or not port.isdecimal():
        return
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=PATIENCE).close()
    except (OSError, OverflowError) as error:
        raise ConnectionError(f"no Ray cluster answers at {address}: {error}") from None


def _play_all(ray: Any, job: Any, units: Sequence[int]) -> Iterator[str]:
    cores = max(1, int(ray.cluster_resources().get("CPU", 1)))
    # Many tasks per core, so that none is left waiting for the slowest at the end.
    size = max(1, min(LARGEST_TASK, len(units) // (32 * cores)))
    task = ray.remote(num_cpus=1, max_retries=3)(_play)
    tasks = (task.remote(job, units[begin : begin + size]) for begin in range(0, len(units), size))
    running = list(islice(tasks, max(64, 4 * cores)))
    try:
        while running:
            done, running = ray.wait(running, num_returns=1)
            running.extend(islice(tasks, len(done)))
            for texts in done:
                yield from _result(ray, texts)
    finally:
        for texts in running:
            ray.cancel(texts, force=True)


def _result(ray: Any, texts: Any) -> Any:
    """What a task returned; what it raised is raised as it was, without Ray's account of where."""
    try:
        return ray.get(texts)
    except ray.exceptions.RayTaskError as error:
        raise error.cause from None


def _play(job: tuple[str, Any, Sequence[int], str], units: Sequence[int]) -> list[str]:
    """Runs on a worker."""
    suite, policies, seeds, identity = job
    return _native.play_units(suite, policies, seeds, identity, units)


__all__ = ["RayCluster"]
