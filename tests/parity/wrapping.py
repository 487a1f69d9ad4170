"""Wrappers the differential test plays through; this file runs beside the release and beside ours."""

from __future__ import annotations

from typing import Any

import numpy as np

#: Wrappers with their arguments; "heuristic" and "rule" ask for the heuristic below.
WRAPPERS: list[tuple[str, dict[str, Any]]] = [
    ("DomainFeatureWrapper", {}),
    ("DomainFeatureWrapper", {"is_blind": True}),
    ("DomainFeatureWrapper", {"enhanced": True}),
    ("DomainFeatureWrapper", {"enhanced": True, "is_blind": True}),
    ("DomainFeatureWrapper", {"enhanced": True, "grouped": True}),
    ("DomainFeatureWrapper", {"enhanced": True, "pipeline_feats": True}),
    ("DomainFeatureWrapper", {"enhanced": True, "grouped": True, "pipeline_feats": True}),
    ("GraphOnlyWrapper", {}),
    ("GraphOnlyWrapper", {"is_blind": True}),
    ("MultiAgentWrapper", {}),
    ("TemporalFrameStack", {"n_history": 3}),
    ("ResidualGraphWrapper", {}),
    ("ResidualGraphWrapper", {"heuristic_agent": "heuristic", "max_residual": 15.0, "is_blind": True}),
    ("ResidualActionWrapper", {"heuristic_fn": "rule", "max_residual": 12.0}),
    ("ProportionalResidualWrapper", {"heuristic_agent": "heuristic", "max_pct": 0.3, "reward_lambda": 0.5}),
    ("DomainRandomizationWrapper", {}),
    ("DomainRandomizationWrapper", {"external_series_prob": 0.6, "base_mu": 12.0, "trend_slope": 0.1}),
    ("DomainRandomizationWrapper", {"demand_types": ["shock"], "shock_time": 3, "randomize_backlog": False}),
]


class Heuristic:
    """Orders that depend on the observation and on the period."""

    def __init__(self, links: int) -> None:
        """Orders on this many links."""
        self.links = links

    def get_action(self, observation: Any, period: int) -> Any:
        """Orders of a decision [units]."""
        return 3.0 + 0.25 * np.arange(self.links) + 0.5 * period + 0.1 * float(observation[0])

    def rule(self, observation: Any, period: int, _env: Any) -> Any:
        """The same as a function with the environment as its third argument."""
        return self.get_action(observation, period)


def wrapped(env: Any, wrapper: Any, package: Any) -> Any:
    """The environment in a wrapper of a package; ``wrapper`` is a name with arguments, or nothing."""
    if wrapper is None:
        return env
    name, arguments = wrapper
    heuristic = Heuristic(len(env.unwrapped.network.reorder_links))
    parts = {"heuristic": heuristic, "rule": heuristic.rule}
    chosen = {key: parts.get(value, value) if isinstance(value, str) else value for key, value in arguments.items()}
    return getattr(package, name)(env, **chosen)


def corrects_a_heuristic(wrapper: Any) -> bool:
    """Whether actions are corrections rather than orders."""
    return wrapper is not None and any(str(key).startswith("heuristic") for key in wrapper[1])
