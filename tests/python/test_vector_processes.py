"""The vector environment in child processes, forked and spawned, after the parent has used threads."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from vectors import assert_equal, orders

from gym_invmgmt import InvMgmtVectorEnv, rollout

#: Rows enough for a step to be shared out among threads.
ROWS = 4096
#: A child that hangs fails the test after this [s].
PATIENCE = 60

# From Python 3.12 on a fork of a process with threads warns; that it works here is what is tested.
pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
KINDS = [kind for kind in ("fork", "spawn") if kind in multiprocessing.get_all_start_methods()]


def environment() -> InvMgmtVectorEnv:
    envs = InvMgmtVectorEnv(ROWS, num_threads=2, num_periods=4)
    envs.reset(seed=3)
    return envs


def played(envs: InvMgmtVectorEnv, seed: int) -> Any:
    """The answers of some steps, episodes' ends included, in short."""
    random = np.random.default_rng(seed)
    answers = [envs.step(orders(envs, random)) for _ in range(6)]
    return [(observations[::97].copy(), rewards.copy(), over.copy()) for observations, rewards, _, over, _ in answers]


def made_and_played(seed: int) -> Any:
    return played(environment(), seed)


def rolled_out(seed: int) -> Any:
    figures = rollout({"scenario": "network"}, "constant:20", range(seed, seed + 300), num_threads=2)
    return [figures["total_profit"], figures["fill_rate"]]


def answer(connection: Any, work: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    connection.send(work(*arguments))
    connection.close()


def in_a_child(kind: str, work: Callable[..., Any], *arguments: Any) -> Any:
    """What the work gives in a child process of this kind."""
    context: Any = multiprocessing.get_context(kind)
    ours, theirs = context.Pipe()
    child = context.Process(target=answer, args=(theirs, work, arguments))
    child.start()
    theirs.close()
    try:
        assert ours.poll(PATIENCE), f"the {kind}ed child has not answered in {PATIENCE} s"
        found = ours.recv()
        child.join(PATIENCE)
        assert child.exitcode == 0
        return found
    finally:
        child.kill()
        child.join()


def threads_of_ours() -> int | None:
    """How many threads of the engine's pools this process has, where the system tells."""
    tasks = Path("/proc/self/task")
    if not tasks.is_dir():
        return None
    return sum((task / "comm").read_text().startswith("invmgmt-") for task in tasks.iterdir())


@pytest.fixture
def busy_parent() -> InvMgmtVectorEnv:
    """An environment whose threads have been at work in this process."""
    envs = environment()
    played(envs, 0)
    found = threads_of_ours()
    assert found is None or found >= 2
    return envs


@pytest.mark.parametrize("kind", KINDS)
def test_a_child_makes_and_plays_its_own(busy_parent: InvMgmtVectorEnv, kind: str) -> None:
    assert_equal(in_a_child(kind, made_and_played, 5), made_and_played(5))
    # The parent's threads go on as before.
    played(busy_parent, 6)


@pytest.mark.skipif("fork" not in KINDS, reason="this system does not fork")
def test_a_forked_child_goes_on_with_the_parents_environment(busy_parent: InvMgmtVectorEnv) -> None:
    twin = environment()
    played(twin, 0)
    first = in_a_child("fork", played, busy_parent, 1)
    # What the child did is its own: the parent stands where it stood.
    assert_equal(first, played(busy_parent, 1))
    assert_equal(first, played(twin, 1))
    assert_equal(in_a_child("fork", played, busy_parent, 2), played(twin, 2))


def forked_again(envs: InvMgmtVectorEnv, seed: int) -> Any:
    played(envs, seed)
    return in_a_child("fork", played, envs, seed + 1)


@pytest.mark.skipif("fork" not in KINDS, reason="this system does not fork")
def test_a_child_of_a_child_goes_on_too(busy_parent: InvMgmtVectorEnv) -> None:
    found = in_a_child("fork", forked_again, busy_parent, 8)
    played(busy_parent, 8)
    assert_equal(found, played(busy_parent, 9))


@pytest.mark.parametrize("kind", KINDS)
def test_rollouts_work_in_a_child(kind: str) -> None:
    expected = rolled_out(4)
    assert_equal(in_a_child(kind, rolled_out, 4), expected)


@pytest.mark.skipif("fork" not in KINDS, reason="this system does not fork")
def test_an_environment_can_be_dropped_in_a_forked_child() -> None:
    held = [environment()]
    played(held[0], 0)

    def drop() -> bool:
        held.clear()
        return True

    assert in_a_child("fork", drop)
    played(held[0], 1)
