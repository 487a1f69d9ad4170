"""Wrappers around the single environment."""

from gym_invmgmt.wrappers.action_wrappers import IntegerActionWrapper
from gym_invmgmt.wrappers.domain_features import DomainFeatureWrapper
from gym_invmgmt.wrappers.domain_randomization import DomainRandomizationWrapper
from gym_invmgmt.wrappers.graph_only_wrapper import GraphOnlyWrapper
from gym_invmgmt.wrappers.logging_wrappers import EpisodeLoggerWrapper
from gym_invmgmt.wrappers.multi_agent import MultiAgentWrapper
from gym_invmgmt.wrappers.residual_action import ProportionalResidualWrapper, ResidualActionWrapper
from gym_invmgmt.wrappers.residual_graph_wrapper import ResidualGraphWrapper
from gym_invmgmt.wrappers.temporal_frame_stack import TemporalFrameStack

__all__ = [
    "DomainFeatureWrapper",
    "DomainRandomizationWrapper",
    "EpisodeLoggerWrapper",
    "GraphOnlyWrapper",
    "IntegerActionWrapper",
    "MultiAgentWrapper",
    "ProportionalResidualWrapper",
    "ResidualActionWrapper",
    "ResidualGraphWrapper",
    "TemporalFrameStack",
]
