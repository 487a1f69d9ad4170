"""Wrappers around the single environment."""

from gym_invmgmt.wrappers.action_wrappers import IntegerActionWrapper
from gym_invmgmt.wrappers.logging_wrappers import EpisodeLoggerWrapper

__all__ = ["EpisodeLoggerWrapper", "IntegerActionWrapper"]
