"""Snapshots that cannot be used are refused in words, and the environment goes on as if nothing had been asked."""

from __future__ import annotations

import copy
import io
import pickle
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers import MATRICES, assert_same, shop_and_source, write_network
from helpers import snapshot as held_by
from vectors import assert_equal, states

from gym_invmgmt import CoreEnv, DemandEngine, InvMgmtVectorEnv, load_snapshot, save_snapshot
from gym_invmgmt.wrappers import DomainRandomizationWrapper

DEMAND = {"use_goodwill": True, "base_mu": 55}


def environment(scenario: str = "serial", **arguments: Any) -> CoreEnv:
    """An environment some periods into an episode."""
    env = CoreEnv(scenario, DEMAND, **arguments)
    env.reset(seed=11)
    for _ in range(5):
        env.step(np.full(len(env.network.reorder_links), 30.0))
    return env


def edited(*path: Any, to: Any) -> Callable[[Any], Any]:
    """A change of one entry of a snapshot; ``...`` removes it."""

    def edit(saved: Any) -> Any:
        part = saved
        for key in path[:-1]:
            part = part[key]
        if to is ...:
            del part[path[-1]]
        else:
            part[path[-1]] = to
        return saved

    return edit


NO_USABLE = r"the snapshot's history has no usable"
DAMAGED = r"the snapshot's row is damaged; expected 18 finite numbers"
STREAM = r"the snapshot's stream is .*; expected state and increment of a PCG64 generator"
FAULTS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "nothing": (lambda saved: None, r"this is no snapshot: its 'format' is not 'gym-invmgmt snapshot'"),
    "a list": (lambda saved: [1, 2], r"this is no snapshot"),
    "an empty dict": (lambda saved: {}, r"this is no snapshot"),
    "another format": (edited("format", to="a letter"), r"this is no snapshot"),
    "a version to come": (edited("version", to=2), r"the snapshot has version 2; this release reads 1"),
    "no version": (edited("version", to=...), r"the snapshot has version None; this release reads 1"),
    "another network": (lambda saved: environment("network").snapshot(), r"the snapshot is of another network"),
    "no network": (edited("network", to=...), r"the snapshot is of another network"),
    "no row": (edited("row", to=...), DAMAGED),
    "a short row": (edited("row", to=np.ones(17)), DAMAGED),
    "a text for a row": (edited("row", to="many"), DAMAGED),
    "a ragged row": (edited("row", to=[[1.0], [1.0, 2.0]]), DAMAGED),
    "NaN in the row": (edited("row", 3, to=np.nan), DAMAGED),
    "beyond the horizon": (edited("row", 13, to=31.0), r"stands at period 31; episodes here have periods 0 to 30"),
    "before the beginning": (edited("row", 13, to=-1.0), r"stands at period -1"),
    "between two periods": (edited("row", 13, to=2.5), r"stands at period 2.5"),
    "no stream": (edited("stream", to=...), STREAM),
    "half a stream": (edited("stream", to=["7"]), STREAM),
    "a stream of words": (edited("stream", to=["seven", "eight"]), STREAM),
    "an even increment": (edited("stream", 1, to="8"), STREAM),
    "a state too large": (edited("stream", 0, to=str(2**128)), STREAM),
    "a state below zero": (edited("stream", 0, to="-1"), STREAM),
    "no demand": (edited("demand", to=...), r"the snapshot's demand lacks gw_floor, .*base_mu"),
    "a parameter missing": (edited("demand", "noise_scale", to=...), r"the snapshot's demand lacks noise_scale"),
    "a parameter out of range": (edited("demand", "base_mu", to=-4.0), r"base_mu is -4"),
    "a parameter of another kind": (edited("demand", "noise_scale", to="loud"), r"noise_scale is 'loud'"),
    "effects of another kind": (edited("demand", "effects", to=3), r"effects is 3"),
    "unknown effects": (edited("demand", "effects", to=["trendy"]), r"Unknown demand effect"),
    "bounds the wrong way round": (edited("demand", "gw_cap", to=0.1), r"0 < gw_floor <= gw_cap"),
    "an empty series": (edited("demand", "external_series", to=[]), r"external_series must not be empty"),
}
HISTORY_FAULTS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "no matrices": (edited("history", to=3), rf"{NO_USABLE} X; expected an array \(at least 6, 5\)"),
    "a matrix missing": (edited("history", "D", to=...), rf"{NO_USABLE} D; expected an array \(at least 5, 1\)"),
    "a matrix too short": (edited("history", "U", to=np.ones((4, 1))), rf"{NO_USABLE} U"),
    "a matrix too narrow": (edited("history", "R", to=np.ones((30, 2))), rf"{NO_USABLE} R"),
    "a matrix of texts": (edited("history", "S", to=[["many"]]), rf"{NO_USABLE} S"),
    "profit that is no number": (edited("history", "P", 2, to=np.nan), "P holds what is not a finite number"),
    "an endless request": (
        edited("history", "action_log", 1, to=np.inf),
        "action_log holds what is not a finite number",
    ),
    "a ledger missing": (edited("history", "ledger", to=...), rf"{NO_USABLE} ledger"),
}


@pytest.mark.parametrize("fault", [*FAULTS, *HISTORY_FAULTS])
def test_a_single_environment_refuses_and_is_unchanged(fault: str) -> None:
    edit, message = {**FAULTS, **HISTORY_FAULTS}[fault]
    saved = edit(copy.deepcopy(environment().snapshot()))
    env = environment()
    env.step(np.full(3, 7.0))
    before, stream, engine = held_by(env), env.np_random, env.demand_engine
    arrays = {symbol: getattr(env, symbol) for symbol in MATRICES}
    parameters, ledger = env.snapshot()["demand"], env.ledger()
    with pytest.raises(ValueError, match=message):
        env.restore(saved)
    assert_same(held_by(env), before)
    assert env.np_random is engine.np_random is stream
    assert all(getattr(env, symbol) is array for symbol, array in arrays.items())
    assert_equal(env.snapshot()["demand"], parameters)
    np.testing.assert_array_equal(env.ledger().profit, ledger.profit)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_vector_environment_refuses_and_is_unchanged(fault: str) -> None:
    edit, message = FAULTS[fault]
    saved = edit(copy.deepcopy(environment().snapshot()))
    envs = InvMgmtVectorEnv(2, scenario="serial", demand_config=DEMAND)
    envs.step(np.full((2, 3), 9.0))
    before = states(envs)
    with pytest.raises(ValueError, match=message):
        envs.restore(1, saved)
    assert_equal(states(envs), before)


def test_what_is_refused_does_not_depend_on_what_was_edited_into_the_environment() -> None:
    env = environment()
    saved = env.snapshot()
    # One bound at a time may be set, so for a while they may be the wrong way round.
    env.demand_engine.gw_floor = 5.0
    env.restore(saved)
    assert env.demand_engine.gw_floor == 0.2


@pytest.mark.parametrize("change", ["another lead time", "another name", "another order"])
def test_a_network_of_the_same_size_is_another_network(tmp_path: Any, change: str) -> None:
    declared = shop_and_source()
    declared["edges"].append({"from": "depot", "to": "shop", "L": 3, "p": 1, "g": 0})
    declared["nodes"].append({"id": "depot"})
    first = CoreEnv(config_path=write_network(tmp_path, declared))
    if change == "another lead time":
        declared["edges"][1]["L"], declared["edges"][2]["L"] = 3, 1
    elif change == "another name":
        declared["nodes"][3]["id"] = declared["edges"][2]["from"] = "store"
    else:
        declared["nodes"].reverse()
    second = CoreEnv(config_path=write_network(tmp_path, declared))
    assert first.observation_space == second.observation_space
    with pytest.raises(ValueError, match=r"of another network: its nodes, links or lead times differ"):
        second.restore(first.snapshot())


def test_costs_may_differ_so_that_one_state_can_go_on_at_other_prices(tmp_path: Any) -> None:
    declared = shop_and_source()
    first = CoreEnv(config_path=write_network(tmp_path, declared))
    first.reset(seed=1)
    declared["edges"][0]["p"] = 50
    second = CoreEnv(config_path=write_network(tmp_path, declared))
    second.restore(first.snapshot())
    dear, cheap = second.step([5.0]), first.step([5.0])
    np.testing.assert_array_equal(dear[0], cheap[0])
    assert dear[1] > cheap[1]


def test_a_stream_that_is_not_numpys_default_is_refused_by_its_name() -> None:
    env = environment()
    env.np_random = np.random.Generator(np.random.MT19937(3))
    env.reset()
    with pytest.raises(ValueError, match="a snapshot holds a PCG64 stream; np_random is over MT19937"):
        env.snapshot()
    # A snapshot brings its own stream with it.
    env.restore(environment().snapshot())
    assert env.snapshot()["stream"] == environment().snapshot()["stream"]


def test_a_demand_engine_of_another_kind_cannot_be_saved() -> None:
    class Foreign:
        def __init__(self) -> None:
            self.own = DemandEngine()
            self.sentiment = 1.0

        def __getattr__(self, name: str) -> Any:
            if name == "_core":
                raise AttributeError(name)
            return getattr(self.own, name)

    env = environment()
    saved = env.snapshot()
    env.demand_engine = Foreign()  # type: ignore[assignment]
    for call in (env.snapshot, lambda: env.restore(saved)):
        with pytest.raises(ValueError, match=r"parameters of a DemandEngine; demand_engine is a Foreign"):
            call()


@pytest.mark.parametrize("row", [-1, 3, 2**70, 1.0, "0", None, True])
def test_there_is_no_such_row(row: Any) -> None:
    envs = InvMgmtVectorEnv(3, scenario="serial")
    saved = envs.snapshot(np.int64(2))
    for call in (lambda: envs.snapshot(row), lambda: envs.restore(row, saved)):
        with pytest.raises(IndexError, match=f"row is {row!r}; expected a whole number from 0 to 2"):
            call()


@pytest.mark.parametrize("part", ["stock", "in transit", "unmet", "on order"])
def test_a_state_with_less_than_nothing_is_refused_by_its_part(part: str) -> None:
    env, envs = CoreEnv("serial"), InvMgmtVectorEnv(1, scenario="serial")
    for _ in range(3):
        env.step([9, 9, 9])
    saved = env.snapshot()
    names = {"stock": 2, "in transit": 5, "unmet": 1, "on order": 15}
    row = saved["row"].copy()
    row[names[part]] = -5.0
    before = env.state.copy()
    for restore in (env.restore, lambda snapshot: envs.restore(0, snapshot)):
        with pytest.raises(
            ValueError, match=rf"row is damaged: .* is -5 at row\[{names[part]}\]; expected numbers >= 0"
        ):
            restore({**saved, "row": row})
    np.testing.assert_array_equal(env.state, before)


def test_what_rounding_left_below_nothing_is_no_damage() -> None:
    env = CoreEnv("serial")
    saved = env.snapshot()
    del saved["history"]
    saved["row"][2] = -7e-15
    assert env.restore(saved)[2] == -7e-15


def test_a_restored_episode_goes_on_under_the_rule_it_was_saved_under() -> None:
    env = DomainRandomizationWrapper(CoreEnv("serial"))
    seen = set()
    for seed in range(12):
        env.reset(seed=seed)
        core = env.unwrapped
        core.step([0, 0, 0])
        saved, rule = core.snapshot(), core.backlog
        expected = [core.step([0, 0, 0])[0].tolist() for _ in range(12)]
        core.backlog = not rule
        core.restore(saved)
        assert core.backlog is rule
        assert [core.step([0, 0, 0])[0].tolist() for _ in range(12)] == expected
        seen.add(rule)
    assert seen == {False, True}


def test_rows_that_share_a_rule_refuse_a_snapshot_of_another() -> None:
    env = CoreEnv("serial")
    env.backlog = False
    saved = env.snapshot()
    envs = InvMgmtVectorEnv(1, scenario="serial")
    with pytest.raises(ValueError, match=r"taken with backlog=False; the rows .* play backlog=True"):
        envs.restore(0, saved)
    drawn = InvMgmtVectorEnv(1, scenario="serial", randomize=True)
    drawn.restore(0, saved)
    assert drawn.snapshot(0)["backlog"] is False


@pytest.mark.parametrize(("symbol", "value"), [("X", -5.0), ("U", -1.0), ("R", -2.0), ("Y", np.nan), ("GW", -0.5)])
def test_a_history_with_less_than_nothing_is_refused_by_its_matrix(symbol: str, value: float) -> None:
    env = CoreEnv("serial")
    for _ in range(3):
        env.step([9, 9, 9])
    saved = env.snapshot()
    saved["history"][symbol][1] = value
    before = held_by(env)
    with pytest.raises(ValueError, match=f"history is damaged: {symbol} holds what is not a finite number >= 0"):
        env.restore(saved)
    assert_same(held_by(env), before)


def damaged_files(whole: bytes) -> Iterator[bytes]:
    """Files cut off, with bits turned, with bytes of other values, and with parts gone or twice; always the same."""
    draw = np.random.default_rng(8)
    yield from (whole[: int(length)] for length in draw.integers(0, len(whole), 30))
    for place in draw.integers(0, len(whole), 200):
        changed = bytearray(whole)
        changed[place] ^= 1 << int(draw.integers(8))
        yield bytes(changed)
    # Where archives keep what they say of themselves: the head of each entry and the list at the end.
    heads = [place for place in range(len(whole) - 4) if whole[place : place + 2] == b"PK"]
    for place in draw.choice(heads, 150):
        changed = bytearray(whole)
        for at in place + draw.integers(0, 46, 3):
            if at < len(changed):
                changed[at] = draw.choice([0, 1, 0x7F, 0xFF])
        yield bytes(changed)
    for first, last in np.sort(draw.integers(0, len(whole), (30, 2))):
        yield whole[:first] + whole[last:]
        yield whole[:last] + whole[first:]


def test_a_damaged_file_is_refused_with_a_value_error_or_read(tmp_path: Path) -> None:
    path, env = tmp_path / "state.npz", environment()
    save_snapshot(path, env.snapshot())
    refused = 0
    for content in damaged_files(path.read_bytes()):
        path.write_bytes(content)
        try:
            env.restore(load_snapshot(path))
        except ValueError:
            refused += 1
    assert refused > 250


def npz(**headers: tuple[str, bytes]) -> bytes:
    """An archive with sound checksums whose arrays have these headers and contents."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, (header, content) in headers.items():
            text = header.encode().ljust(117) + b"\n"
            archive.writestr(f"{name}.npy", b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + content)
    return file.getvalue()


def header(shape: str, dtype: str = "<f8") -> str:
    return f"{{'descr': '{dtype}', 'fortran_order': False, 'shape': {shape}, }}"


PLAIN = (header("()", "<U2"), "{}".encode("utf-32-le"))
HOSTILE: dict[str, bytes] = {
    "a shape of 1.6 GB": npz(snapshot=PLAIN, row=(header("(200000000,)"), b"\0" * 80)),
    "a shape beyond all memory": npz(snapshot=PLAIN, row=(header(f"({2**60}, {2**60})"), b"")),
    "a huge shape of nothing": npz(snapshot=PLAIN, row=(header("(10000000000, 0)"), b"")),
    "a huge shape of empty texts": npz(snapshot=PLAIN, row=(header("(10000000000,)", "<U0"), b"")),
    "objects": npz(snapshot=PLAIN, row=(header("(1,)", "|O"), pickle.dumps(1))),
    "a shape below zero": npz(snapshot=PLAIN, row=(header("(-1,)"), b"\0" * 8)),
    "a header that is code": npz(snapshot=PLAIN, row=("__import__('os').abort()", b"")),
    "a deep text": npz(snapshot=(header("()", "<U40000"), ("[" * 40_000).encode("utf-32-le"))),
    "a list": npz(snapshot=(header("()", "<U2"), "[]".encode("utf-32-le"))),
    "a number of ten thousand digits": npz(snapshot=(header("()", "<U10000"), ("9" * 10_000).encode("utf-32-le"))),
    "no entry": npz(),
}


def compressed() -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, snapshot=np.array("{}"), row=np.zeros(5_000_000))
    return file.getvalue()


@pytest.mark.parametrize("name", [*HOSTILE, "much of little"])
def test_a_hostile_file_takes_no_more_memory_than_it_is_long(name: str, tmp_path: Path) -> None:
    path = tmp_path / "state.npz"
    path.write_bytes(compressed() if name == "much of little" else HOSTILE[name])
    tracemalloc.start()
    with pytest.raises(ValueError, match=r"state\.npz holds no snapshot: |this is no snapshot"):
        environment().restore(load_snapshot(path))
    assert tracemalloc.get_traced_memory()[1] < 20e6
    tracemalloc.stop()


def test_a_device_is_refused() -> None:
    with pytest.raises(ValueError, match="/dev/zero holds no snapshot: it is no plain file"):
        load_snapshot("/dev/zero")


def test_a_state_that_left_the_range_of_numbers_is_not_saved() -> None:
    env = CoreEnv("serial", DEMAND)
    env.reset(seed=1)
    with np.errstate(all="ignore"):
        for _ in range(12):
            env.step(np.full(3, 1.7e308))
    if np.isfinite(env.X).all():
        env.restore(env.snapshot())
    else:
        with pytest.raises(ValueError, match="the state left the range of numbers"):
            env.snapshot()
