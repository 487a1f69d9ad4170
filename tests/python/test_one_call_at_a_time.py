"""Calls that meet half done ones: other threads, actions and demand engines that call back, arrays changed in place.

Each is refused with an exception that says what happened, and what was going on ends as if it had not been made.
"""

from __future__ import annotations

import copy
import sys
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from helpers import MATRICES, assert_same, snapshot

from gym_invmgmt import CoreEnv, DemandEngine, InvMgmtVectorEnv
from gym_invmgmt.wrappers import DomainRandomizationWrapper

ORDERS = [10.0, 20.0, 30.0]
BUSY = "in the middle of another call"


class CallsBack:
    """An action that runs something when it is read."""

    def __init__(self, call: Callable[[], Any], orders: Any) -> None:
        self.call = call
        self.orders = np.array(orders)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray[Any, Any]:
        self.call()
        return self.orders.astype(dtype or np.float64)


class Remembers:
    """Runs a call and keeps what it raised."""

    def __init__(self, call: Callable[[], Any]) -> None:
        self.call = call
        self.raised: BaseException | None = None

    def __call__(self) -> None:
        try:
            self.call()
        except BaseException as error:
            self.raised = error


def in_a_thread(call: Callable[[], Any]) -> Callable[[], None]:
    """The call, made by another thread that is waited for."""

    def run() -> None:
        thread = threading.Thread(target=call)
        thread.start()
        thread.join(10)

    return run


CHANGES: dict[str, Callable[[CoreEnv], Any]] = {
    "step": lambda env: env.step(ORDERS),
    "a plain step": lambda env: env.step(np.array(ORDERS)),
    "reset": lambda env: env.reset(seed=1),
    "restore": lambda env: env.restore(CoreEnv("serial").snapshot()),
    "period": lambda env: setattr(env, "period", 0),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("elsewhere", [False, True], ids=["from within", "from another thread"])
def test_nobody_changes_an_environment_whose_action_is_being_read(
    change: Callable[[CoreEnv], Any], elsewhere: bool
) -> None:
    env, twin = CoreEnv("serial"), CoreEnv("serial")
    for each in (env, twin):
        each.reset(seed=5)
        each.step(ORDERS)
    attempt = Remembers(lambda: change(env))
    answer = env.step(CallsBack(in_a_thread(attempt) if elsewhere else attempt, ORDERS))
    assert type(attempt.raised) is RuntimeError
    assert BUSY in str(attempt.raised)
    np.testing.assert_array_equal(answer[0], twin.step(ORDERS)[0])
    assert_same(snapshot(env), snapshot(twin))


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("elsewhere", [False, True], ids=["from within", "from another thread"])
def test_nobody_changes_an_environment_whose_demand_engine_is_at_work(
    change: Callable[[CoreEnv], Any], elsewhere: bool
) -> None:
    class Meddling(DemandEngine):
        def sample(self, t: int, dist: Any, dist_params: Any = None) -> float:
            (in_a_thread(attempt) if elsewhere else attempt)()
            return super().sample(t, dist, dist_params)

    env, twin = CoreEnv("serial"), CoreEnv("serial")
    env.demand_engine = Meddling()
    attempt = Remembers(lambda: change(env))
    for each in (env, twin):
        each.reset(seed=5)
    for _ in range(3):
        env.step(np.array(ORDERS))
        assert type(attempt.raised) is RuntimeError
        assert BUSY in str(attempt.raised)
        twin.step(ORDERS)
    assert_same(snapshot(env), snapshot(twin))


def test_an_action_that_steps_is_refused_and_nothing_is_played() -> None:
    env = CoreEnv("serial")
    env.reset(seed=5)
    before = snapshot(env)
    with pytest.raises((RuntimeError, ValueError), match=BUSY):
        env.step(CallsBack(lambda: env.step(ORDERS), ORDERS))
    assert_same(snapshot(env), before)
    env.step(ORDERS)
    assert env.period == 1


def test_an_action_may_look_at_the_environment_it_is_for() -> None:
    env = CoreEnv("serial")
    env.reset(seed=5)
    seen: list[Any] = []
    env.step(CallsBack(lambda: seen.append((env.X[0, 1], env.period, env.snapshot()["row"][2])), ORDERS))
    assert seen == [(100, 0, 100)]


def test_a_custom_engine_may_play_ahead_on_a_copy() -> None:
    class Looking(DemandEngine):
        ahead: Any = None

        def sample(self, t: int, dist: Any, dist_params: Any = None) -> float:
            if self.ahead is None:
                self.ahead = 0.0
                twin = copy.deepcopy(env)
                self.ahead = twin.step(ORDERS)[1]
            return super().sample(t, dist, dist_params)

    env = CoreEnv("serial", demand_config={"noise_scale": 0})
    env.demand_engine = Looking({"noise_scale": 0})
    env.reset(seed=5)
    assert env.step(ORDERS)[1] == env.demand_engine.ahead  # type: ignore[attr-defined]


def test_a_reset_of_a_wrapper_in_a_step_is_refused_before_it_draws() -> None:
    env = DomainRandomizationWrapper(CoreEnv("serial"))
    env.reset(seed=3)
    core: Any = env.unwrapped
    before = (core.demand_engine.effects, core.demand_engine.noise_scale, core.backlog)
    attempt = Remembers(env.reset)
    twin = copy.deepcopy(core)
    answer = core.step(CallsBack(attempt, ORDERS))
    assert type(attempt.raised) is RuntimeError
    assert BUSY in str(attempt.raised)
    assert (core.demand_engine.effects, core.demand_engine.noise_scale, core.backlog) == before
    np.testing.assert_array_equal(answer[0], twin.step(ORDERS)[0])


@pytest.mark.parametrize("rows", [1, 64])
def test_threads_that_step_and_reset_at_will_are_told_what_happened(rows: int) -> None:
    env: Any = DomainRandomizationWrapper(CoreEnv("serial"))
    if rows > 1:
        env = InvMgmtVectorEnv(rows, scenario="serial")
    orders = np.tile(ORDERS, (rows, 1)) if rows > 1 else np.array(ORDERS)
    strange: list[BaseException] = []

    def work() -> None:
        for _ in range(150):
            for call in (lambda: env.step(orders), env.reset):
                try:
                    call()
                except BaseException as error:
                    if type(error) is not RuntimeError or BUSY not in str(error):
                        strange.append(error)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
    finally:
        sys.setswitchinterval(interval)
    assert not strange, strange[0]
    env.reset(seed=1)
    env.step(orders)


def test_threads_that_step_at_will_play_whole_periods_or_are_refused() -> None:
    env = CoreEnv("serial", num_periods=4000, demand_config={"noise_scale": 0, "base_mu": 20})
    env.reset(seed=0)
    played, strange = [0] * 4, []

    def work(number: int) -> None:
        for _ in range(300):
            try:
                env.step(CallsBack(lambda: None, ORDERS) if number % 2 else np.array(ORDERS))
                played[number] += 1
            except RuntimeError as error:
                if BUSY not in str(error):
                    strange.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not strange
    assert env.period == sum(played)
    twin = CoreEnv("serial", num_periods=4000, demand_config={"noise_scale": 0, "base_mu": 20})
    for _ in range(env.period):
        twin.step(ORDERS)
    for symbol in MATRICES:
        np.testing.assert_array_equal(getattr(env, symbol), getattr(twin, symbol))


def test_a_step_within_a_change_of_the_demand_engine_plays_what_was_before() -> None:
    class Slow:
        def __init__(self, call: Callable[[], Any]) -> None:
            self.call = call

        def __float__(self) -> float:
            self.call()
            return 0.5

    env, twin = CoreEnv("serial"), CoreEnv("serial")
    for each in (env, twin):
        each.reset(seed=5)
    attempt = Remembers(lambda: env.step(np.array(ORDERS)))
    env.demand_engine.noise_scale = Slow(attempt)  # type: ignore[assignment]
    assert attempt.raised is None
    twin.step(ORDERS)
    assert_same(snapshot(env), snapshot(twin))
    twin.demand_engine.noise_scale = 0.5
    assert env.step(ORDERS)[1] == twin.step(ORDERS)[1]


VECTOR_CHANGES: dict[str, Callable[[InvMgmtVectorEnv], Any]] = {
    "step": lambda envs: envs.step(np.full((2, 3), 7.0)),
    "reset": lambda envs: envs.reset(seed=1),
    "restore": lambda envs: envs.restore(0, envs.snapshot(1)),
}


@pytest.mark.parametrize("change", VECTOR_CHANGES.values(), ids=VECTOR_CHANGES)
@pytest.mark.parametrize("elsewhere", [False, True], ids=["from within", "from another thread"])
def test_nobody_changes_a_vector_environment_whose_actions_are_being_read(
    change: Callable[[InvMgmtVectorEnv], Any], elsewhere: bool
) -> None:
    envs, twin = InvMgmtVectorEnv(2, scenario="serial"), InvMgmtVectorEnv(2, scenario="serial")
    actions = np.full((2, 3), 9.0)
    attempt = Remembers(lambda: change(envs))
    answer = envs.step(CallsBack(in_a_thread(attempt) if elsewhere else attempt, actions))
    assert type(attempt.raised) is RuntimeError
    assert "this vector environment is in the middle of another call" in str(attempt.raised)
    np.testing.assert_array_equal(answer[0], twin.step(actions)[0])
    np.testing.assert_array_equal(envs.step(actions)[0], twin.step(actions)[0])


def resized(array: Any) -> None:
    array.resize((1, *array.shape[1:]), refcheck=False)


def reshaped(array: Any) -> None:
    array.shape = (*array.shape, 1)


def of_another_type(array: Any) -> None:
    array.dtype = np.int8 if array.itemsize == 1 else f"V{array.itemsize}"


def of_halves(array: Any) -> None:
    array.dtype = np.uint8 if array.itemsize == 1 else f"u{array.itemsize // 2}"


def read_only(array: Any) -> None:
    array.flags.writeable = False


ANSWERS: dict[str, Callable[[Any], Any]] = {
    "observations": lambda answer: answer[0],
    "rewards": lambda answer: answer[1],
    "truncations": lambda answer: answer[3],
    "infos['period']": lambda answer: answer[4]["period"],
    "infos['total_inventory']": lambda answer: answer[4]["total_inventory"],
    "infos['sentiment']": lambda answer: answer[4]["sentiment"],
    "played": lambda answer: answer[4]["_period"],
}


@pytest.mark.parametrize("change", [resized, reshaped, of_another_type, of_halves, read_only])
@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_arrays_changed_in_place_are_named_and_the_next_step_makes_new_ones(
    name: str, change: Callable[[Any], None]
) -> None:
    envs, twin = (InvMgmtVectorEnv(3, scenario="serial", copy=copy) for copy in (False, True))
    actions = np.full((3, 3), 9.0)
    answer = envs.step(actions)
    twin.step(actions)
    change(ANSWERS[name](answer))
    with pytest.raises(ValueError, match=r"has been changed in place.*Nothing was played") as refused:
        envs.step(actions)
    assert str(refused.value).startswith(name if name != "played" else "the mask of rows that played")
    for _ in range(3):
        found, expected = envs.step(actions), twin.step(actions)
        np.testing.assert_array_equal(found[0], expected[0])
        np.testing.assert_array_equal(found[1], expected[1])


@pytest.mark.parametrize("change", [resized, reshaped, of_another_type])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_ends_that_never_come_are_read_off_an_array_of_their_own(change: Callable[[Any], None]) -> None:
    envs = InvMgmtVectorEnv(3, scenario="serial", copy=False)
    actions = np.full((3, 3), 9.0)
    change(envs.step(actions)[2])
    terminations = envs.step(actions)[2]
    assert terminations.dtype == np.bool_
    assert terminations.tolist() == [False] * 3


@pytest.mark.parametrize("symbol", MATRICES)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_matrix_changed_in_place_is_named_before_anything_is_played(symbol: str) -> None:
    env = CoreEnv("serial")
    env.reset(seed=5)
    env.step(ORDERS)
    stream = env.np_random.bit_generator.state
    held = {other: getattr(env, other).copy() for other in MATRICES if other != symbol}
    getattr(env, symbol).dtype = ">f8"
    with pytest.raises(ValueError, match=f"^{symbol} has been made an array of >f8; expected float64. Call reset"):
        env.step(ORDERS)
    assert env.np_random.bit_generator.state == stream
    for other, values in held.items():
        np.testing.assert_array_equal(getattr(env, other), values)
    assert env.period == 1
    env.reset(seed=5)
    env.step(ORDERS)
    assert env.period == 1


def test_actions_that_lie_askew_in_memory_are_read() -> None:
    bytes_of = np.zeros(6 * 8 + 1, dtype=np.uint8)
    askew = bytes_of[1:].view(np.float64).reshape(2, 3)
    askew[:] = 9.0
    assert not askew.flags.aligned
    envs, twin = InvMgmtVectorEnv(2, scenario="serial"), InvMgmtVectorEnv(2, scenario="serial")
    np.testing.assert_array_equal(envs.step(askew)[0], twin.step(np.full((2, 3), 9.0))[0])
