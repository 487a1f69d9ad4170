"""Wrappers around the single environment."""

from gym_invmgmt.wrappers.action_wrappers import IntegerActionWrapper
from gym_invmgmt.wrappers.domain_randomization import DomainRandomizationWrapper
from gym_invmgmt.wrappers.feature_wrappers import (
    DomainFeatureWrapper,
    GraphOnlyWrapper,
    MultiAgentWrapper,
    ResidualGraphWrapper,
)
from gym_invmgmt.wrappers.frame_stack import TemporalFrameStack
from gym_invmgmt.wrappers.logging_wrappers import EpisodeLoggerWrapper
from gym_invmgmt.wrappers.residual_wrappers import ProportionalResidualWrapper, ResidualActionWrapper

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
