"""Draws docs/pictures/action_modes.svg: what an action of each mode requests, on the chain of the preset `serial`.

Run it with the project's interpreter: `.venv/bin/python tools/action_modes_picture.py`.
"""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import numpy as np

from gym_invmgmt import CoreEnv

PICTURE = Path(__file__).resolve().parents[1] / "docs" / "pictures" / "action_modes.svg"
DEMAND = {"base_mu": 20}
BLUE, ORANGE, GREEN, GREY = "#0072B2", "#D55E00", "#009E73", "#888888"


def requested(env: CoreEnv, action: np.ndarray, on_hand: float | None = None) -> float:
    """What the retailer requests on its link, from a given stock on hand if there is one [units]."""
    env.reset(seed=0)
    if on_hand is not None:
        env.X[0, env.network.node_map[1]] = on_hand
    env.step(action)
    return float(env.action_log[0, 0])


def main() -> None:
    """Draws the picture."""
    mpl.use("Agg")
    mpl.rcParams.update(
        {"svg.hashsalt": "action modes", "font.size": 9, "axes.spines.top": False, "axes.spines.right": False}
    )
    import matplotlib.pyplot as plt

    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(11, 3.4), layout="constrained")
    outputs = np.linspace(-1.0, 1.0, 81)
    high = float(CoreEnv("serial").action_space.high[0])
    scaled = CoreEnv("serial", action_mode="scaled", demand_config=DEMAND)
    ceiling = float(scaled.action_ceilings[0])

    left.plot(outputs, (outputs + 1) / 2 * high, color=GREY, label="raw, box stretched over it")
    left.plot(outputs, [requested(scaled, np.full(3, x)) for x in outputs], color=BLUE, label="scaled")
    left.axhline(20, color=ORANGE, linewidth=0.8, linestyle="--")
    left.text(0.0, -190, "demand: 20 a period", color=ORANGE)
    left.set_ylim(-300, high * 1.03)
    left.set(title="The same output of a learner", xlabel="output of the learner", ylabel="units requested, link 2 → 1")
    left.legend(frameon=False, loc="upper left", bbox_to_anchor=(0.0, 0.92))

    middle.plot(outputs, [requested(scaled, np.full(3, x)) for x in outputs], color=BLUE, label="scaled")
    whole = np.arange(0, int(ceiling) + 1, 4)
    integer = CoreEnv("serial", action_mode="integer", demand_config=DEMAND)
    steps = [requested(integer, np.array([x, 0, 0])) for x in whole]
    middle.plot(2 * whole / ceiling - 1, steps, ".", color=GREEN, markersize=4, label="integer (every fourth)")
    middle.axhline(20, color=ORANGE, linewidth=0.8, linestyle="--")
    middle.text(0.35, 24, "demand: 20", color=ORANGE)
    middle.text(-1, ceiling - 6, f"ceiling {ceiling:g} = 5·20 + 4·√(5·20)", color=BLUE)
    middle.set(
        title="scaled and integer",
        xlabel="output, or quantity on the same scale",
        ylabel="units requested, link 2 → 1",
        ylim=(-5, ceiling + 12),
    )
    middle.legend(frameon=False, loc="upper left", bbox_to_anchor=(0.0, 0.86))

    stocks = np.linspace(0.0, 160.0, 321)
    base = CoreEnv("serial", action_mode="base-stock", demand_config=DEMAND)
    level = base.to_action([107, 118, 29])
    right.plot(stocks, [requested(base, level, stock) for stock in stocks], color=BLUE, label="base-stock, S = 107")
    ss = CoreEnv("serial", action_mode="ss", demand_config=DEMAND)
    point = ss.to_action([70, 70, 29, 60, 60, 29])
    orders = np.array([requested(ss, point, stock) for stock in stocks])
    orders[1:][np.abs(np.diff(orders)) > 5] = np.nan
    right.plot(stocks, orders, color=GREEN, label="ss, s = 70 and lot 60")
    right.set(
        title="base-stock and ss: one constant action",
        xlabel="inventory position of node 1 [units]",
        ylabel="units requested, link 2 → 1",
    )
    right.legend(frameon=False)

    PICTURE.parent.mkdir(exist_ok=True)
    figure.savefig(PICTURE, metadata={"Date": None, "Creator": None})
    print(PICTURE)


if __name__ == "__main__":
    main()
