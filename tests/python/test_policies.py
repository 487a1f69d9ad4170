"""Policies by name as callables: they play exactly as the name does in a rollout."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from test_rollouts import kpis
from vectors import CASES, random_networks

from gym_invmgmt import CoreEnv, DemandEngine, compute_kpis, policies, rollout, run_episode

pytestmark = pytest.mark.filterwarnings("ignore:external_series has only")

SEEDS = [5, 0, 2**40]
LEVELLED = ["newsvendor", "ss", "exp-smoothing", "echelon-basestock"]


def names(managed: int) -> list[str]:
    """A name of every form, for a network with this many managed nodes."""
    levels = [40.5 + 13 * node for node in range(managed)]
    joined = ",".join(map(str, levels))
    pairs = ",".join(f"{level / 2}/{level}" for level in levels)
    own = ["constant:20", f"basestock:{joined}", f"echelon:{joined}", f"ss:{pairs}"]
    return own + [f"{rule}:{level}" for rule in LEVELLED for level in ("blind", "informed")]


def check(env: CoreEnv, arguments: dict[str, Any], name: str, tolerance: float = 0.0) -> None:
    policy = policies.make(name, env)
    by_name = rollout(arguments, name, SEEDS)
    together = rollout(arguments, policies.make(name, arguments), SEEDS)
    assert (policy.name, policy.information) == (name, by_name["information"])
    assert together["information"] == by_name["information"]
    np.testing.assert_equal(kpis(together), kpis(by_name))
    for position, seed in enumerate(SEEDS):
        run_episode(env, policy, seed=seed)
        found = compute_kpis(env)
        expected = {key: by_name[key][position] for key in found}
        assert found == pytest.approx(expected, rel=tolerance, abs=0.0), (name, seed)


@pytest.mark.parametrize("case", CASES)
def test_every_name_plays_as_its_rollout_bit_for_bit(case: str) -> None:
    arguments = CASES[case]
    env = CoreEnv(**arguments)
    for name in names(len(env.network.main_nodes)):
        check(env, arguments, name)


def test_on_random_networks_too(tmp_path: Any) -> None:
    for path in random_networks(tmp_path, seed=6, count=6):
        arguments = {"scenario": "custom", "config_path": path, "num_periods": 10}
        env = CoreEnv(**arguments)
        for name in names(len(env.network.main_nodes)):
            # Here the record of an episode and a rollout add up profits in different orders, whoever decides.
            check(env, arguments, name, tolerance=1e-12)


def test_an_observation_out_of_the_blue_is_read_as_it_stands() -> None:
    """By hand: 100 on hand, 20 on order in two slots, nothing owed: 30 are lacking to 150."""
    env = CoreEnv("serial")
    policy = policies.make("basestock:150,0,0", env)
    observation, _ = env.reset(seed=1)
    observation = np.array(observation)
    labels = env.observation_labels
    observation[[position for position, label in enumerate(labels) if label.startswith("in_transit[2 -> 1")][:2]] = 10
    observation[labels.index("period")] = 7
    assert policy(observation).tolist() == [30.0, 0.0, 0.0]
    # Shown again, and in single precision, it is the same.
    assert policy(observation).tolist() == policy(observation.astype(np.float32)).tolist() == [30.0, 0.0, 0.0]


def test_a_policy_is_of_the_environment_as_it_was_when_made() -> None:
    env = CoreEnv("serial", {"noise_scale": 0})
    assert policies.make("newsvendor:informed", env).information == "clairvoyant"
    env.demand_engine.noise_scale = 1.0
    assert policies.make("newsvendor:informed", env).information == "published-informed"
    assert policies.make("newsvendor:blind", env).information == "published-blind"
    assert repr(policies.make("constant:3", env)) == "<policy 'constant:3', blind>"


class Doubled(DemandEngine):
    def get_current_mu(self, t: int) -> float:
        return 2.0 * super().get_current_mu(t)


def test_what_cannot_be_made_or_shown_is_refused_by_name() -> None:
    env = CoreEnv("serial")

    def refused(error: type[Exception], message: str) -> Any:
        return pytest.raises(error, match=re.escape(message))

    with refused(ValueError, "unknown policy 'newsvendr:blind' (did you mean 'newsvendor'?)"):
        policies.make("newsvendr:blind", env)
    with refused(ValueError, "newsvendor has no information level 'clever'; expected newsvendor:blind or :informed"):
        policies.make("newsvendor:clever", env)
    with refused(ValueError, "ss has 1 number; expected 3 levels, one per managed node: 1, 2, 3"):
        policies.make("ss:1/2", env)
    with refused(TypeError, "name is a int; expected a policy by name"):
        policies.make(3, env)  # type: ignore[arg-type]
    with refused(TypeError, "env is a int; expected a CoreEnv"):
        policies.make("constant:3", 3)  # type: ignore[arg-type]
    policy = policies.make("constant:3", env)
    with refused(ValueError, "an observation has 4 entries; constant:3 was made for a network with 15"):
        policy(np.zeros(4))
    with refused(ValueError, "constant:3: observations have shape (2, 15); expected (observation,)"):
        policy(np.zeros((2, 15)))
    with refused(ValueError, "constant:3: observations have shape (15,); expected (rows, observation)"):
        policy.batch(np.zeros(15))
    with refused(ValueError, "seed is -1; expected a whole number >= 0"):
        policy.reset(-1)
    env.demand_engine = Doubled()
    with refused(ValueError, "demand_engine is a Doubled with methods of its own"):
        policies.make("constant:3", env)
