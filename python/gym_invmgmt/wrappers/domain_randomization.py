"""A wrapper that draws other demand, and another rule for what is unmet, at every reset."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import gymnasium as gym
import numpy as np

from gym_invmgmt import _native
from gym_invmgmt._checks import flag, number, told_if_busy, whole_number
from gym_invmgmt.wrappers._core import Array, core_of

#: Numbers of demand that may be given, as a randomisation draws none for them.
_GIVEN = tuple(
    row.key for row in _native.Demand.PARAMETERS if row.form == "number" and row.key not in ("base_mu", "noise_scale")
)
_OPTIONS = (
    "effect_options", "goodwill_options", "backlog_options", "effect_prob", "noise_scale_range",
    "external_series_prob", "external_series_length", "base_mu", "randomize_backlog", *_GIVEN,
)  # fmt: skip


class DomainRandomizationWrapper(gym.Wrapper[Array, Any, Any, Any]):
    """Draws the demand engine's parameters and the backlog rule before each episode.

    Args:
        env: the environment; its demand engine is changed in place.
        demand_types: effects by another name: without "stationary" they serve as ``effect_options`` if those are not
            given. Nothing but "stationary", or an empty list, is no effect at all.
        goodwill_options: values ``use_goodwill`` may take.
        backlog_options: values the rule ``backlog`` may take.
        effect_options: effects that may act: trend, seasonal, shock.
        effect_prob: probability of each effect.
        noise_scale_range: smallest and largest ``noise_scale``.
        external_series_prob: probability of a drawn ``external_series``.
        external_series_length: its length, the horizon by default [periods].
        base_mu: mean demand [units / period].
        trend_slope, seasonal_amp, seasonal_freq, shock_time, shock_mag: set if given, else left as they are.
        randomize_backlog: whether the backlog rule is drawn.
        parameters: any other number of a demand configuration, likewise (``seasonal_phase``, ``gw_decay``).

    A reset with a seed draws from a generator of that seed of its own, so that the episode's stream begins where it
    would without this wrapper; one without a seed draws from the environment's stream.

    Raises:
        ValueError: an argument that cannot be used.
    """

    DEFAULT_EFFECT_OPTIONS: ClassVar[tuple[str, ...]] = tuple(_native.Demand.EFFECTS)
    DEFAULT_GOODWILL_OPTIONS: ClassVar[tuple[bool, ...]] = (False, True)
    DEFAULT_BACKLOG_OPTIONS: ClassVar[tuple[bool, ...]] = (False, True)

    def __init__(
        self,
        env: gym.Env[Any, Any],
        demand_types: Sequence[str] | None = None,
        goodwill_options: Sequence[bool] | None = None,
        backlog_options: Sequence[bool] | None = None,
        effect_options: Sequence[str] | None = None,
        effect_prob: float = 0.5,
        noise_scale_range: tuple[float, float] = (0.5, 2.0),
        external_series_prob: float = 0.15,
        external_series_length: int | None = None,
        base_mu: float = 20.0,
        trend_slope: float | None = None,
        seasonal_amp: float | None = None,
        seasonal_freq: float | None = None,
        shock_time: float | None = None,
        shock_mag: float | None = None,
        randomize_backlog: bool = True,
        **parameters: float | None,
    ) -> None:
        super().__init__(env)
        self._core = core_of(env, "DomainRandomizationWrapper")
        chosen = _with_defaults(
            demand_types=demand_types,
            effect_options=effect_options,
            goodwill_options=goodwill_options,
            backlog_options=backlog_options,
        )
        self.effect_options = chosen["effect_options"]
        self.goodwill_options = chosen["goodwill_options"]
        self.backlog_options = chosen["backlog_options"]
        self.effect_prob = effect_prob
        self.noise_scale_range = noise_scale_range
        self.external_series_prob = external_series_prob
        self.external_series_length = external_series_length
        self.base_mu = base_mu
        self.trend_slope = trend_slope
        self.seasonal_amp = seasonal_amp
        self.seasonal_freq = seasonal_freq
        self.shock_time = shock_time
        self.shock_mag = shock_mag
        for name in _OPTIONS:
            if name not in _NAMED:
                setattr(self, name, parameters.pop(name, None))
        if parameters:
            raise _unknown("DomainRandomizationWrapper", next(iter(parameters)))
        self.randomize_backlog = flag("randomize_backlog", randomize_backlog)
        self._native()

    def _native(self) -> _native.Randomization:
        """What may be drawn, by the attributes as they stand."""
        return _checked(**{name: getattr(self, name) for name in _OPTIONS})

    @told_if_busy()
    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Array, dict[str, Any]]:
        """Draws what the episode is to be like and begins it."""
        core = self._core
        core._episode.require_idle()
        generator = core.np_random if seed is None else np.random.default_rng(seed)
        effects, goodwill, noise_scale, series, backlog = self._native().draw(generator, core.num_periods)
        engine: Any = core.demand_engine
        engine.type = "combined_chaos" if effects else "stationary"
        parameters: dict[str, Any] = {
            "effects": effects,
            "base_mu": self.base_mu,
            "use_goodwill": goodwill,
            "noise_scale": noise_scale,
            "sentiment": 1.0,
            "external_series": series,
        }
        for name in _GIVEN:
            if getattr(self, name) is not None:
                parameters[name] = getattr(self, name)
        for name, value in parameters.items():
            setattr(engine, name, value)
        if backlog is not None:
            core.backlog = backlog
        return self.env.reset(seed=seed, options=options)


def _with_defaults(*, demand_types: Any, **options: Any) -> dict[str, Any]:
    """Options in which every list to choose from is there, by the rules of the wrapper."""
    if isinstance(demand_types, str):
        raise ValueError(f"demand_types is {demand_types!r}, one text; expected a list, as [{demand_types!r}]")
    wrapper = DomainRandomizationWrapper
    effects = wrapper.DEFAULT_EFFECT_OPTIONS
    if demand_types is not None:
        known = ("stationary", *effects)
        for name in demand_types:
            if name not in known:
                near = _native.nearest(str(name), known)
                hint = f" (did you mean {near!r}?)" if near else ""
                raise ValueError(f"demand_types has {name!r}; known: {', '.join(known)}{hint}")
        effects = tuple(str(name) for name in demand_types if name != "stationary")
    defaults = {
        "effect_options": effects,
        "goodwill_options": wrapper.DEFAULT_GOODWILL_OPTIONS,
        "backlog_options": wrapper.DEFAULT_BACKLOG_OPTIONS,
    }
    lists = {name: tuple(default if options[name] is None else options[name]) for name, default in defaults.items()}
    return {**options, **lists}


def _checked(**options: Any) -> _native.Randomization:
    """What may be drawn with these options, all of them given.

    Raises:
        ValueError: one that cannot be used.
    """
    length = options["external_series_length"]
    flags = {name: [flag(name, value) for value in options[name]] for name in ("goodwill_options", "backlog_options")}
    given = [(name, number(name, options[name])) for name in _GIVEN if options[name] is not None]
    return _native.Randomization(
        effect_options=[str(name) for name in options["effect_options"]],
        effect_prob=number("effect_prob", options["effect_prob"]),
        goodwill_options=flags["goodwill_options"],
        backlog_options=flags["backlog_options"] if options["randomize_backlog"] else None,
        noise_scale_range=_range(options["noise_scale_range"]),
        external_series_prob=number("external_series_prob", options["external_series_prob"]),
        external_series_length=None if length is None else whole_number("external_series_length", length),
        base_mu=number("base_mu", options["base_mu"]),
        given=given,
    )


def _range(bounds: Any) -> tuple[float, float]:
    try:
        low, high = bounds
        return float(low), float(high)
    except (TypeError, ValueError):
        raise ValueError(f"noise_scale_range is {bounds!r}; expected a pair of numbers") from None


def randomization_of(randomize: Any) -> _native.Randomization | None:
    """What a vector environment is to draw at resets: True for the defaults, or the wrapper's arguments as a dict."""
    if randomize is None or randomize is False:
        return None
    if randomize is not True and not isinstance(randomize, Mapping):
        raise ValueError(
            f"randomize is {randomize!r}; expected True, False or a dict of DomainRandomizationWrapper's arguments"
        )
    given = {} if randomize is True else dict(randomize)
    for name in given:
        if name not in _DEFAULTS:
            raise _unknown("randomize", name)
    return _checked(**_with_defaults(**{**_DEFAULTS, **given}))


def _unknown(taker: str, name: object) -> TypeError:
    return TypeError(f"{taker} has an unknown argument {name!r}; known: {', '.join(_DEFAULTS)}")


#: The wrapper's arguments by name, those of its signature and those of ``parameters``, with what stands for each.
_NAMED = {
    name: argument.default
    for name, argument in inspect.signature(DomainRandomizationWrapper.__init__).parameters.items()
    if name not in ("self", "env", "parameters")
}
_DEFAULTS: dict[str, Any] = {**_NAMED, **{name: None for name in _GIVEN if name not in _NAMED}}

__all__ = ["DomainRandomizationWrapper", "randomization_of"]
