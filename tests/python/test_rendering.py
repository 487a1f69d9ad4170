"""Pictures and texts show the episode: every node once, every role in the legend, every number where it belongs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers import environment_of, play, played_by_hand, shop_and_source

from gym_invmgmt import CoreEnv, plot_network
from gym_invmgmt.plots.style import ROLE_STYLE
from gym_invmgmt.visualization import render_rgb_array

MARKUP = "<b>$\\frac{$\x1b[31m\n"


def texts(figure: Any) -> list[str]:
    (axes,) = figure.axes
    return [text.get_text() for text in axes.texts]


def markers(figure: Any) -> int:
    (axes,) = figure.axes
    return sum(len(collection.get_offsets()) for collection in axes.collections)


def wide_network(width: int) -> dict[str, Any]:
    """A source, two factories, depots, and as many shops with a market each."""
    nodes: list[dict[str, Any]] = [{"id": "source"}]
    nodes += [{"id": f"mill {i}", "I0": 9, "h": 0.1, "C": 30, "o": 0.1, "v": 0.8} for i in range(2)]
    edges: list[dict[str, Any]] = [{"from": "source", "to": f"mill {i}", "L": 1, "p": 1, "g": 0} for i in range(2)]
    law = {"demand_dist": "poisson", "dist_param": {"mu": 3}}
    for i in range(width):
        nodes += [{"id": f"depot {i}", "I0": 9, "h": 0.1}, {"id": f"shop {i}", "I0": 9, "h": 0.1}, {"id": f"town {i}"}]
        edges.append({"from": f"mill {i % 2}", "to": f"depot {i}", "L": 1, "p": 1, "g": 0, "K": 2})
        edges.append({"from": f"depot {i}", "to": f"shop {i}", "L": 2, "p": 2, "g": 0})
        edges.append({"from": f"shop {i}", "to": f"town {i}", "p": 3, "b": 1, **law})
    return {"nodes": nodes, "edges": edges}


def test_the_text_tells_the_last_period_played(tmp_path: Path) -> None:
    env = played_by_hand(tmp_path, render_mode="ansi")
    lines = [line.strip() for line in env.render().splitlines()]
    assert lines[0] == "═══ Period 3/3 ═══"
    found = dict(line.split(":") for line in lines[1:])
    assert {name.strip(): value.strip() for name, value in found.items()} == {
        "Inventory": "[0.]",
        "Demand": "[2.]",
        "Backlog": "[5.]",
        "Profit": "-19.25",
        "Sentiment": "1.000",
    }


def test_before_the_first_period_the_text_shows_zeros() -> None:
    text = CoreEnv("serial", render_mode="ansi").render()
    assert "Period 0/30" in text
    assert "Inventory : [100. 100. 200.]" in text
    assert "Demand    : [0.]" in text
    assert "Profit    : 0.00" in text


def test_human_mode_prints_the_same_text(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    env = played_by_hand(tmp_path, render_mode="human")
    assert env.render() is None
    printed = capsys.readouterr().out
    assert printed == played_by_hand(tmp_path, render_mode="ansi").render() + "\n"


def test_without_a_render_mode_nothing_is_rendered(capsys: pytest.CaptureFixture[str]) -> None:
    assert CoreEnv("serial").render() is None
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("played", [0, 1, 12, 30])
def test_the_picture_has_the_published_shape_and_shows_something(played: int) -> None:
    env = CoreEnv("network", render_mode="rgb_array")
    blank = env.render()
    play(env, 20, played)
    picture = env.render()
    assert (picture.shape, picture.dtype, picture.flags.c_contiguous) == ((480, 640, 3), np.uint8, True)
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 50
    assert np.array_equal(picture, blank) is (played == 0)


def test_the_picture_may_have_another_size() -> None:
    assert render_rgb_array(CoreEnv("serial"), width=320, height=200).shape == (200, 320, 3)


@pytest.mark.parametrize(("scenario", "nodes", "roles"), [("network", 9, 5), ("serial", 5, 5)])
def test_a_plot_has_a_marker_a_name_and_a_legend_entry_for_everything(scenario: str, nodes: int, roles: int) -> None:
    env = CoreEnv(scenario)
    figure = env.plot_network()
    (axes,) = figure.axes
    assert markers(figure) == nodes
    assert sorted(text for text in texts(figure) if text) == [str(node) for node in range(nodes)]
    assert [entry.get_text() for entry in axes.get_legend().get_texts()] == list(ROLE_STYLE)
    assert len(axes.collections) == roles
    assert axes.get_title() == "Multi-echelon inventory network"
    assert len(axes.patches) == len(env.network.network_links)
    dashed = [arrow for arrow in axes.patches if arrow.get_linestyle() == "--"]
    assert len(dashed) == len(env.network.retail_links)


def test_a_role_without_nodes_has_no_legend_entry(tmp_path: Path) -> None:
    (axes,) = environment_of(tmp_path, shop_and_source()).plot_network().axes
    assert [entry.get_text() for entry in axes.get_legend().get_texts()] == ["raw material", "retailer", "market"]


def test_markers_stand_where_their_role_says() -> None:
    env = CoreEnv("network")
    (axes,) = env.plot_network().axes
    across = {collection.get_label(): collection.get_offsets()[:, 0] for collection in axes.collections}
    order = [across[role].mean() for role in ["raw material", "factory", "distributor", "retailer", "market"]]
    assert order == sorted(order)
    places = np.concatenate([collection.get_offsets() for collection in axes.collections])
    assert len(np.unique(places.round(6), axis=0)) == 9


def test_a_detailed_plot_names_the_parameters_and_the_size_of_the_problem() -> None:
    figure = CoreEnv("network", backlog=False).plot_network(detailed=True)
    shown = texts(figure)
    for text in ["L 5  p 1.5  g 0.01", "p 2  b 0.1", "I0 100  h 0.03", "I0 400  h 0.012\nC 90  o 0.01  v 1"]:
        assert text in shown
    assert figure._supxlabel.get_text() == "30 periods · lost sales · 11 actions · 71 observations"


def test_a_crowded_plot_lists_its_parameters_beside_and_names_every_node(tmp_path: Path) -> None:
    env = environment_of(tmp_path, wide_network(19), render_mode="rgb_array")
    figure = env.plot_network(detailed=True)
    assert markers(figure) == 3 + 3 * 19
    assert sorted(filter(None, texts(figure))) == sorted(env.network.all_nodes)
    columns = [text.get_text() for text in figure.texts if text is not figure._supxlabel]
    listed = [" ".join(row.split()) for column in columns for row in column.split("\n")]
    assert len(listed) == 2 + 2 * 19 + len(env.network.network_links)
    for row in ("mill 1 I0 9 h 0.1 C 30 o 0.1 v 0.8", "depot 7 → shop 7 L 2 p 2 g 0", "shop 18 → town 18 p 3 b 1"):
        assert row in listed
    play(env, 3, 5)
    assert env.render().shape == (480, 640, 3)


def test_a_plot_can_be_saved_in_the_format_its_name_says(tmp_path: Path) -> None:
    env = CoreEnv("serial")
    env.plot_network(save_path=tmp_path / "chain.png")
    plot_network(env.network, save_path=str(tmp_path / "chain.svg"))
    assert (tmp_path / "chain.png").read_bytes().startswith(b"\x89PNG")
    assert "<svg" in (tmp_path / "chain.svg").read_text(encoding="utf-8")


def test_plots_leave_no_figure_open() -> None:
    import matplotlib._pylab_helpers as helpers

    CoreEnv("serial", render_mode="rgb_array").render()
    CoreEnv("serial").plot_network()
    assert helpers.Gcf.get_num_fig_managers() == 0


def test_names_with_markup_and_control_characters_are_shown_as_they_are_written(tmp_path: Path) -> None:
    declared = shop_and_source()
    declared["nodes"][1]["id"] = MARKUP
    declared["edges"][0]["from"] = declared["edges"][1]["to"] = MARKUP
    env = environment_of(tmp_path, declared, render_mode="rgb_array")
    figure = env.plot_network(detailed=True, save_path=tmp_path / "shop.svg")
    (shown,) = [text for text in texts(figure) if "frac" in text]
    assert shown == "<b>\\$\\frac{\\$\\x1b[31…"
    drawn = (tmp_path / "shop.svg").read_text(encoding="utf-8")
    assert "\x1b" not in drawn
    assert "<b>" not in drawn
    env.step([1.0])
    assert env.render().shape == (480, 640, 3)
    env.render_mode = "ansi"
    assert "\x1b" not in env.render()


def test_long_names_are_cut(tmp_path: Path) -> None:
    declared = shop_and_source()
    declared["nodes"][0]["id"] = declared["edges"][0]["to"] = "m" * 500
    assert "m" * 15 + "…" in texts(environment_of(tmp_path, declared).plot_network())
