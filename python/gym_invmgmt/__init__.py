"""Multi-echelon inventory simulation and benchmark: a Rust engine under the Gymnasium API.

>>> import gymnasium as gym
>>> import gym_invmgmt
>>> env = gym.make("GymInvMgmt/Serial-v0")
>>> observation, info = env.reset(seed=42)
>>> observation, reward, terminated, truncated, info = env.step([20.0, 20.0, 20.0])
>>> round(reward, 2)
31.62
"""

from importlib.metadata import version as _version

from gym_invmgmt import data, policies, textbook
from gym_invmgmt.benchmarking import Benchmark, benchmark
from gym_invmgmt.core_env import CoreEnv, Ledger
from gym_invmgmt.data_adapters import (
    DatasetScenarioSpec,
    external_series_spec,
    hierarchy_csv_to_tree_topology_yaml,
    long_demand_csv_to_spec,
    m5_wide_csv_to_spec,
    retail_store_csv_to_star_topology_yaml,
    topology_csvs_to_yaml,
    wide_demand_csv_to_spec,
    write_metadata,
)
from gym_invmgmt.demand_engine import DemandEngine
from gym_invmgmt.environments import make_custom_env
from gym_invmgmt.estimates import Estimate, estimate
from gym_invmgmt.network_topology import SupplyChainNetwork
from gym_invmgmt.optima import ExactSolution, TablePolicy, exact
from gym_invmgmt.optimization import OptimizationResult, optimize
from gym_invmgmt.planning import Plan, plan
from gym_invmgmt.rollouts import rollout
from gym_invmgmt.scenarios import Scenario, load_scenario
from gym_invmgmt.snapshot import load_snapshot, save_snapshot
from gym_invmgmt.utils import compute_bullwhip, compute_kpis, compute_node_kpis, run_episode
from gym_invmgmt.vector_env import InvMgmtVectorEnv
from gym_invmgmt.visualization import plot_network
from gym_invmgmt.wrappers import EpisodeLoggerWrapper, IntegerActionWrapper

__version__ = _version("gym-invmgmt")

__all__ = [
    "Benchmark",
    "CoreEnv",
    "DatasetScenarioSpec",
    "DemandEngine",
    "EpisodeLoggerWrapper",
    "Estimate",
    "ExactSolution",
    "IntegerActionWrapper",
    "InvMgmtVectorEnv",
    "Ledger",
    "OptimizationResult",
    "Plan",
    "Scenario",
    "SupplyChainNetwork",
    "TablePolicy",
    "__version__",
    "benchmark",
    "compute_bullwhip",
    "compute_kpis",
    "compute_node_kpis",
    "data",
    "estimate",
    "exact",
    "external_series_spec",
    "hierarchy_csv_to_tree_topology_yaml",
    "load_scenario",
    "load_snapshot",
    "long_demand_csv_to_spec",
    "m5_wide_csv_to_spec",
    "make_custom_env",
    "optimize",
    "plan",
    "plot_network",
    "policies",
    "retail_store_csv_to_star_topology_yaml",
    "rollout",
    "run_episode",
    "save_snapshot",
    "textbook",
    "topology_csvs_to_yaml",
    "wide_demand_csv_to_spec",
    "write_metadata",
]
