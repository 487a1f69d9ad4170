"""One agent per managed node: the network as a PettingZoo ``ParallelEnv`` (extra ``marl``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from gym_invmgmt._checks import unmasked
from gym_invmgmt._extras import extra
from gym_invmgmt._warnings import warn
from gym_invmgmt.core_env import RESET_OPTIONS, CoreEnv

if TYPE_CHECKING:
    _ParallelEnv: Any = object
else:
    try:
        from pettingzoo import ParallelEnv as _ParallelEnv
    except ModuleNotFoundError:
        # The module can be imported without the extra; making an environment says what is missing.
        _ParallelEnv = object

Array = NDArray[Any]
_REWARDS = ("own", "shared")


class InvMgmtParallelEnv(_ParallelEnv):  # type: ignore[misc]
    """A supply network run by its nodes: each managed node is an agent that sees its own books and orders for itself.

    Played by :class:`~gym_invmgmt.core_env.CoreEnv`: put together, the agents' actions give its episodes number for
    number.

    **Agents** are called ``node_1``, ``node_2`` and so on, by the ids of the managed nodes. Where there are several
    products a node is one agent all the same: what is said below of a node is said of each of its stock points, product
    by product, and its recipes are orders of its own.

    **Observations** are float64 vectors (names: :meth:`observation_labels`), all of what the node itself can see:
    its stock [units]; per incoming link with lead time L the L orders on their way, the next to arrive first [units];
    per outgoing link the quantity its customers wanted in the period just played [units] and what they received
    [units]; per market it serves the unmet demand [units]; and the periods played. On networks with mechanisms also its
    requests on their way, what it is owed and what it owes, customers who wait, stock and incoming goods by the periods
    of selling they have left, and what fails on its links; its buyers' requests once they are read.

    **Actions** are those of ``action_mode`` for one node: in ``raw``, ``scaled`` and ``integer`` a number per
    incoming link, in ``base-stock`` one, in ``ss`` two, in ``levels-and-shares`` one, and one per
    supplier where there are several (names: :meth:`action_labels`).

    **Rewards** with ``reward="own"`` are the node's own profit, so that they sum to the network's; with ``"shared"``
    each agent gets the profit of the whole network [money].

    Args:
        reward: ``"own"`` or ``"shared"``.
        **arguments: those of ``CoreEnv``, ``action_mode`` and ``terminate_at_horizon`` among them.

    Raises:
        ModuleNotFoundError: PettingZoo is not installed; the message says what to install. ValueError, TypeError: an
        argument that cannot be used.
    """

    metadata: ClassVar[dict[str, Any]] = {
        "name": "invmgmt_v0",
        "render_modes": ["human", "ansi", "rgb_array"],
        "render_fps": 4,
        "is_parallelizable": True,
    }

    def __init__(self, *, reward: str = "own", **arguments: Any) -> None:
        extra("pettingzoo", "marl")
        if reward not in _REWARDS:
            raise ValueError(f"reward is {reward!r}; expected one of {', '.join(_REWARDS)}")
        self.reward = reward
        #: The environment that is played.
        self.env = CoreEnv(**arguments)
        self.render_mode = self.env.render_mode
        network = self.env.network
        places = network._native.places
        self._nodes_of: dict[str, list[Any]] = {}
        for node in network.main_nodes.tolist():
            self._nodes_of.setdefault(f"node_{places[network.node_map[node]]}", []).append(node)
        self.possible_agents = list(self._nodes_of)
        self.agents: list[str] = []
        self._entries = {agent: self._entries_of(nodes) for agent, nodes in self._nodes_of.items()}
        self._columns = {agent: [network.node_map[node] for node in nodes] for agent, nodes in self._nodes_of.items()}
        self.action_spaces = {agent: _part_of(self.env.action_space, rows) for agent, rows in self._entries.items()}
        self.observation_spaces: dict[str, gym.Space[Any]] = {}
        self._labels: dict[str, list[str]] = {}
        self._views: dict[str, tuple[Array, Array, Array]] = {}
        for agent, nodes in self._nodes_of.items():
            self._views[agent], self._labels[agent] = self._view_of(nodes)
            length = len(self._labels[agent])
            self.observation_spaces[agent] = gym.spaces.Box(-np.inf, np.inf, (length,), np.float64)

    def _entries_of(self, nodes: list[Any]) -> list[int]:
        """Positions of an agent's numbers in an action of the whole network."""
        network, mode = self.env.network, self.env.action_mode
        managed = network.main_nodes.tolist()
        positions = [managed.index(node) for node in nodes]
        if mode == "base-stock":
            return positions
        if mode == "ss":
            return [*positions, *(len(managed) + position for position in positions)]
        links = [link for node in nodes for _, link, _ in network.pred_reorder_indices[node]]
        if mode == "levels-and-shares":
            words = [network._native.link_words[network.network_map[network.reorder_links[link]]] for link in links]
            shares = {f"share[{name}]" for name in words}
            return [*positions, *(place for place, label in enumerate(self.env.action_labels) if label in shares)]
        return links

    def _view_of(self, nodes: list[Any]) -> tuple[tuple[Array, Array, Array], list[str]]:
        """What an agent sees: entries of the whole observation, supply links and all links it delivers on; their names.

        Of the whole observation it sees what is said of itself, of the links it buys on, and of the markets it serves.
        """
        network, labels = self.env.network, self.env.observation_labels
        # What a node makes for itself it delivers to nobody.
        outgoing = [network.network_links[link] for node in nodes for _, link in network.succ_network_indices[node]]
        outgoing = [edge for edge in outgoing if edge[1] not in nodes]
        numbers = network._native.state_numbers()[: len(labels)]
        owners = [of for _, of, _ in numbers]
        own = [entry for entry, of in enumerate(owners) if len(of) == 1 and of[0] in nodes]
        own += [entry for entry, of in enumerate(owners) if len(of) == 2 and of[1] in nodes]
        for market in outgoing:
            if market in network.retail_map:
                own += [entry for entry, of in enumerate(owners) if of == market]
        supplied = [edge for edge in outgoing if edge in network.reorder_map]
        # What it owes its buyers, and what fails on links that it buys or delivers on.
        own += [entry for entry, (part, of, _) in enumerate(numbers) if part == "owed" and of in supplied]
        touches = [any(node in edge for edge in edges for node in nodes) for edges in network._native.failing_links()]
        own += [entry for entry, (part, _, chain) in enumerate(numbers) if part == "up" and touches[(chain or 1) - 1]]
        # A request is known to the supplier once it is read.
        delays = {of: slot or 0 for part, of, slot in numbers if part == "requested"}
        words = network._native.link_words
        names = [labels[entry] for entry in own] + [f"wanted[{words[network.network_map[edge]]}]" for edge in supplied]
        names += [f"delivered[{words[network.network_map[edge]]}]" for edge in outgoing] + ["period"]
        view = (
            np.array(own, dtype=np.intp),
            np.array([(delays.get(edge, 0), network.reorder_map[edge]) for edge in supplied], np.intp).reshape(-1, 2),
            np.array([network.network_map[edge] for edge in outgoing], dtype=np.intp),
        )
        return view, names

    def observation_space(self, agent: str) -> gym.Space[Any]:
        """The space of an agent's observations."""
        return self.observation_spaces[agent]

    def action_space(self, agent: str) -> gym.Space[Any]:
        """The space of an agent's actions."""
        return self.action_spaces[agent]

    def observation_labels(self, agent: str) -> list[str]:
        """What each entry of an agent's observation is."""
        return list(self._labels[agent])

    def action_labels(self, agent: str) -> list[str]:
        """What each entry of an agent's action is."""
        labels = self.env.action_labels
        return [labels[entry] for entry in self._entries[agent]]

    @property
    def state_space(self) -> gym.Space[Any]:
        """The space of :meth:`state`."""
        return self.env.observation_space

    def state(self) -> Array:
        """The observation of the whole network, for training with a central critic."""
        return np.array(self.env.state)

    def reset(
        self, seed: int | None = None, options: Mapping[str, Any] | None = None
    ) -> tuple[dict[str, Array], dict[str, dict[str, Any]]]:
        """Begins an episode; seed and options are those of ``CoreEnv.reset``.

        PettingZoo's contract leaves options to the environment, and its own tests pass one that no environment has:
        what is unknown here is warned of and left out.

        Returns:
            Observations and empty infos, by agent.
        """
        if isinstance(options, Mapping):
            unknown = [name for name in options if name not in RESET_OPTIONS]
            if unknown:
                warn(f"options of reset without effect: {unknown}; known: {', '.join(RESET_OPTIONS)}")
            options = {name: options[name] for name in options if name in RESET_OPTIONS}
        observation, _ = self.env.reset(seed=seed, options=options)
        self.agents = list(self.possible_agents)
        return self._observations(observation), {agent: {} for agent in self.agents}

    def step(
        self, actions: Mapping[str, Any]
    ) -> tuple[dict[str, Array], dict[str, float], dict[str, bool], dict[str, bool], dict[str, dict[str, Any]]]:
        """Plays one period.

        Args:
            actions: an action for every agent.

        Returns:
            Observations, rewards [money], terminations, truncations and infos, by agent. At the end of the episode
            ``agents`` is empty. An info holds ``network_profit``, the profit of the whole network [money].

        Raises:
            ValueError: an agent without an action, an action of an unknown agent, of the wrong shape or with a number
            that is not finite; nothing is changed then. RuntimeError: the episode is over, or none has begun.
        """
        if not self.agents:
            raise RuntimeError("no agent is at work: the episode is over or none has begun; call reset first")
        action = self._joined(actions)
        played = self.env.period
        observation, profit, terminated, truncated, _ = self.env.step(action)
        agents = self.agents
        earned = self.env.P[played]
        rewards = {
            agent: float(earned[self._columns[agent]].sum()) if self.reward == "own" else float(profit)
            for agent in agents
        }
        observations = self._observations(observation)
        if terminated or truncated:
            self.agents = []
        return (
            observations,
            rewards,
            dict.fromkeys(agents, bool(terminated)),
            dict.fromkeys(agents, bool(truncated)),
            {agent: {"network_profit": float(profit)} for agent in agents},
        )

    def _joined(self, actions: Mapping[str, Any]) -> Array:
        """The agents' actions as one action of the network."""
        unknown = [agent for agent in actions if agent not in self._entries]
        missing = [agent for agent in self.agents if agent not in actions]
        if unknown or missing:
            found = f"{unknown[0]!r} is no agent" if unknown else f"{missing[0]!r} has no action"
            raise ValueError(
                f"actions: {found}; expected one for each of {', '.join(self.agents)}. Nothing was changed"
            )
        joined = np.zeros(self.env.action_space.shape or (), dtype=self.env.action_space.dtype)
        for agent, entries in self._entries.items():
            action = np.asarray(unmasked(f"actions[{agent!r}]", actions[agent]))
            if action.shape != (len(entries),):
                raise ValueError(
                    f"actions[{agent!r}] has shape {action.shape}; expected ({len(entries)},): "
                    f"{', '.join(self.action_labels(agent))}. Nothing was changed"
                )
            joined[entries] = action
        return joined

    def _observations(self, observation: Array) -> dict[str, Array]:
        """What each agent sees."""
        played = self.env.period
        requests = np.maximum(self.env.action_log, 0.0)
        delivered = self.env.S[played - 1] if played else np.zeros(self.env.S.shape[1])
        seen = {}
        for agent, (own, supplied, outgoing) in self._views.items():
            made = [(played - 1 - delay, link) for delay, link in supplied.tolist()]
            wanted = [requests[period, link] if period >= 0 else 0.0 for period, link in made]
            seen[agent] = np.concatenate([observation[own], wanted, delivered[outgoing], [float(played)]])
        return seen

    def render(self) -> Any:
        """Shows the last period played, as ``CoreEnv.render``."""
        return self.env.render()

    def close(self) -> None:
        """Closes the environment that is played."""
        self.env.close()


def _part_of(space: gym.Space[Any], entries: list[int]) -> gym.Space[Any]:
    """Some entries of a space of vectors."""
    if isinstance(space, gym.spaces.MultiDiscrete):
        return gym.spaces.MultiDiscrete(space.nvec[entries])
    assert isinstance(space, gym.spaces.Box)
    return gym.spaces.Box(space.low[entries], space.high[entries], dtype=space.dtype.type)


__all__ = ["InvMgmtParallelEnv"]
