"""Feature, residual and stacking wrappers: the release's recordings, sums by hand, and the vector environment."""

from __future__ import annotations

import copy
import importlib
import json
import pickle
import re
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import SyncVectorEnv
from helpers import played_by_hand
from vectors import CASES, MANY, MODES, assert_equal, play_side_by_side, random_networks, stagger

import gym_invmgmt.wrappers
from gym_invmgmt import CoreEnv, DemandEngine, InvMgmtVectorEnv
from gym_invmgmt.wrappers import (
    DomainFeatureWrapper,
    GraphOnlyWrapper,
    MultiAgentWrapper,
    ProportionalResidualWrapper,
    ResidualActionWrapper,
    ResidualGraphWrapper,
    TemporalFrameStack,
)

RECORDINGS = sorted((Path(__file__).parents[1] / "golden" / "wrappers").glob("*.json"))
RECORDINGS = [path for path in RECORDINGS if path.stem != "domain_randomization"]


class Seven:
    """Orders 7, 8, 9, ... on the links in their order."""

    def __init__(self, links: int) -> None:
        self.orders = 7.0 + np.arange(links)

    def get_action(self, observation: Any, period: int) -> Any:
        return self.orders


def wrapped(name: str, env: CoreEnv) -> gym.Env[Any, Any]:
    """The wrapper a recording's name asks for."""
    heuristic = Seven(len(env.network.reorder_links))
    blind = "blind1" in name or "_blind_" in name
    if name.startswith("features"):
        layout = name.split("_")[1]
        return DomainFeatureWrapper(
            env, is_blind=blind, enhanced=layout != "v1", grouped=layout == "v3", pipeline_feats=layout == "v4"
        )
    if name.startswith("residual_graph_heuristic"):
        return ResidualGraphWrapper(env, heuristic_agent=heuristic)
    if name.startswith("residual_graph"):
        return ResidualGraphWrapper(env)
    if name.startswith("residual_action"):
        return ResidualActionWrapper(env, lambda seen, period, core: heuristic.orders, max_residual=20.0)
    if name.startswith("proportional"):
        return ProportionalResidualWrapper(env, heuristic)
    if name.startswith("graph_only"):
        return GraphOnlyWrapper(env, is_blind=blind)
    if name.startswith("multi_agent"):
        return MultiAgentWrapper(env)
    assert name.startswith("frame_stack3")
    return TemporalFrameStack(env, n_history=3)


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
def test_recorded_episodes_are_reproduced(path: Path) -> None:
    recorded = json.loads(path.read_text(encoding="utf-8"))
    arguments = {name: recorded[name] for name in ("scenario", "backlog", "demand_config", "num_periods")}
    env: Any = wrapped(path.stem, CoreEnv(**arguments))
    assert list(env.observation_space.shape) == recorded["observation_shape"]
    assert env.action_space.low.tolist() == recorded["action_low"]
    assert env.action_space.high.tolist() == recorded["action_high"]
    seen = [env.reset(seed=recorded["seed"])[0]]
    for action, reward, expected in zip(recorded["actions"], recorded["rewards"], recorded["info"], strict=True):
        observation, found, _, _, info = env.step(np.array(action))
        seen.append(observation)
        assert found == pytest.approx(reward, abs=1e-9)
        assert info.keys() >= expected.keys()
        for key, value in expected.items():
            np.testing.assert_allclose(info[key], value, rtol=0, atol=1e-9, err_msg=key)
    np.testing.assert_allclose(seen, recorded["observations"], rtol=1e-12, atol=1e-9)
    np.testing.assert_allclose(env.unwrapped.action_log, recorded["action_log"], rtol=0, atol=1e-9)


#: A layout by its name, and the wrapper that gives it.
LAYOUTS: dict[str, Any] = {
    "domain-v1": lambda env, blind: DomainFeatureWrapper(env, is_blind=blind),
    "domain-v2": lambda env, blind: DomainFeatureWrapper(env, is_blind=blind, enhanced=True),
    "domain-v3": lambda env, blind: DomainFeatureWrapper(env, is_blind=blind, enhanced=True, grouped=True),
    "domain-v4": lambda env, blind: DomainFeatureWrapper(env, is_blind=blind, enhanced=True, pipeline_feats=True),
    "domain-v4-grouped": lambda env, blind: DomainFeatureWrapper(
        env, is_blind=blind, enhanced=True, grouped=True, pipeline_feats=True
    ),
    "graph": lambda env, blind: GraphOnlyWrapper(env, is_blind=blind),
    "residual-graph": lambda env, blind: ResidualGraphWrapper(env, is_blind=blind),
    "multi-agent": lambda env, blind: MultiAgentWrapper(env),
}


def pair(layout: str, blind: bool, mode: Any, **arguments: Any) -> tuple[InvMgmtVectorEnv, SyncVectorEnv[Any, Any]]:
    """The vector environment with a layout, and Gymnasium's over wrapped single environments; no `raw_reward`."""

    class Plain(gym.Wrapper[Any, Any, Any, Any]):
        def step(self, action: Any) -> Any:
            *rest, info = self.env.step(action)
            return (*rest, {key: value for key, value in info.items() if key != "raw_reward"})

    name = layout + ("-blind" if blind else "")
    ours = InvMgmtVectorEnv(MANY, observation=name, autoreset_mode=mode, **arguments)
    theirs = SyncVectorEnv([lambda: Plain(LAYOUTS[layout](CoreEnv(**arguments), blind))] * MANY, autoreset_mode=mode)
    return ours, theirs


# The wrapper of local observations has no blind form.
FORMS = [(layout, blind) for layout in LAYOUTS for blind in (False, True) if not (blind and layout == "multi-agent")]


@pytest.mark.parametrize(("layout", "blind"), FORMS)
@pytest.mark.parametrize("case", CASES)
def test_every_row_is_the_wrapped_single_environment(case: str, layout: str, blind: bool) -> None:
    mode = MODES[len(layout) % 3]
    ours, theirs = pair(layout, blind, mode, **CASES[case])
    assert ours.single_observation_space.shape == theirs.single_observation_space.shape
    assert len(ours.observation_labels) == ours.single_observation_space.shape[0]  # type: ignore[index]
    assert_equal(ours.reset(seed=11), theirs.reset(seed=11))
    random = np.random.default_rng(3)
    assert play_side_by_side(ours, theirs, 14, random) > 0
    stagger(ours, theirs, random)


@pytest.mark.parametrize("seed", range(8))
def test_every_row_is_the_wrapped_single_environment_on_random_networks(tmp_path: Path, seed: int) -> None:
    [path] = random_networks(tmp_path, 70 + seed)
    layout = list(LAYOUTS)[seed]
    ours, theirs = pair(layout, False, MODES[seed % 3], config_path=path, num_periods=6)
    assert_equal(ours.reset(seed=11), theirs.reset(seed=11))
    play_side_by_side(ours, theirs, 13, np.random.default_rng(seed))


def test_threads_change_no_feature() -> None:
    one, four = (InvMgmtVectorEnv(600, observation="domain-v4", num_threads=threads) for threads in (1, 4))
    assert_equal(one.reset(seed=1), four.reset(seed=1))
    for _ in range(7):
        assert_equal(one.step(np.full((600, 11), 25.0)), four.step(np.full((600, 11), 25.0)))


def test_single_precision_rounds_features_once() -> None:
    double = InvMgmtVectorEnv(3, observation="domain-v2")
    single = InvMgmtVectorEnv(3, observation="domain-v2", dtype="float32", autoreset_mode="SameStep")
    double.reset(seed=1)
    single.reset(seed=1)
    for _ in range(30):
        found = single.step(np.full((3, 11), 20.0))
        expected = double.step(np.full((3, 11), 20.0))
        wanted = np.stack(list(found[4]["final_obs"])) if "final_obs" in found[4] else found[0]
        np.testing.assert_array_equal(wanted, expected[0].astype(np.float32), strict=True)


def test_a_restored_row_observes_like_a_restored_single_environment() -> None:
    envs = InvMgmtVectorEnv(2, scenario="serial", observation="domain-v2-blind")
    envs.reset(seed=1)
    for _ in range(7):
        envs.step(np.full((2, 3), 20.0))
    saved = envs.snapshot(0)
    env = DomainFeatureWrapper(CoreEnv("serial"), is_blind=True, enhanced=True)
    env.unwrapped.restore(saved)  # type: ignore[attr-defined]
    observation = envs.restore(1, saved)
    np.testing.assert_array_equal(observation[15:], env.features())
    for _ in range(4):
        np.testing.assert_array_equal(envs.step(np.full((2, 3), 20.0))[0][1], env.step(np.full(3, 20.0))[0])


def test_features_of_a_played_shop_are_those_worked_out_by_hand(tmp_path: Path) -> None:
    # The shop after three of three periods: nothing on hand, 5 unmet, demand was 4, 15, 2; supplier a period away.
    env = played_by_hand(tmp_path, demand_config={"base_mu": 7})
    blind = GraphOnlyWrapper(env, is_blind=True)
    assert blind.feature_labels == [
        "inventory_position[shop]", "lead_time_target[shop]", "gap[shop]", "demand_velocity", "time",
    ]  # fmt: skip
    # At the end what is on order no longer counts: 0 - 5. The mean of three periods is 7, two of them make 14.
    assert blind.features().tolist() == [-5.0, 14.0, 19.0, 7.0, 1.0]
    local = MultiAgentWrapper(env)
    assert local.features().tolist() == [0.0, 5.0, 5.0, 7.0, 1.0]
    detailed = DomainFeatureWrapper(env, enhanced=True, pipeline_feats=True)
    np.testing.assert_allclose(
        detailed.features(),
        [-5, 14, 19, 0, 1, 0, 0, 1, 0, 5, 7, 1, 0, 1, 2, 15, 4, 0, 0, 1],
        atol=1e-12,
    )


def test_a_demand_engine_of_ones_own_says_the_mean() -> None:
    class Hundred(DemandEngine):
        def get_current_mu(self, t: int) -> float:
            return 100.0 + t

    env = GraphOnlyWrapper(CoreEnv("serial"))
    env.unwrapped.demand_engine = Hundred({"base_mu": 20})  # type: ignore[attr-defined]
    assert env.reset(seed=1)[0][3] == 500.0
    assert env.step(np.zeros(3))[0][3] == 505.0


def test_wrappers_have_the_releases_attributes() -> None:
    core = CoreEnv("network")
    domain = DomainFeatureWrapper(core, enhanced=True)
    assert (domain.main_nodes, domain.n_node_feats, domain.n_global_feats) == ([1, 2, 3, 4, 5, 6], 8, 10)
    assert domain.n_augmented == 58
    constants = (domain.V1_NODE_FEATS, domain.V1_GLOBAL_FEATS, domain.V2_NODE_FEATS, domain.V4_NODE_FEATS)
    assert constants == (3, 2, 8, 10)
    assert (domain.V2_GLOBAL_FEATS, domain.V2_DEMAND_WINDOW) == (10, 5)
    agents = MultiAgentWrapper(core)
    assert (agents.agent_nodes, agents.n_agents, agents.agent_local_dim[3]) == ([1, 2, 3, 4, 5, 6], 6, 5)
    assert agents.agent_links[2] == [(2, (4, 2)), (4, (5, 2)), (5, (6, 2))]
    graph = GraphOnlyWrapper(core)
    graph.reset(seed=1)
    assert graph.n_main == 6
    np.testing.assert_array_equal(graph._compute_graph_obs(), graph.features())
    np.testing.assert_array_equal(agents._build_local_obs(), agents.features())
    residual = ResidualGraphWrapper(core, Seven(11))
    assert residual.last_heuristic_actions is None
    residual.reset(seed=1)
    assert residual.last_heuristic_actions is not None
    assert residual.last_heuristic_actions.tolist() == Seven(11).orders.tolist()
    assert TemporalFrameStack(core).single_obs_dim == 71


@pytest.mark.parametrize(
    ("module", "names"),
    [
        ("action_wrappers", ["IntegerActionWrapper"]),
        ("domain_features", ["DomainFeatureWrapper"]),
        ("domain_randomization", ["DomainRandomizationWrapper"]),
        ("graph_only_wrapper", ["GraphOnlyWrapper"]),
        ("logging_wrappers", ["EpisodeLoggerWrapper"]),
        ("multi_agent", ["MultiAgentWrapper"]),
        ("residual_action", ["ResidualActionWrapper", "ProportionalResidualWrapper"]),
        ("residual_graph_wrapper", ["ResidualGraphWrapper"]),
        ("temporal_frame_stack", ["TemporalFrameStack"]),
    ],
)
def test_wrappers_are_found_where_the_release_keeps_them(module: str, names: list[str]) -> None:
    found = importlib.import_module(f"gym_invmgmt.wrappers.{module}")
    assert all(getattr(found, name) is getattr(gym_invmgmt.wrappers, name) for name in names)


def test_after_the_end_residual_wrappers_change_nothing() -> None:
    core = CoreEnv("serial", num_periods=1)
    env = ResidualActionWrapper(core, lambda seen, period, inner: {(2, 1): 7.0})
    env.reset(seed=1)
    assert env.step(np.zeros(3))[4]["base_action"].tolist() == [7.0, 0.0, 0.0]
    assert env.step(np.ones(3))[1:] == (0.0, False, True, {})


@pytest.mark.filterwarnings("ignore:.*(observation space|symmetric and normalized).*:UserWarning")
@pytest.mark.parametrize(
    "stem",
    [
        "features_v4_serial",
        "graph_only_serial",
        "multi_agent_serial",
        "frame_stack3_serial",
        "residual_graph_heuristic_serial",
        "residual_action_serial",
        "proportional_serial",
    ],
)
def test_gymnasiums_check_passes_for_wrapped_environments(stem: str) -> None:
    class Whole(gym.Env[Any, Any]):
        """The wrapped environment as one that is not a wrapper, so that the check looks at it and not inside."""

        def __init__(self) -> None:
            self.inner = wrapped(stem, CoreEnv("serial"))
            self.observation_space, self.action_space = self.inner.observation_space, self.inner.action_space

        def reset(self, *, seed: int | None = None, options: Any = None) -> Any:
            super().reset(seed=seed)
            return self.inner.reset(seed=seed)

        def step(self, action: Any) -> Any:
            self.np_random.random()
            return self.inner.step(action)

    check_env(Whole(), skip_render_check=True)


def test_wrapped_environments_can_be_copied_and_pickled() -> None:
    env = TemporalFrameStack(DomainFeatureWrapper(CoreEnv("serial"), enhanced=True), n_history=2)
    env.reset(seed=5)
    twins = [copy.deepcopy(env), pickle.loads(pickle.dumps(env))]
    expected = env.step([20.0, 20.0, 20.0])
    for twin in twins:
        assert_equal(twin.step([20.0, 20.0, 20.0]), expected)


def test_what_cannot_be_wrapped_or_played_is_refused() -> None:
    scaled = CoreEnv("serial", action_mode="scaled")
    for make in (
        lambda: ResidualActionWrapper(scaled, lambda *_: None),
        lambda: ProportionalResidualWrapper(scaled, Seven(3)),
        lambda: ResidualGraphWrapper(scaled, Seven(3)),
    ):
        with pytest.raises(ValueError, match="action_mode 'scaled', expected 'raw'"):
            make()
    with pytest.raises(TypeError, match="GraphOnlyWrapper wraps a CoreEnv, wrapped or not; found a CartPoleEnv"):
        GraphOnlyWrapper(gym.make("CartPole-v1"))
    with pytest.raises(ValueError, match="n_history is 0; expected a whole number >= 1"):
        TemporalFrameStack(CoreEnv("serial"), n_history=0)
    with pytest.raises(ValueError, match=re.escape("observation is 'domain-v9'; expected raw, domain-v1, domain-v2")):
        InvMgmtVectorEnv(2, observation="domain-v9")
    env = ResidualActionWrapper(CoreEnv("serial"), lambda *_: {(9, 9): 1.0})
    env.reset(seed=1)
    with pytest.raises(ValueError, match=re.escape("the heuristic orders on (9, 9), which is no supply link")):
        env.step(np.zeros(3))
    with pytest.raises(ValueError, match="expected 3 finite numbers, one per supply link"):
        env.step(np.array([0.0, np.nan, 0.0]))
    assert env.unwrapped.period == 0  # type: ignore[attr-defined]
