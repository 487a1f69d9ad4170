"""Customers' demand: a mean that moves with time and sentiment, and draws around it.

The mean of period ``t`` is ``base(t) * trend * seasonal * shock * sentiment``, each factor only if its effect is on.
A draw is ``max(0, mean + noise_scale * (raw - mean))`` with ``raw`` from the market link's law.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gym_invmgmt import _native
from gym_invmgmt._checks import flag
from gym_invmgmt._laws import MarketLaws

#: Effects that may act on the mean.
VALID_EFFECTS: set[str] = set(_native.Demand.EFFECTS)
#: Short names of combinations of effects, for the key ``type`` of a demand configuration.
TYPE_EFFECT_ALIASES: dict[str, list[str]] = {name: list(effects) for name, effects in _native.Demand.TYPES}

_PARAMETERS = _native.Demand.PARAMETERS
_KEYS = ("type", *(row.key for row in _PARAMETERS), "links")
_LAWS = ("norm", *_native.Demand.LAWS)
#: Those that an object may be named after. scipy has others of the same name, with parameters of its own.
_LAWS_OF_OBJECTS = ("poisson", "norm", "normal", "uniform", "negative_binomial", "intermittent")
_SHORT_SERIES = 10
#: Methods that, once overridden, are called in place of the native draw.
_OVERRIDABLE = ("sample", "update_goodwill", "get_current_mu")


class _Held:
    """A parameter kept by the native core; a refused value leaves everything as it was."""

    def __init__(self, row: _native.Parameter) -> None:
        self.key, self.is_flag = row.key, row.form == "flag"
        self.__doc__ = f"{row.meaning[0].upper()}{row.meaning[1:]} [{row.unit}]."

    def __get__(self, engine: DemandEngine | None, owner: type) -> Any:
        if engine is None:
            return self
        value = engine._core.get(self.key)
        if isinstance(value, np.ndarray):
            # A copy: writes into it would be lost, so they are refused.
            value.setflags(write=False)
        return value

    def __set__(self, engine: DemandEngine, value: Any) -> None:
        engine._core.set(self.key, flag(self.key, value) if self.is_flag else value)


class DemandEngine:
    """Demand of an environment's market links.

    Args:
        config: the demand configuration. Keys: ``type`` (a short name from :data:`TYPE_EFFECT_ALIASES`),
            ``effects`` (a list from :data:`VALID_EFFECTS`; wins over ``type``), every other parameter below, and
            ``base_mu`` [units / period]; ``links``, a dict of (retailer, market) to such keys for that market
            link alone, which inherits the others; keys that begin with ``meta_`` are free.

    Every parameter is an attribute that may be set between or during episodes. A subclass may override
    :meth:`sample`, :meth:`update_goodwill` or :meth:`get_current_mu`; the environment then calls them (slower).

    Raises:
        ValueError: an unknown key, type or effect, or a value out of range.
    """

    noise_scale: float
    trend_slope: float
    seasonal_amp: float
    seasonal_freq: float
    seasonal_phase: float
    shock_time: float
    shock_mag: float
    use_goodwill: bool
    gw_growth: float
    gw_decay: float
    gw_cap: float
    gw_floor: float
    external_series: NDArray[np.float64] | None

    def __init__(self, config: Mapping[str, Any] | None = None) -> None:
        self._core = _native.Demand()
        self._laws: MarketLaws | None = None
        self.config: dict[str, Any] = _checked(config)
        self.type: str = self.config.get("type", "stationary")
        self.effects = _effects(self.config)
        for row in _PARAMETERS:
            if row.form != "effects" and self.config.get(row.key) is not None:
                setattr(self, row.key, self.config[row.key])
        self._core.check()
        series = self.external_series
        if series is not None and len(series) < _SHORT_SERIES:
            warnings.warn(
                f"external_series has only {len(series)} values; after its end the last one stays.", stacklevel=2
            )

    def __setattr__(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)
        if name in _OVERRIDABLE:
            self._core.overridden = True
            if self._laws is not None:
                self._laws.fill()

    @property
    def effects(self) -> list[str]:
        """Effects that act on the mean, in order; assign a list to change them."""
        value: list[str] = self._core.get("effects")
        return value

    @effects.setter
    def effects(self, effects: Sequence[str]) -> None:
        self._core.set("effects", list(effects))

    @property
    def base_mu(self) -> float:
        """Mean before effects [units / period]; where none was given, the mean over the links' own means."""
        given: float | None = self._core.get("base_mu")
        return self._core.average_own_mean if given is None else given

    @base_mu.setter
    def base_mu(self, mean: float | None) -> None:
        self._core.set("base_mu", mean)

    @property
    def sentiment(self) -> float:
        """Customers' sentiment in force."""
        return self._core.sentiment

    @sentiment.setter
    def sentiment(self, sentiment: float) -> None:
        self._core.sentiment = sentiment

    @property
    def np_random(self) -> np.random.Generator | None:
        """The generator draws come from; none before the first reset."""
        return self._core.np_random

    @np_random.setter
    def np_random(self, generator: np.random.Generator | None) -> None:
        self._core.np_random = generator

    def reset(self, np_random: np.random.Generator | None = None) -> None:
        """Begins an episode: sentiment 1; draws come from ``np_random``, if given."""
        self._core.check()
        self.sentiment = 1.0
        if np_random is not None:
            self.np_random = np_random
        elif self.np_random is None:
            self.np_random = np.random.default_rng()

    def get_current_mu(self, t: int) -> float:
        """Mean demand in period ``t`` at the sentiment in force [units / period]."""
        return self._core.mean(_period(t))

    def get_link_mu(self, link: tuple[Any, Any] | int, t: int) -> float:
        """Mean demand of one market link in period ``t``; see :meth:`mean_demand`."""
        return self.mean_demand(t, link)

    def mean_demand(self, t: int, link: tuple[Any, Any] | int = 0) -> float:
        """Mean demand of a market link in period ``t`` [units / period].

        Args:
            t: the period, 0-based.
            link: (retailer, market), or the position among the network's ``retail_links``.

        Raises:
            KeyError: no such link. RuntimeError: the engine belongs to no environment.
        """
        return self._core.link_mean(_period(t), self._position(link))

    def expected_demand(self, t: int, link: tuple[Any, Any] | int = 0) -> float:
        """Expected demand of a market link [units / period]: the mean after the law's own bias (a uniform law lies
        above its mean), the scaling of its deviations and the cut at zero. Arguments as in :meth:`mean_demand`.
        """
        return self._core.link_expected(_period(t), self._position(link))

    def _link_cores(self, positions: Mapping[tuple[Any, Any], int]) -> list[tuple[int, _native.Demand, list[str]]]:
        """Cores of the market links with parameters of their own, by position among the network's market links, and
        the names of those parameters.
        """
        links = self.config.get("links") or {}
        if not isinstance(links, Mapping):
            raise ValueError(f"links is a {type(links).__name__}; expected a dict of (retailer, market) to a dict")
        common = {key: value for key, value in self.config.items() if key != "links"}
        cores = []
        for edge, given in links.items():
            if edge not in positions:
                raise ValueError(f"demand_config links: no market link {edge}; known: {list(positions)}")
            own = _checked(given)
            names = ["effects" if name == "type" else name for name in own]
            if "base_mu" in own and "external_series" not in own:
                # A mean of its own takes the place of the common series.
                own, names = {**own, "external_series": None}, [*names, "external_series"]
            cores.append((positions[edge], DemandEngine({**common, **own})._core, names))
        return cores

    def _position(self, link: tuple[Any, Any] | int) -> int:
        if isinstance(link, tuple):
            return self._core.link_position(link)
        if link < 0:
            raise IndexError(f"market link {link}; positions begin at 0")
        return int(link)

    def sample(self, t: int, dist: Any, dist_params: Mapping[str, float] | None = None) -> float:
        """Draws demand for period ``t`` [units].

        Args:
            t: the period, 0-based.
            dist: a law by name, a ``scipy.stats`` law, or a callable that takes the mean and returns a raw draw.
            dist_params: the law's parameters; the mean takes the place of ``mu``, if present, else of ``loc``.
        """
        params = dict(dist_params or {})
        name = _law_name(dist)
        mean = self._mean_for(t, name, params)
        if name is not None:
            raw = self._core.draw_law(name, params, mean)
        elif hasattr(dist, "rvs"):
            params["mu" if "mu" in params else "loc"] = mean
            raw = float(dist.rvs(**params, random_state=self.np_random))
        elif callable(dist):
            raw = float(dist(mean))
        else:
            raise ValueError(
                f"Unknown demand distribution {dist!r}; expected poisson, normal, uniform, a "
                "scipy.stats law or a callable of the mean"
            )
        return self._core.scatter(mean, raw)

    def _mean_for(self, t: int, name: str | None, params: Mapping[str, float]) -> float:
        """The mean of a draw: an overridden ``get_current_mu`` decides, else the law's own mean is respected."""
        if name is None or self._overrides("get_current_mu"):
            return self.get_current_mu(t)
        return self._core.mean(_period(t), _native.Demand.declared_mean(name, dict(params)))

    def update_goodwill(self, unfulfilled_qty: float) -> None:
        """Moves sentiment by the unmet demand of the period before [units], if goodwill is used."""
        self._core.update_goodwill(float(unfulfilled_qty))

    def get_observation(self, t: int) -> NDArray[np.float64]:
        """The observation's last two entries: period and sentiment."""
        return np.array([t, self.sentiment], dtype=np.float64)

    @property
    def _is_overridden(self) -> bool:
        return any(self._overrides(name) for name in _OVERRIDABLE)

    def _overrides(self, name: str) -> bool:
        """Whether a method is a subclass's, or was put on the class or on this object."""
        return name in self.__dict__ or getattr(type(self), name) is not _OWN_METHODS[name]

    def __getstate__(self) -> dict[str, Any]:
        attributes = {name: value for name, value in self.__dict__.items() if name not in ("_core", "_laws")}
        core = self._core
        parameters = {row.key: core.get(row.key) for row in _PARAMETERS}
        return {
            "attributes": attributes,
            "parameters": parameters,
            "sentiment": core.sentiment,
            "np_random": core.np_random,
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        core = _native.Demand()
        self._core = core
        self._laws = None
        self.__dict__.update(state["attributes"])
        for name, value in state["parameters"].items():
            core.set(name, value)
        core.sentiment = state["sentiment"]
        core.np_random = state["np_random"]
        core.overridden = self._is_overridden


for _row in _PARAMETERS:
    if not hasattr(DemandEngine, _row.key):
        setattr(DemandEngine, _row.key, _Held(_row))
_OWN_METHODS = {name: getattr(DemandEngine, name) for name in _OVERRIDABLE}


def _checked(config: Mapping[str, Any] | None) -> dict[str, Any]:
    """The configuration as a dict of known keys."""
    if config is None:
        return {}
    if not isinstance(config, Mapping):
        raise ValueError(f"demand_config is a {type(config).__name__}; expected a dict")
    for key in config:
        if key not in _KEYS and not str(key).startswith("meta_"):
            near = _native.nearest(str(key), _KEYS)
            hint = f"; did you mean '{near}'?" if near else "."
            raise ValueError(f"Unknown demand_config key {key!r}{hint} Known keys: {', '.join(_KEYS)}")
    return dict(config)


def _effects(config: Mapping[str, Any]) -> list[str]:
    """The effects a configuration asks for: ``effects`` if given, even when empty, else those of its ``type``."""
    kind = config.get("type", "stationary")
    if not isinstance(kind, str) or kind not in TYPE_EFFECT_ALIASES:
        raise ValueError(
            f"Unknown demand type {kind!r}; known: {', '.join(TYPE_EFFECT_ALIASES)}; "
            f"or pass effects, a list from {', '.join(sorted(VALID_EFFECTS))}"
        )
    effects = config.get("effects")
    if effects is None:
        return TYPE_EFFECT_ALIASES[kind]
    if isinstance(effects, str):
        raise ValueError(f"Unknown demand effect(s): {effects!r} is one text; expected a list, as [{effects!r}]")
    if not isinstance(effects, Iterable):
        raise ValueError(f"effects is {effects!r}; expected a list from {', '.join(sorted(VALID_EFFECTS))}")
    return [str(effect) for effect in effects]


def _period(t: int) -> int:
    if t < 0:
        raise ValueError(f"period is {t}; expected a whole number >= 0")
    return int(t)


def _law_name(dist: Any) -> str | None:
    """The native name of a law given by name or as a scipy.stats law, or none."""
    known = _LAWS if isinstance(dist, str) else _LAWS_OF_OBJECTS
    name: Any = dist if isinstance(dist, str) else getattr(dist, "name", None)
    return {"norm": "normal"}.get(name, name) if name in known else None


__all__ = ["TYPE_EFFECT_ALIASES", "VALID_EFFECTS", "DemandEngine"]
