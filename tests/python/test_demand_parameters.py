"""Every parameter of demand, as the engine's table has it, through every face of the program and back.

Nothing is listed by hand here: a row that a face forgets makes its test fail.
"""

from __future__ import annotations

import json
import pickle
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gym_invmgmt import CoreEnv, DemandEngine, InvMgmtVectorEnv, _native, load_scenario, rollout
from gym_invmgmt.snapshot import load_snapshot, save_snapshot
from gym_invmgmt.wrappers import DomainRandomizationWrapper

PROJECT = Path(__file__).parents[2]
ROWS = {row.key: row for row in _native.Demand.PARAMETERS}
LINK = (1, 0)
PERIODS = 20
#: Demand in which every parameter makes a difference.
MOVING: dict[str, Any] = {
    "effects": ["trend", "seasonal", "shock"],
    "shock_time": 8.0,
    "use_goodwill": True,
    "gw_decay": 0.25,
    "gw_growth": 1.5,
}


#: It meets all demand for a while, then runs short.
POLICY = "constant:40"


def main(arguments: list[str]) -> int:
    def never(*_: Any) -> None:
        raise AssertionError("no video and no cluster was asked for")

    return _native.run_command_line(["gym-invmgmt", *arguments], never, never)


def default(key: str) -> Any:
    return _native.Demand().get(key)


def another(key: str) -> Any:
    """A value of the parameter that is allowed and is not its default, as a file would hold it."""
    form = ROWS[key].form
    if form == "effects":
        return ["shock"]
    if form == "series":
        return [3.0, 4.5, 0.0, 8.0] * (PERIODS // 4)
    held = default(key)
    if form == "flag":
        return not held
    value = 7.5 if held is None else 0.5 * held + 0.0625
    return float(int(value)) if ROWS[key].unit == "periods" else value


def refused(key: str) -> list[float]:
    """Numbers that no value of the parameter may be."""
    core = _native.Demand()
    bad = []
    for number in (-0.5, float("nan"), float("inf")):
        try:
            core.set(key, number)
        except ValueError:
            bad.append(number)
    return bad


def plain(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray) else value


def scenario(folder: Path, demand: dict[str, Any]) -> Path:
    path = folder / "scenario.yaml"
    path.write_text(json.dumps({"network": "serial", "demand": demand, "num_periods": PERIODS}))
    return path


NUMBERS = [key for key, row in ROWS.items() if row.form == "number"]
OF_LINKS = [key for key, row in ROWS.items() if row.is_of_links]
every = pytest.mark.parametrize("key", ROWS)
every_number = pytest.mark.parametrize("key", NUMBERS)


@every
def test_a_demand_config_sets_it_and_the_engine_shows_it(key: str) -> None:
    engine = CoreEnv("serial", {key: another(key)}).demand_engine
    assert plain(getattr(engine, key)) == another(key)
    assert plain(engine._core.get(key)) == another(key)


@every
def test_it_is_an_attribute_of_the_engine_that_travels(key: str) -> None:
    engine = DemandEngine()
    setattr(engine, key, another(key))
    assert plain(engine._core.get(key)) == another(key)
    assert plain(getattr(pickle.loads(pickle.dumps(engine)), key)) == another(key)
    assert key in DemandEngine.__annotations__ or isinstance(getattr(DemandEngine, key), property)


@pytest.mark.parametrize("key", OF_LINKS)
def test_a_market_link_has_its_own(key: str) -> None:
    moving = {name: value for name, value in MOVING.items() if name != key}
    env = CoreEnv("serial", {**moving, "links": {LINK: {key: another(key)}}}, num_periods=PERIODS)
    alike = CoreEnv("serial", {**moving, key: another(key)}, num_periods=PERIODS)
    other = CoreEnv("serial", moving, num_periods=PERIODS)
    for each in (env, alike, other):
        each.reset(seed=3)
        for _ in range(PERIODS):
            each.step([20.0] * 3)
    assert env.D.tolist() == alike.D.tolist() != other.D.tolist()


@pytest.mark.filterwarnings("ignore:.*has no effect without")
@every
def test_a_scenario_file_holds_it_and_is_written_with_it(key: str, tmp_path: Path) -> None:
    path = scenario(tmp_path, {key: another(key)})
    assert main(["check", str(path)]) == 0
    read = load_scenario(path)
    assert plain(getattr(read.make().demand_engine, key)) == another(key)
    path.write_text(read.to_yaml())
    assert plain(load_scenario(path).kwargs["demand_config"][key]) == another(key)


@pytest.mark.filterwarnings("ignore:.*has no effect without")
@pytest.mark.parametrize("key", OF_LINKS)
def test_a_scenario_file_holds_it_for_a_market_link(key: str, tmp_path: Path) -> None:
    path = scenario(tmp_path, {"links": [{"from": 1, "to": 0, key: another(key)}]})
    for _ in range(2):
        read = load_scenario(path)
        assert plain(read.kwargs["demand_config"]["links"][LINK][key]) == another(key)
        path.write_text(read.to_yaml())


@every
def test_the_schemas_know_it(key: str) -> None:
    for kind in ("scenario", "suite"):
        text = (PROJECT / "schemas" / f"{kind}.schema.json").read_text()
        schema = json.loads(text)
        if kind == "suite":
            schema = schema["properties"]["scenarios"]["items"]["properties"]["scenario"]["anyOf"][1]
        demand = schema["properties"]["demand"]["properties"]
        assert demand[key]["description"] == ROWS[key].meaning
        assert (key in demand["links"]["items"]["properties"]) == ROWS[key].is_of_links
        if key in NUMBERS and -0.5 in refused(key):
            assert demand[key].get("minimum", demand[key].get("exclusiveMinimum")) == 0


def options(key: str, folder: Path) -> list[str]:
    """The options of the command line that set it."""
    value = another(key)
    if key in NUMBERS:
        return [f"--{key.replace('_', '-')}={value!r}"]
    series = folder / "series.csv"
    series.write_text("units\n" + "\n".join(map(str, value if isinstance(value, list) else [])))
    return {
        "effects": lambda: ["--effects", ",".join(value)],
        "use_goodwill": lambda: ["--goodwill"] if value else [],
        "external_series": lambda: ["--demand", f"{series}:units", "--as-mean"],
    }[key]()


@every
def test_the_command_line_plays_it(key: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    moving = {name: value for name, value in MOVING.items() if name != key}
    given = [option for name in moving for option in command_options(name, moving[name])]
    command = [
        "simulate",
        "--network",
        "serial",
        f"--periods={PERIODS}",
        "--seeds",
        "3",
        "--policy",
        POLICY,
        "--json",
        *given,
    ]
    assert main([*command, *options(key, tmp_path)]) == 0
    shown = json.loads(capfd.readouterr().out)["policies"][0]["kpis"]["profit"]["mean"]
    config = {**moving, key: another(key)}
    played = [
        rollout(CoreEnv("serial", each, num_periods=PERIODS), POLICY, seeds=[3])["total_profit"][0]
        for each in (config, moving)
    ]
    assert shown == pytest.approx(played[0], abs=1e-9)
    assert played[0] != played[1]


def command_options(name: str, value: Any) -> list[str]:
    if name == "effects":
        return ["--effects", ",".join(value)]
    return ["--goodwill"] if value is True else [f"--{name.replace('_', '-')}={value!r}"]


@every
def test_a_snapshot_carries_it(key: str, tmp_path: Path) -> None:
    env = CoreEnv("serial", {key: another(key)}, num_periods=PERIODS)
    env.reset(seed=1)
    env.step([20.0] * 3)
    save_snapshot(tmp_path / "saved.npz", env.snapshot())
    saved = load_snapshot(tmp_path / "saved.npz")
    assert plain(saved["demand"][key]) == another(key)
    other = CoreEnv("serial", num_periods=PERIODS)
    other.restore(saved)
    assert plain(getattr(other.demand_engine, key)) == another(key)
    envs = InvMgmtVectorEnv(2, scenario="serial", num_periods=PERIODS)
    envs.restore(1, saved)
    assert plain(envs.snapshot(1)["demand"][key]) == another(key)


@every
def test_a_snapshot_without_it_is_read_if_the_release_never_had_it(key: str) -> None:
    env = CoreEnv("serial", num_periods=PERIODS)
    env.reset(seed=1)
    saved = env.snapshot()
    del saved["demand"][key]
    if ROWS[key].in_release:
        with pytest.raises(ValueError, match=rf"the snapshot's demand lacks {key}"):
            env.restore(saved)
    else:
        env.restore(saved)
        assert getattr(env.demand_engine, key) == default(key)


def randomization(key: str) -> dict[str, Any]:
    """Arguments of a randomisation that leave the parameter one value."""
    value = another(key)
    drawn: dict[str, dict[str, Any]] = {
        "effects": {"effect_options": ["shock"], "effect_prob": 1.0},
        "use_goodwill": {"goodwill_options": [value]},
        "noise_scale": {"noise_scale_range": (value, value)},
        "external_series": {"external_series_prob": 1.0, "external_series_length": PERIODS},
    }
    return drawn.get(key, {key: value})


@every
def test_both_randomisations_set_it(key: str) -> None:
    arguments = randomization(key)
    wrapped = DomainRandomizationWrapper(CoreEnv("serial", num_periods=PERIODS), **arguments)
    wrapped.reset(seed=5)
    engine: Any = wrapped.unwrapped
    envs = InvMgmtVectorEnv(2, scenario="serial", num_periods=PERIODS, randomize=arguments)
    envs.reset(seed=5)
    found = plain(getattr(engine.demand_engine, key))
    assert found == plain(envs.snapshot(0)["demand"][key])
    assert len(found) == PERIODS if key == "external_series" else found == another(key)


@every
def test_what_a_fit_writes_is_what_files_take(key: str, tmp_path: Path) -> None:
    engine = DemandEngine({**MOVING, key: another(key)})
    written = _native.demand_from_period(engine._core, 0)
    assert (key in written) == ROWS[key].is_of_links
    # Only the acting effects' parameters are written; `effects` above switches some of them off.
    path = scenario(tmp_path, {name: plain(value) for name, value in written.items()})
    again = load_scenario(path).make().demand_engine
    assert {name: plain(getattr(again, name)) for name in written} == {n: plain(v) for n, v in written.items()}


@every
def test_its_page_has_its_row(key: str) -> None:
    page = (PROJECT / "docs" / "demand.md").read_text(encoding="utf-8")
    (row,) = re.findall(rf"^\| `{key}` \| ([^|]*) \| ([^|]*) \|$", page, re.MULTILINE)
    held = default(key)
    in_words = {
        "effects": "by `type`",
        "base_mu": "each link's own",
        "external_series": "none",
        "seasonal_freq": "2π/30",
    }
    shown = f"`{held}`" if isinstance(held, bool) else f"{held:g}" if key in NUMBERS and held is not None else ""
    assert row[0] == in_words.get(key, shown)
    assert ("the release has none" in row[1]) == (not ROWS[key].in_release)


@every_number
def test_a_number_out_of_its_range_is_refused_by_every_face_and_changes_nothing(key: str, tmp_path: Path) -> None:
    bad = refused(key)
    assert {"nan", "inf"} <= {str(number) for number in bad}
    engine = DemandEngine()
    saved = CoreEnv("serial", num_periods=PERIODS)
    saved.reset(seed=1)
    snapshot = saved.snapshot()
    for number in bad:
        with pytest.raises(ValueError, match=key):
            setattr(engine, key, number)
        assert getattr(engine, key) == getattr(DemandEngine(), key)
        with pytest.raises(ValueError, match=key):
            CoreEnv("serial", {key: number})
        with pytest.raises(ValueError, match=key):
            CoreEnv("serial", {"links": {LINK: {key: number}}})
        with pytest.raises(ValueError, match=key):
            saved.restore({**snapshot, "demand": {**snapshot["demand"], key: number}})
        with pytest.raises(ValueError, match=key):
            DomainRandomizationWrapper(saved, **({**randomization(key), **out_of_range(key, number)}))
        with pytest.raises(ValueError, match=key):
            InvMgmtVectorEnv(2, scenario="serial", randomize=out_of_range(key, number))
        spelled = {"nan": ".nan", "inf": ".inf"}.get(str(number), str(number))
        path = tmp_path / "bad.yaml"
        path.write_text(f"network: serial\ndemand:\n  {key}: {spelled}\nnum_periods: 20\n")
        with pytest.raises(ValueError, match=rf"(?s)(:3|line 3).*{key}"):
            load_scenario(path)
        assert main(["simulate", "--network=serial", "--goodwill", f"--{key.replace('_', '-')}={number}"]) == 1


def out_of_range(key: str, number: float) -> dict[str, Any]:
    return {"noise_scale_range": (number, number)} if key == "noise_scale" else {key: number}


@pytest.mark.parametrize("sentiment", [-0.1, float("nan"), float("inf")])
def test_a_sentiment_that_is_none_is_refused_and_the_one_in_force_stays(sentiment: float) -> None:
    env = CoreEnv("serial", {"use_goodwill": True}, num_periods=PERIODS)
    env.reset(seed=1)
    env.step([20.0] * 3)
    before = env.demand_engine.sentiment
    with pytest.raises(ValueError, match=r"sentiment is (-0.1|NaN|inf); expected a finite number >= 0"):
        env.demand_engine.sentiment = sentiment
    assert env.demand_engine.sentiment == before
    snapshot = env.snapshot()
    snapshot["row"] = np.array([*snapshot["row"]])
    snapshot["row"][env.observation_labels.index("sentiment")] = sentiment
    with pytest.raises(ValueError, match=r"the snapshot's (sentiment is -0.1|row is damaged)"):
        env.restore(snapshot)


def test_a_user_s_engine_that_feels_nonsense_stops_the_step() -> None:
    class Moody(DemandEngine):
        def update_goodwill(self, unfulfilled_qty: float) -> None:
            self.__dict__["mood"] = -1.0

        @property
        def sentiment(self) -> float:
            return self.__dict__.get("mood", 1.0)

        @sentiment.setter
        def sentiment(self, sentiment: float) -> None:
            self.__dict__["mood"] = sentiment

    env = CoreEnv("serial", num_periods=PERIODS)
    env.demand_engine = Moody()
    env.reset(seed=1)
    env.step([20.0] * 3)
    with pytest.raises(ValueError, match=r"sentiment is -1; expected a finite number >= 0"):
        env.step([20.0] * 3)


def test_an_unknown_number_of_a_randomisation_is_refused_by_name() -> None:
    for wrong in ({"seasonal_phse": 1.0}, {"noise_scale": 1.0}):
        with pytest.raises(TypeError, match=r"unknown argument '(seasonal_phse|noise_scale)'; known: .*seasonal_phase"):
            DomainRandomizationWrapper(CoreEnv("serial"), **wrong)
        with pytest.raises(TypeError, match=r"randomize has an unknown argument"):
            InvMgmtVectorEnv(2, scenario="serial", randomize=wrong)
