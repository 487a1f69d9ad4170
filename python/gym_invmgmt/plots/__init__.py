"""Pictures of networks and episodes. Every function returns a matplotlib figure; nothing is shown or left open.

A picture of an episode is drawn from the environment after it, wrapped or not, or from a :class:`Record`, which
:func:`load_record` reads from a file. Importing this package imports matplotlib; ``import gym_invmgmt`` does not.
"""

from gym_invmgmt.plots.behaviour import bullwhip, goodwill, lead_time_response
from gym_invmgmt.plots.dashboard import kpi_dashboard
from gym_invmgmt.plots.heatmaps import inventory_heatmap, pipeline_heatmap
from gym_invmgmt.plots.mechanisms import mechanisms
from gym_invmgmt.plots.money import profit_by_node, reward_breakdown
from gym_invmgmt.plots.moving import frames, write_video
from gym_invmgmt.plots.networks import draw_network, network
from gym_invmgmt.plots.orders import requested_and_filled
from gym_invmgmt.plots.record import Record, load_record, record_of
from gym_invmgmt.plots.scenarios import demand_scenarios

__all__ = [
    "Record",
    "bullwhip",
    "demand_scenarios",
    "draw_network",
    "frames",
    "goodwill",
    "inventory_heatmap",
    "kpi_dashboard",
    "lead_time_response",
    "load_record",
    "mechanisms",
    "network",
    "pipeline_heatmap",
    "profit_by_node",
    "record_of",
    "requested_and_filled",
    "reward_breakdown",
    "write_video",
]
