"""Draws the pictures of docs/pictures.md and docs/visual_guide.md into docs/images.

Run it from the folder of the project: ``.venv/bin/python tools/draw_docs_images.py``.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from PIL import Image

from gym_invmgmt import CoreEnv, plots, run_episode

FOLDER = Path(__file__).parents[1] / "docs" / "images"
#: Width of a picture [pixels]: half as much again as a page shows, for sharp screens.
WIDTH = 1140
#: Colours of a picture; flat drawings need no more, and files stay small.
COLOURS = 160


def save(figure: Any, name: str) -> None:
    """Writes a figure as a small PNG file."""
    drawn = io.BytesIO()
    figure.savefig(drawn, dpi=WIDTH / figure.get_size_inches()[0])
    Image.open(drawn).convert("RGB").quantize(COLOURS).save(FOLDER / f"{name}.png", optimize=True)


def main() -> None:
    """Draws everything from the one episode that the page plays."""
    FOLDER.mkdir(exist_ok=True)
    env = CoreEnv("network", {"effects": ["seasonal"], "use_goodwill": True})
    run_episode(env, lambda observation: [6.0 + 0.4 * observation[0]] * 11, seed=7)
    save(plots.network(env), "network")
    save(plots.network(env, parameters=True), "network_parameters")
    save(plots.network(CoreEnv("serial"), parameters=True), "serial_parameters")
    for draw in (
        plots.inventory_heatmap, plots.pipeline_heatmap, plots.requested_and_filled, plots.kpi_dashboard,
        plots.profit_by_node, plots.reward_breakdown, plots.bullwhip, plots.goodwill, plots.lead_time_response,
    ):  # fmt: skip
        save(draw(env), draw.__name__)
    scenarios = {
        "stationary": {},
        "trend": {"effects": ["trend"]},
        "season and shock": {"effects": ["seasonal", "shock"]},
        "goodwill": {"use_goodwill": True},
    }
    save(plots.demand_scenarios(scenarios), "demand_scenarios")
    frame = plots.frames(env)[15]
    Image.fromarray(frame).quantize(COLOURS).save(FOLDER / "frame.png", optimize=True)


if __name__ == "__main__":
    main()
