"""The single environment: Gymnasium's API over the native period."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from gym_invmgmt import _native
from gym_invmgmt._action_modes import space_of, to_action, warn_of_simplified
from gym_invmgmt._arguments import ALPHA, BACKLOG, NUM_PERIODS, EnvironmentArguments, Played
from gym_invmgmt._checks import flag, number, reset_options, told_if_busy, whole_number
from gym_invmgmt._laws import MarketLaws
from gym_invmgmt._ledger import Ledger
from gym_invmgmt._warnings import warn
from gym_invmgmt.demand_engine import DemandEngine
from gym_invmgmt.network_topology import Edge, SupplyChainNetwork
from gym_invmgmt.snapshot import Snapshot, generator_of, opened, played_part, snapshot_of, stream_of

if TYPE_CHECKING:
    import networkx as nx
    from matplotlib.figure import Figure

Array = NDArray[np.float64]
#: What the options of a reset may hold.
RESET_OPTIONS = ("demand_config",)
#: Attributes that would do nothing if they were set, and what to do instead.
_FIXED = {
    "network": "edit its graph in place, or make another environment with config_path",
    "action_mode": "its spaces follow from it; make another environment",
    "obs_dim": "it follows from the network",
    "extra_features_dim": "it follows from the network",
}
#: Arguments and parameters of demand that are no attributes: what they say is read and set elsewhere.
_ONLY_ARGUMENTS = {
    "scenario": "make another environment",
    "config_path": "make another environment",
    "user_D": "assign graph.edges[edge]['user_D']",
    "sample_path": "it has none at any time",
    "demand_config": "assign demand_engine, or reset(options={'demand_config': {...}})",
    "env_config": "make another environment",
    **{row.key: f"assign demand_engine.{row.key}" for row in _native.Demand.PARAMETERS},
    "sentiment": "assign demand_engine.sentiment",
}


def _matrix(symbol: str, doc: str) -> Any:
    """A live matrix of the running episode: reads give the array itself, assignment puts another in its place."""

    def read(env: CoreEnv) -> Array:
        return env._episode.matrix(symbol)

    def write(env: CoreEnv, array: Array) -> None:
        env._episode.set_matrix(symbol, array)

    return property(read, write, doc=doc)


def _long_name(symbol: str) -> Any:
    """A read-only long name of a matrix."""
    return property(lambda env: env._episode.matrix(symbol), doc=f"The matrix ``{symbol}``.")


class CoreEnv(gym.Env[Array, Any]):
    """Replenishment of a multi-echelon supply network with uncertain, possibly endogenous demand.

    ## Description

    Raw materials are made into goods by factories, move over distributors to retailers, and are sold to markets.
    Each period the agent requests a quantity on every supply link; suppliers fill what they can from the stock they
    held at the start of the period; deliveries arrive after the link's lead time; customers buy from what retailers
    hold; every managed node's revenue and costs are booked.

    ## Action space

    ``Box(0, max I0 + max C * num_periods, (supply links,), float64)``: the quantity requested per supply link, in the
    order of ``network.reorder_links`` (names: :attr:`action_labels`). Negative requests count as 0. A list and a dict
    ``{(supplier, buyer): quantity}`` are accepted too; links absent from a dict get 0. This is ``action_mode`` raw; in
    the other modes an action is ``Box(-1, 1)`` (scaled quantities, base-stock levels, reorder points and lots,
    levels and shares) or ``MultiDiscrete`` (whole quantities), bounded by :attr:`action_ceilings`.

    ## Observation space

    ``Box(-inf, inf, (n,), float64)``, flat (names: :attr:`observation_labels`): last demand per market link, last
    unmet demand per market link, stock per managed node, for each supply link with lead time L the L orders on their
    way (the next to arrive first), the period and the sentiment. 71 entries for ``network``, 15 for ``serial``.

    ## Reward

    The discounted profit of all managed nodes: sales and internal deliveries, less purchases, holding, operating
    cost, penalties for unmet demand and fixed order costs.

    ## Episode end

    After ``num_periods`` periods the episode is truncated or, with ``terminate_at_horizon``, terminated. A further
    step returns the last observation, reward 0 and the same end.

    ## Arguments

    Args:
        scenario: what is played: a network by name, ``network`` (alias ``base``) or ``serial``; the path of a ``.yaml``
            file, of a network or of a scenario; a problem of a suite, as ``"standard-1/N01"``; or what
            :func:`~gym_invmgmt.load_scenario` read. ``custom`` goes with a ``config_path``. Where a scenario says
            something, it is the default of the argument below that says the same. A dict is taken for ``env_config``.
        demand_config: see :class:`~gym_invmgmt.demand_engine.DemandEngine`.
        render_mode: ``None``, ``"ansi"``, ``"human"`` or ``"rgb_array"``.
        num_periods: length of an episode [periods].
        backlog: whether unmet demand waits (True) or is lost (False).
        alpha: discount factor per period.
        config_path: a YAML network file, or a network already read (as in the ``kwargs`` of a scenario).
        user_D: ``{(retailer, market): series}``, demand that replaces draws [units].
        sample_path: kept and not used.
        env_config: a dict of these arguments, in Ray's manner; its entries win.
        action_mode: ``raw`` (order quantities), ``scaled`` (-1 to 1 for 0 to a ceiling, per supply link),
            ``base-stock`` (-1 to 1 for an order-up-to level, per managed node), ``ss`` (reorder points, then lots),
            ``levels-and-shares`` (levels, then shares per supplier of every node with several) or ``integer`` (whole
            quantities per supply link).
        action_ceilings: what the largest action stands for, per entry [units]; by default what follows from demand,
            lead times, capacities and fixed costs at the time the environment is made.
        terminate_at_horizon: whether the end of an episode is announced as termination (nothing comes after it, so
            learners value it at 0) rather than truncation (learners value what would come after it).

    Raises:
        ValueError: an argument that cannot be used, by name, with what is allowed. TypeError: an unknown argument.
        FileNotFoundError: ``config_path`` is missing.

    ## Version history

    * v0: the dynamics of gym-invmgmt 0.2.1.
    """

    metadata: ClassVar[dict[str, Any]] = {"render_modes": ["human", "ansi", "rgb_array"], "render_fps": 4}  # type: ignore[misc]

    X = _matrix("X", "Stock at the start of each period, shape (T + 1, nodes) [units].")
    Y = _matrix("Y", "Units on order at the start of each period, shape (T + 1, supply links) [units].")
    R = _matrix("R", "Units filled, shape (T, supply links) [units]; orders in transit are read from it.")
    S = _matrix("S", "Units filled on supply links and sold on market links, shape (T, links) [units].")
    D = _matrix("D", "Demand, shape (T, market links) [units].")
    U = _matrix("U", "Unmet demand, shape (T, market links) [units].")
    P = _matrix("P", "Discounted profit, shape (T, nodes) [money].")
    GW = _matrix("GW", "Sentiment in force, shape (T,).")
    action_log = _matrix("action_log", "Quantities requested, shape (T, supply links) [units].")

    unread = _matrix("unread", "Requests that suppliers have not read yet, shape (T + 1, links with a delay) [units].")
    owed = _matrix("owed", "What suppliers owe, shape (T + 1, supply links with requests that wait) [units].")
    waiting = _matrix("waiting", "What customers wait for, shape (T + 1, market links with terms) [units].")
    ages = _matrix("ages", "Stock by periods of selling left, shape (T + 1, managed nodes times life) [units].")
    up = _matrix("up", "1 where what may fail works, else 0, shape (T + 1, what may fail).")
    arrived = _matrix("arrived", "Put into stock before customers are served, shape (T, nodes) [units].")
    arrived_last = _matrix("arrived_last", "Put into stock after the books are closed, shape (T, nodes) [units].")
    wasted = _matrix("wasted", "Spoiled, on hand or on its way to the node, shape (T, nodes) [units].")
    overflowed = _matrix("overflowed", "Thrown away for want of room, shape (T, nodes) [units].")
    crowded = _matrix("crowded", "Stock beyond a room that keeps everything, shape (T, nodes) [units].")
    destroyed = _matrix("destroyed", "Stock destroyed by failures, shape (T, nodes) [units].")
    lost_on_the_way = _matrix("lost_on_the_way", "Shipped to the node and lost on its way, shape (T, nodes) [units].")
    lost_requests = _matrix("lost_requests", "Requests to the node lost for good, shape (T, nodes) [units].")
    late_penalty = _matrix("late_penalty", "Discounted cost of requests not filled, shape (T, nodes) [money].")
    waste_cost = _matrix("waste_cost", "Discounted cost of what spoiled, shape (T, nodes) [money].")
    overflow_cost = _matrix("overflow_cost", "Discounted cost of what found no room, shape (T, nodes) [money].")

    used = _matrix("used", "Used by recipes, shape (T, nodes) [units].")
    joint_cost = _matrix("joint_cost", "Discounted share of what orders cost together, shape (T, nodes) [money].")

    network: SupplyChainNetwork
    action_mode: str
    obs_dim: int
    extra_features_dim: int

    inventory = _long_name("X")
    pipeline = _long_name("Y")
    orders_filled = _long_name("R")
    shipments = _long_name("S")
    demand = _long_name("D")
    standing_backlog = _long_name("U")
    profit = _long_name("P")
    orders_requested = _long_name("action_log")

    def __init__(
        self,
        scenario: Played = "network",
        demand_config: Mapping[str, Any] | None = None,
        render_mode: str | None = None,
        num_periods: int = NUM_PERIODS,
        backlog: bool = BACKLOG,
        alpha: float = ALPHA,
        config_path: str | Path | _native.Network | None = None,
        user_D: Mapping[Edge, Any] | None = None,
        sample_path: Mapping[Any, Any] | None = None,
        env_config: Mapping[str, Any] | None = None,
        action_mode: str = "raw",
        action_ceilings: Sequence[float] | NDArray[Any] | None = None,
        terminate_at_horizon: bool = False,
    ) -> None:
        arguments = EnvironmentArguments.of(locals())
        self.env_kwargs = arguments.as_dict()
        self._build(arguments)
        self.np_random = np.random.default_rng(0)
        self.reset()

    def _build(self, arguments: EnvironmentArguments) -> None:
        render_mode = arguments.render_mode
        if render_mode is not None and render_mode not in self.metadata["render_modes"]:
            modes = ", ".join(self.metadata["render_modes"])
            raise ValueError(f"render_mode is {render_mode!r}; expected None or one of {modes}")
        self.render_mode = render_mode
        self.__dict__["action_mode"], self._ceilings_given = arguments.action_mode, arguments.action_ceilings
        network, rules = arguments.network(), (arguments.num_periods, arguments.backlog, arguments.alpha)
        self._pending_network: SupplyChainNetwork | None = None
        self._backlog_was_set = False
        self._demand_engine = DemandEngine(arguments.demand_config)
        self._use_network(network, _native.Episode(network._native, _native.Demand(), *rules))
        self._episode.discount = arguments.alpha
        self._episode.terminates = arguments.terminate_at_horizon

    def _use_network(self, network: SupplyChainNetwork, episode: _native.Episode) -> None:
        """Takes a network and an episode on it into use, with the spaces that follow from them."""
        self.__dict__.update(network=network, obs_dim=network._native.observation_length, extra_features_dim=2)
        self._episode = episode
        core = self._attach_demand()
        high = float(network.init_inv_max) + float(network.capacity_max) * episode.num_periods
        self._read_actions(core, self._ceilings_given)
        warn_of_simplified("action_mode", self.action_mode, self._actions.simplifies)
        self.action_space = space_of(self.action_mode, self._actions, high, np.float64)
        self.observation_space = gym.spaces.Box(-np.inf, np.inf, (self.obs_dim,), np.float64)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in _FIXED:
            raise AttributeError(f"{name} is fixed when an environment is made: {_FIXED[name]}. Nothing was changed")
        if name in _ONLY_ARGUMENTS and "_episode" in self.__dict__:
            warn(f"{name} of an environment was set, which has no effect on what is played: {_ONLY_ARGUMENTS[name]}")
        super().__setattr__(name, value)

    def _read_actions(self, core: _native.Demand, ceilings: list[float] | None) -> None:
        """Has the episode read actions in this mode, with these ceilings or those that follow from demand."""
        periods = self._episode.num_periods
        self._actions = _native.Actions(self.network._native, core, self.action_mode, periods, ceilings)
        self._episode.read_actions(self._actions)

    def _attach_demand(self, periods: int | None = None) -> _native.Demand:
        """Binds the demand engine in use to the network, the replays (which must last ``periods``) and the episode."""
        engine = self._demand_engine
        core = getattr(engine, "_core", None)
        overridden = core is None or engine._is_overridden
        if core is None:
            core = _native.Demand()
        core.overridden = overridden
        links = [] if overridden else engine._link_cores(self.network.retail_map)
        core.bind(self.network._native, self.network._replays, periods or self._episode.num_periods, links)
        laws = MarketLaws(self.network._native, self.network.retail_links)
        if overridden:
            laws.fill()
        else:
            engine._laws = laws
        self._episode.attach(core, engine, laws)
        return core

    @property
    def demand_engine(self) -> DemandEngine:
        """The demand engine in use; assign another to replace it."""
        return self._demand_engine

    @demand_engine.setter
    def demand_engine(self, engine: DemandEngine) -> None:
        self._demand_engine = engine
        self._attach_demand()

    @property
    def graph(self) -> nx.DiGraph:
        """The network as declared. Edits of numbers act from the next step; those of structure or lead times are
        refused there until :meth:`reload_network` and a reset.
        """
        return self.network.graph

    @property
    def levels(self) -> dict[str, NDArray[Any]]:
        """Ids of nodes per echelon."""
        return self.network.levels

    @property
    def period(self) -> int:
        """Periods played."""
        return self._episode.period

    @period.setter
    def period(self, period: int) -> None:
        self._episode.period = whole_number("period", period, least=0)

    @property
    def num_periods(self) -> int:
        """Length of an episode. A change moves the end of the running episode; the arrays follow at the next reset."""
        return self._episode.num_periods

    @num_periods.setter
    def num_periods(self, num_periods: int) -> None:
        self._episode.num_periods = whole_number("num_periods", num_periods)

    @property
    def backlog(self) -> bool:
        """Whether unmet demand waits; acts from the next step."""
        return self._episode.backlog

    @backlog.setter
    def backlog(self, backlog: bool) -> None:
        self._episode.backlog = flag("backlog", backlog)
        self._backlog_was_set = True

    @property
    def alpha(self) -> float:
        """Discount factor per period; acts from the next step."""
        return self._episode.discount

    @alpha.setter
    def alpha(self, alpha: float) -> None:
        self._episode.discount = number("alpha", alpha)

    @property
    def state(self) -> Array:
        """The last observation."""
        return self._episode.state

    @state.setter
    def state(self, state: Array) -> None:
        self._episode.state = state

    @property
    def observation_labels(self) -> list[str]:
        """What each entry of an observation is."""
        return self.network._native.observation_labels()

    @property
    def on_order(self) -> Array:
        """Units ordered and not yet received per supply link, which policies are told; (supply links,) [units]."""
        return np.array(self.Y[self.period])

    @property
    def action_labels(self) -> list[str]:
        """What each entry of an action is."""
        return self._actions.labels

    @property
    def action_ceilings(self) -> Array | None:
        """What the largest action stands for, per entry [units]; none for raw quantities."""
        return None if self.action_mode == "raw" else self._actions.ceilings

    @property
    def terminate_at_horizon(self) -> bool:
        """Whether the end of the horizon is announced as termination; else it is truncation."""
        return self._episode.terminates

    @terminate_at_horizon.setter
    def terminate_at_horizon(self, terminates: bool) -> None:
        self._episode.terminates = flag("terminate_at_horizon", terminates)

    def to_action(self, units: Sequence[float] | Array) -> NDArray[Any]:
        """The action that stands for these quantities, levels, or reorder points and lots.

        Args:
            units: one entry per action label, in the last axis [units].

        Raises:
            ValueError: another number of entries, or one below 0 or above its ceiling.
        """
        return to_action(self.action_mode, self._actions, units)

    @told_if_busy()
    def reset(
        self, *, seed: int | None = None, options: Mapping[str, Any] | None = None
    ) -> tuple[Array, dict[str, Any]]:
        """Begins an episode.

        Args:
            seed: starts the stream of this seed; none goes on with the stream as it stands.
            options: ``{"demand_config": {...}}`` replaces the demand engine for good.

        Returns:
            The first observation and an empty info.

        Raises:
            ValueError, TypeError: an option that cannot be used; nothing is changed then. RuntimeError: a step of this
            environment is under way.
        """
        self._episode.require_idle()
        config = reset_options(options, RESET_OPTIONS).get("demand_config")
        # What can be refused comes first: a refused reset changes nothing.
        engine = self._demand_engine if config is None else DemandEngine(config)
        network, episode = self._network_to_reset(), self._episode
        if network is not self.network:
            rules = (self.num_periods, self.backlog, self.alpha)
            episode = _native.Episode(network._native, _native.Demand(), *rules)
            episode.terminates = self.terminate_at_horizon
        _native.Demand().bind(network._native, network._replays, self.num_periods)
        if isinstance(engine, DemandEngine):
            engine._core.check()
        super().reset(seed=seed)
        self._demand_engine = engine
        self._pending_network = None
        if network is self.network:
            self._attach_demand()
        else:
            self._use_network(network, episode)
        if seed is not None:
            self._episode.seed_supply(seed)
        self._demand_engine.reset(np_random=self.np_random)
        return self._episode.reset(), {}

    def step(self, action: Any) -> tuple[Array, float, bool, bool, dict[str, Any]]:
        """Plays one period.

        Args:
            action: quantities requested, array or list of shape (supply links,), or a dict by link [units]; in
                another ``action_mode`` what :attr:`action_labels` says.

        Returns:
            Observation, reward [money], terminated and truncated (one of which says that the horizon is reached: see
            ``terminate_at_horizon``), and info: ``period`` (the one just
            played, 0-based), ``step_reward``, ``total_inventory``, ``total_backlog``, ``sentiment``.

        Raises:
            ValueError: an action of the wrong shape, with a number that is not finite or on an unknown link.
            RuntimeError: another thread, or the action itself, is in the middle of a step of this environment.
            Nothing is changed then.
        """
        if self.network.has_edits:
            self._read_edits()
        return self._episode.step(action)

    def _read_edits(self) -> None:
        """Takes edited numbers of the graph into play; a graph that cannot be played changes nothing."""
        self._episode.require_idle()
        native, series = self.network.edited()
        _native.Demand().bind(
            native, [(self.network.retail_map[edge], series[edge]) for edge in series], self.num_periods
        )
        self.network.take_edits(native, series)
        self._episode.use_numbers(native)
        self._attach_demand()

    def _network_to_reset(self) -> SupplyChainNetwork:
        """The network the next reset plays: the one that was reloaded, or this one with its edited numbers."""
        network = self.network
        if self._pending_network is not None:
            return network.recompiled() if network.has_edits else self._pending_network
        if network.has_edits:
            # What cannot be played is refused where it would be: at the next step.
            with contextlib.suppress(ValueError):
                self._read_edits()
        return network

    def network_in_play(self) -> SupplyChainNetwork:
        """The network a reset would find, edits of its graph's numbers included.

        Raises:
            ValueError: the graph was edited to what cannot be played.
        """
        if self._pending_network is None and self.network.has_edits:
            self._read_edits()
        return self._network_to_reset()

    def _update_state(self) -> Array:
        """Rebuilds :attr:`state` from the matrices as they stand."""
        return self._episode.observe()

    def sample_action(self) -> Any:
        """A random action from the action space."""
        return self.action_space.sample()

    def ledger(self) -> Ledger:
        """Cost parts per period played and managed node."""
        parts = self._episode.ledger[: self.period].copy()
        names = (*_native.Episode.COST_PARTS, *_native.Episode.EXTRA_COSTS)
        # A plain network has no others.
        none = np.zeros((len(parts), parts.shape[2]))
        named = {name: parts[:, at, :] if at < parts.shape[1] else none.copy() for at, name in enumerate(names)}
        native = self.network._native
        products = [native.point_products[position] or "" for position in native.managed]
        return Ledger(
            node_ids=self.network.main_nodes.tolist(),
            products=products if len(native.products) > 1 else [],
            places=[native.places[position] for position in native.managed],
            **named,
        )

    @property
    def recorded(self) -> dict[str, list[str]]:
        """The matrices this network's episodes have, by their names as attributes, with what each column belongs to.

        A network without mechanisms has ``X``, ``Y``, ``R``, ``S``, ``D``, ``U``, ``P``, ``GW`` and ``action_log``;
        each mechanism adds its own, which are empty elsewhere.
        """
        return dict(self._episode.recorded())

    def snapshot(self) -> Snapshot:
        """The state of the episode, its stream included; see :mod:`gym_invmgmt.snapshot`.

        Raises:
            ValueError: the generator in use is not numpy's default, PCG64, or the demand engine in use is not a
            :class:`~gym_invmgmt.demand_engine.DemandEngine`.
        """
        engine, episode = self._native_engine(), self._episode
        stream = stream_of(engine.np_random)
        saved = snapshot_of(self.network, episode.state_row(), stream, engine._core, episode.supply)
        if self._backlog_was_set:
            saved["backlog"] = episode.backlog
        saved["history"] = {symbol: episode.matrix(symbol).copy() for symbol in self.recorded}
        saved["history"]["ledger"] = episode.ledger.copy()
        return saved

    def restore(self, snapshot: Snapshot, *, resample: int | None = None) -> Array:
        """Continues from a saved state: it replays identically.

        Args:
            snapshot: what :meth:`snapshot` returned.
            resample: a seed from which what is hidden is drawn anew, given all that can be seen: when orders arrive
                whose lead times are random, no sooner than they can, and all later chance in supply. For planners that
                must not know what was drawn; demand stays what it is.

        A snapshot of a vector environment's row has no history; the periods before it then read as zero.

        Returns:
            The observation.

        Raises:
            ValueError: the snapshot is of another version or network, is damaged, or lies beyond the horizon; nothing
            is changed then.
        """
        engine, episode = self._native_engine(), self._episode
        episode.require_idle()
        # What can be refused comes first: a refused snapshot changes nothing.
        saved = opened(snapshot, self.network, episode.num_periods)
        played = int(saved.row[self.network._native.state_position("period")])
        history = played_part(snapshot.get("history"), episode, self.recorded, played)
        generator = generator_of(saved.stream)
        episode.restore_row(saved.row)
        if saved.supply is not None:
            episode.supply = saved.supply
        if resample is not None:
            episode.redraw_supply(whole_number("resample", resample, least=0))
        for name, value in saved.parameters.items():
            engine._core.set(name, value)
        engine.sentiment = float(saved.row[self.network._native.state_position("sentiment")])
        self.np_random = engine.np_random = generator
        if saved.backlog is not None:
            self.backlog = saved.backlog
        for symbol, rows in history.items():
            array = episode.ledger if symbol == "ledger" else episode.matrix(symbol)
            array[: len(rows)] = rows
        return episode.observe()

    def _native_engine(self) -> DemandEngine:
        """The demand engine in use, if its parameters can be saved."""
        if not isinstance(self._demand_engine, DemandEngine):
            found = type(self._demand_engine).__name__
            raise ValueError(f"a snapshot holds the parameters of a DemandEngine; demand_engine is a {found}")
        return self._demand_engine

    def reload_network(self) -> None:
        """Checks the edited :attr:`graph`; its structure and lead times take effect at the next reset.

        Raises:
            ValueError: the graph has mistakes; the environment goes on with the network it has.
        """
        pending = self.network.recompiled()
        # Where only numbers were edited, they act from the next step as they would have without this call.
        with contextlib.suppress(ValueError):
            self._read_edits()
        self._pending_network = pending

    def render(self) -> Any:
        """Shows the last period played: a text for ``"ansi"``, printed for ``"human"``, a picture of shape
        (480, 640, 3) for ``"rgb_array"``, nothing without a render mode.
        """
        if self.render_mode == "rgb_array":
            from gym_invmgmt.visualization import render_rgb_array

            return render_rgb_array(self)
        if self.render_mode is None:
            return None
        from gym_invmgmt.visualization import render_text

        text = render_text(self)
        if self.render_mode == "ansi":
            return text
        print(text)
        return None

    def plot_network(self, detailed: bool = False, save_path: str | Path | None = None) -> Figure:
        """Draws the network; see :func:`gym_invmgmt.visualization.plot_network`."""
        from gym_invmgmt.visualization import plot_network

        return plot_network(
            self.network,
            detailed,
            save_path,
            num_periods=self.num_periods,
            backlog=self.backlog,
            n_actions=len(self.network.reorder_links),
            n_obs=self.obs_dim,
        )

    def __getstate__(self) -> dict[str, Any]:
        episode = self._episode
        return {
            "attributes": {
                name: value for name, value in self.__dict__.items() if name not in ("_episode", "_actions")
            },
            "ceilings": None if self.action_mode == "raw" else self._actions.ceilings.tolist(),
            "terminates": episode.terminates,
            "num_periods": (episode.recorded_periods, episode.num_periods),
            "rules": (episode.backlog, episode.discount),
            "matrices": {symbol: episode.matrix(symbol) for symbol in self.recorded},
            "ledger": episode.ledger,
            "period": episode.period,
            "state": episode.state,
            # What the matrices do not say: goods on their way since before the first period, and chance in supply.
            "row": episode.state_row(),
            "supply": episode.supply,
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state["attributes"])
        recorded, num_periods = state["num_periods"]
        native, core = self.network._native, getattr(self._demand_engine, "_core", None) or _native.Demand()
        self._episode = _native.Episode(native, core, recorded, *state["rules"])
        self._attach_demand(min(recorded, num_periods))
        self._episode.restore_row(state["row"])
        if state["supply"] is not None:
            self._episode.supply = state["supply"]
        for symbol, array in state["matrices"].items():
            self._episode.set_matrix(symbol, array)
        self._episode.ledger = state["ledger"]
        self._episode.period = state["period"]
        self._episode.num_periods = num_periods
        self._episode.state = state["state"]
        self._episode.terminates = state["terminates"]
        self._read_actions(self._attach_demand(min(recorded, num_periods)), state["ceilings"])


__all__ = ["CoreEnv", "Ledger"]
