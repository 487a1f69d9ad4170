"""Each picture draws the numbers of the episode: artists and their data, worked out by hand or by another measure."""

from __future__ import annotations

import re
import subprocess
import sys
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import gymnasium as gym
import matplotlib
import numpy as np
import pytest
from helpers import environment_of, played_by_hand, shop_and_source
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from test_rendering import wide_network

from gym_invmgmt import (
    CoreEnv,
    EpisodeLoggerWrapper,
    SupplyChainNetwork,
    compute_bullwhip,
    compute_kpis,
    plots,
    run_episode,
)
from gym_invmgmt.plots.behaviour import impulse
from gym_invmgmt.plots.layout import Layout
from gym_invmgmt.plots.style import ROLE_STYLE, ink_on

ON_AN_EPISODE = [
    plots.inventory_heatmap,
    plots.pipeline_heatmap,
    plots.requested_and_filled,
    plots.kpi_dashboard,
    plots.profit_by_node,
    plots.reward_breakdown,
    plots.bullwhip,
    plots.goodwill,
]


@pytest.fixture(scope="module")
def nine_nodes() -> CoreEnv:
    """An episode of the nine-node network with shortages."""
    env = CoreEnv("network", {"use_goodwill": True})
    run_episode(env, lambda observation: [12.0] * 11, seed=5)
    return env


def titled(figure: Any, title: str) -> Axes:
    (found,) = [axes for axes in figure.axes if axes.get_title(loc="left") == title]
    return found


def line(axes: Axes, label: str) -> list[float]:
    (found,) = [line for line in axes.lines if line.get_label() == label]
    return [float(value) for value in found.get_ydata()]


def bar_lengths(axes: Axes, what: str = "get_height") -> list[float]:
    return [getattr(bar, what)() for bar in axes.patches]


def test_importing_the_package_does_not_import_matplotlib() -> None:
    code = "import sys, gym_invmgmt; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_layout_is_the_reports_with_heights_upwards() -> None:
    network = SupplyChainNetwork("network")
    layout = Layout.of(network)
    # Echelon by echelon, as crates/invmgmt-report tests it.
    assert layout.positions[:, 0].tolist() == [1.0, 0.75, 0.5, 0.5, 0.25, 0.25, 0.25, 0.0, 0.0]
    assert layout.columns.tolist() == [4, 3, 2, 2, 1, 1, 1, 0, 0]
    for (supplier, buyer), route in zip(network.network_links, layout.routes, strict=True):
        ends = layout.positions[[network.node_map[supplier], network.node_map[buyer]]]
        np.testing.assert_array_equal(route[[0, -1]], ends)
    top_left = network._native.layout()[0][7]
    assert layout.positions[7].tolist() == [top_left[0], 1.0 - top_left[1]]


def test_a_link_that_passes_an_echelon_bends_there(tmp_path: Path) -> None:
    declared = wide_network(4)
    declared["edges"].append({"from": "mill 0", "to": "shop 1", "L": 1, "p": 1, "g": 0})
    env = environment_of(tmp_path, declared)
    (axes,) = plots.network(env).axes
    bent = axes.patches[env.network.network_map["mill 0", "shop 1"]]
    # One cubic curve to the bend, one from it.
    assert len(bent.get_connectionstyle()((0, 0), (1, 1), shrinkA=0, shrinkB=0).vertices) == 7
    assert len(axes.patches) == len(env.network.network_links)


def test_the_network_can_be_drawn_from_whatever_has_one(nine_nodes: CoreEnv) -> None:
    for source in (nine_nodes, nine_nodes.network, plots.record_of(nine_nodes), gym.Wrapper(nine_nodes)):
        (axes,) = plots.network(source, parameters=True).axes
        assert "I0 100  h 0.03" in [text.get_text() for text in axes.texts]
    with pytest.raises(TypeError, match="a str was given; expected an environment, a record or a network"):
        plots.network("network")


def test_the_levels_of_a_network_are_named_on_the_axis(nine_nodes: CoreEnv) -> None:
    (axes,) = nine_nodes.plot_network().axes
    levels = [label.get_text() for label in axes.get_xticklabels()]
    assert levels == ["Raw Material", "Factory", "Distributor", "Retailer", "Market"]


def test_the_largest_network_has_a_marker_and_a_name_for_every_node(tmp_path: Path) -> None:
    env = environment_of(tmp_path, wide_network(65))
    assert env.network.num_nodes == 198
    figure = plots.network(env, parameters=True)
    (axes,) = figure.axes
    assert sum(len(markers.get_offsets()) for markers in axes.collections) == 198
    assert sorted(text.get_text() for text in axes.texts) == sorted(env.network.all_nodes)
    assert min(text.get_fontsize() for text in axes.texts) >= 4.0


def layered_network(widths: list[int]) -> dict[str, Any]:
    """Layers of nodes, markets first; who buys from whom is drawn, but everybody buys and sells."""
    draw, edges = np.random.default_rng(3), []
    names = [[f"{depth}.{place}" for place in range(width)] for depth, width in enumerate(widths)]
    nodes = [{"id": name} for name in (*names[0], *names[-1])]
    nodes += [{"id": name, "I0": 120, "h": 0.025} for layer in names[1:-1] for name in layer]
    for shop, market in zip(names[1], names[0], strict=True):
        law = {"demand_dist": "poisson", "dist_param": {"mu": 3}}
        edges.append({"from": shop, "to": market, "p": 3, "b": 0.2, **law})
    for buyers, suppliers in pairwise(names[1:]):
        pairs = {(suppliers[place % len(suppliers)], buyer) for place, buyer in enumerate(buyers)}
        pairs |= {(supplier, buyers[place % len(buyers)]) for place, supplier in enumerate(suppliers)}
        pairs |= {(suppliers[draw.integers(len(suppliers))], buyer) for buyer in buyers}
        edges += [{"from": one, "to": other, "L": 2, "p": 1.8, "g": 0.005} for one, other in sorted(pairs)]
    return {"nodes": nodes, "edges": edges}


def outlines_of(figure: Any) -> list[tuple[str, Any]]:
    """What is written on white at nodes and links, with its outline as drawn [pixels]."""
    FigureCanvasAgg(figure).draw()
    patches = [(text.get_text(), text.get_bbox_patch()) for text in figure.axes[0].texts]
    return [(text, patch.get_path().transformed(patch.get_transform())) for text, patch in patches if patch]


@pytest.mark.parametrize("widths", [None, [4, 4, 5, 3, 2], [5, 5, 6, 4, 2]])
def test_parameters_never_cover_each_other_or_a_node(tmp_path: Path, widths: list[int] | None) -> None:
    network = SupplyChainNetwork("network")
    if widths:
        network = environment_of(tmp_path, layered_network(widths)).network
    figure = plots.network(network, parameters=True)
    outlines = outlines_of(figure)
    assert len(outlines) >= len(network.network_links) + len(network.main_nodes)
    pairs = combinations(outlines, 2)
    assert [(a, b) for (a, one), (b, other) in pairs if one.intersects_path(other, filled=True)] == []
    centres = figure.axes[0].transData.transform(Layout.of(network).positions)
    assert not any(outline.contains_points(centres).any() for _, outline in outlines)


def test_the_parameters_of_the_largest_network_stand_in_a_list_that_fits(tmp_path: Path) -> None:
    env = environment_of(tmp_path, wide_network(65))
    figure = plots.network(env, parameters=True)
    rows = [row for text in figure.texts for row in text.get_text().split("\n")]
    assert len(rows) == 132 + len(env.network.network_links)
    FigureCanvasAgg(figure).draw()
    boxes = [text.get_window_extent() for text in figure.texts if text is not figure._suptitle]
    for left, right in pairwise(sorted(boxes, key=lambda box: box.x0)):
        assert left.x1 < right.x0
    assert max(box.x1 for box in boxes) <= figure.bbox.width
    assert min(box.y0 for box in boxes) >= 0
    assert min(box.x0 for box in boxes) >= figure.axes[0].get_window_extent().x1


def test_names_on_markers_can_be_read_against_their_colour() -> None:
    def luminance(colour: str) -> float:
        red, green, blue = (((share + 0.055) / 1.055) ** 2.4 if share > 0.04045 else share / 12.92
                            for share in matplotlib.colors.to_rgb(colour))  # fmt: skip
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    for colour, _ in ROLE_STYLE.values():
        dark, light = sorted([luminance(colour), luminance(ink_on(colour))])
        # The least contrast of the web's accessibility guidelines for text.
        assert (light + 0.05) / (dark + 0.05) >= 4.5, colour


def test_the_inventory_heatmap_shows_stocks_and_marks_empty_ones(tmp_path: Path) -> None:
    axes = plots.inventory_heatmap(played_by_hand(tmp_path)).axes[0]
    # Sums in played_by_hand: 10, then 6, 0, 0 at the end of the periods.
    np.testing.assert_array_equal(axes.images[0].get_array().data, [[10.0, 6.0, 0.0, 0.0]])
    assert [label.get_text() for label in axes.get_yticklabels()] == ["shop"]
    assert axes.collections[0].get_offsets().tolist() == [[2.0, 0.0], [3.0, 0.0]]


def test_heatmaps_have_customers_on_top_and_every_row_its_numbers(nine_nodes: CoreEnv) -> None:
    axes = plots.inventory_heatmap(nine_nodes).axes[0]
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names[0] == "1"
    assert sorted(names[1:3]) == ["2", "3"]
    for row, name in enumerate(names):
        np.testing.assert_array_equal(axes.images[0].get_array().data[row], nine_nodes.X[:, int(name)])


def test_the_pipeline_heatmap_shows_units_on_order(tmp_path: Path, nine_nodes: CoreEnv) -> None:
    axes = plots.pipeline_heatmap(played_by_hand(tmp_path)).axes[0]
    np.testing.assert_array_equal(axes.images[0].get_array().data, [[0.0, 6.0, 0.0, 5.0]])
    assert [label.get_text() for label in axes.get_yticklabels()] == ["source → shop  (L 1)"]
    axes = plots.pipeline_heatmap(nine_nodes).axes[0]
    for row, label in enumerate(axes.get_yticklabels()):
        supplier, buyer = label.get_text().split("  ")[0].split(" → ")
        column = nine_nodes.network.reorder_map[int(supplier), int(buyer)]
        np.testing.assert_array_equal(axes.images[0].get_array().data[row], nine_nodes.Y[:, column])


def test_orders_show_what_was_requested_beside_what_was_filled(nine_nodes: CoreEnv) -> None:
    figure = plots.requested_and_filled(nine_nodes)
    assert line(titled(figure, "all links"), "requested") == [132.0] * 30
    for (supplier, buyer), column in nine_nodes.network.reorder_map.items():
        axes = titled(figure, f"{supplier} → {buyer}")
        assert line(axes, "requested") == [12.0] * 30
        assert line(axes, "filled") == nine_nodes.R[:, column].tolist()


def test_orders_of_many_links_are_a_map_of_the_share_filled(tmp_path: Path) -> None:
    env = environment_of(tmp_path, wide_network(8), num_periods=4)
    run_episode(env, lambda observation: [9.0 * (env.period % 2)] * 18, seed=1)
    axes = titled(plots.requested_and_filled(env), "share filled, by link")
    share = axes.images[0].get_array()
    assert share.mask[:, [0, 2]].all()
    links = [tuple(label.get_text().split(" → ")) for label in axes.get_yticklabels()]
    filled = env.R[:, [env.network.reorder_map[link] for link in links]].T
    np.testing.assert_allclose(share[:, [1, 3]], filled[:, [1, 3]] / 9.0)
    assert not np.all(filled[:, [1, 3]] == 9.0)


def test_the_dashboard_shows_the_key_figures(nine_nodes: CoreEnv) -> None:
    figure, kpis = plots.kpi_dashboard(nine_nodes), compute_kpis(nine_nodes)
    sales = titled(figure, "Demand and sales")
    assert sum(line(sales, "demand")) == pytest.approx(kpis["total_demand"])
    assert sum(line(sales, "sold")) == pytest.approx(kpis["total_sold"])
    assert line(titled(figure, "Fill rate"), "so far")[-1] == pytest.approx(kpis["fill_rate"])
    assert bar_lengths(titled(figure, "Unmet demand at the end of a period"))[-1] == kpis["total_backlog"]
    assert sum(bar_lengths(titled(figure, "Profit per period"))) == pytest.approx(kpis["total_profit"])
    assert titled(figure, "Profit so far").lines[0].get_ydata()[-1] == pytest.approx(kpis["total_profit"])
    assert f"profit {kpis['total_profit']:,.1f}" in figure.get_suptitle()
    assert line(titled(figure, "All stocks"), "on order") == nine_nodes.Y.sum(axis=1).tolist()


def test_the_profit_of_nodes_adds_up_to_the_reward(nine_nodes: CoreEnv) -> None:
    figure = plots.profit_by_node(nine_nodes)
    (axes,) = figure.axes
    assert sum(bar_lengths(axes, "get_width")) == pytest.approx(compute_kpis(nine_nodes)["total_profit"])
    names = [label.get_text() for label in axes.get_yticklabels()]
    for bar in axes.patches:
        node = int(names[round(bar.get_y() + bar.get_height() / 2)])
        assert bar.get_width() == pytest.approx(nine_nodes.P[:, node].sum())


def test_the_reward_breaks_down_into_the_parts_of_the_ledger(tmp_path: Path) -> None:
    figure = plots.reward_breakdown(played_by_hand(tmp_path))
    drawn = {bars.get_label(): [bar.get_height() for bar in bars] for bars in titled(figure, "Per period").containers}
    # 5 a sale (4, 12, 0); orders of 6, 0, 5 at 1 and 3 each, 0.25 on order; 0.5 a unit left; 2 a unit unmet.
    assert drawn["revenue"] == [20.0, 60.0, 0.0]
    assert drawn["procurement"] == [-6.0, -0.0, -5.0]
    assert drawn["unmet demand"] == [-0.0, -6.0, -10.0]
    assert drawn["fixed order cost"] == [-3.0, -0.0, -3.0]
    assert drawn["holding"] == pytest.approx([-(6 * 0.5 + 6 * 0.25), 0.0, -5 * 0.25])
    assert "operating" not in drawn
    # The waterfall ends at the reward: 80 - 11 - 16 - 6 - 5.75.
    assert bar_lengths(titled(figure, "In total"))[-1] == pytest.approx(41.25)
    assert line(titled(figure, "Per period"), "reward") == pytest.approx([6.5, 54.0, -19.25])


def test_scenarios_show_the_mean_demand_of_their_settings() -> None:
    settings = {
        "steady": {"noise_scale": 0.0},
        "trend": {"noise_scale": 0.0, "effects": ["trend"], "trend_slope": 0.05},
        "shock": {"noise_scale": 0.0, "effects": ["shock"], "shock_time": 3, "shock_mag": 2.0},
    }
    figure = plots.demand_scenarios(settings, num_periods=6, seeds=range(3))
    assert line(titled(figure, "steady"), "steady") == [20.0] * 6
    assert line(titled(figure, "trend"), "trend") == pytest.approx([20.0 * (1 + 0.05 * t) for t in range(6)])
    assert line(titled(figure, "shock"), "shock") == [20.0] * 3 + [40.0] * 3


def test_scenarios_are_drawn_from_the_seeds_and_react_to_shortages() -> None:
    figure = plots.demand_scenarios({"drawn": {}, "goodwill": {"use_goodwill": True}}, num_periods=4, seeds=[42, 43])
    drawn = [np.random.default_rng(seed).poisson(20, size=4) for seed in (42, 43)]
    assert line(titled(figure, "drawn"), "drawn") == np.mean(drawn, axis=0).tolist()
    assert line(titled(figure, "goodwill"), "goodwill") != line(titled(figure, "drawn"), "drawn")


def test_unusable_scenarios_are_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"scenario 'odd': .*noise_scale"):
        plots.demand_scenarios({"odd": {"noise_scale": -1.0}})
    with pytest.raises(ValueError, match="scenarios is empty"):
        plots.demand_scenarios({})


def test_the_bullwhip_bars_and_crosses_are_coefficients_of_variation() -> None:
    env = CoreEnv("serial")
    run_episode(env, lambda seen: [float(env.D[max(env.period - 1, 0), 0]), 30.0 * (env.period % 2), 20.0], seed=2)
    expected = compute_bullwhip(env)
    axes = titled(plots.bullwhip(env), "Coefficient of variation")
    # In a chain an echelon is one link, so bar and cross agree.
    widths = [bar.get_width() for bar in axes.patches]
    assert widths == pytest.approx([expected["demand_cv"], *expected["per_link_cv"].values()])
    crosses = [float(points.get_offsets()[0, 0]) for points in axes.collections]
    assert crosses == pytest.approx(widths)
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names == ["demand", "retailer 1", "distributor 2", "factory 3"]


def test_echelons_add_up_their_links(nine_nodes: CoreEnv) -> None:
    figure = plots.bullwhip(nine_nodes)
    titles = [axes.get_title(loc="left") for axes in figure.axes[:4]]
    assert titles == ["Demand", "Ordered by retailer 1", "Ordered by 2 distributors", "Ordered by 3 factories"]
    assert [axes.lines[0].get_ydata()[0] for axes in figure.axes[1:4]] == [2 * 12.0, 5 * 12.0, 4 * 12.0]


def test_no_echelon_has_the_colour_of_demand(tmp_path: Path) -> None:
    env = environment_of(tmp_path, layered_network([2] * 12))
    run_episode(env, seed=1)
    demand, *echelons = [axes.lines[0].get_color() for axes in plots.bullwhip(env).axes[:11]]
    assert demand == "#000000"
    assert demand not in echelons
    # Neighbours differ, also where colours begin again.
    assert all(one != other for one, other in pairwise(echelons))


def test_without_goodwill_shortages_are_not_said_to_lower_the_sentiment() -> None:
    titles = []
    for use in (False, True):
        env = CoreEnv("serial", {"use_goodwill": use})
        run_episode(env, lambda observation: [5.0] * 3, seed=1)
        assert env.U.sum() > 0
        titles.append(plots.goodwill(env).axes[1].get_title(loc="left"))
    assert titles[0] == "Unmet demand at the end of the period"
    assert titles[1] == titles[0] + ": it lowers the sentiment of the next"


def test_goodwill_shows_sentiment_and_shortages(nine_nodes: CoreEnv) -> None:
    figure = plots.goodwill(nine_nodes)
    assert line(titled(figure, "Sentiment"), "sentiment in force") == nine_nodes.GW.tolist()
    assert len(set(nine_nodes.GW.tolist())) > 3
    assert bar_lengths(figure.axes[1]) == nine_nodes.U.sum(axis=1).tolist()


def test_an_impulse_arrives_after_the_lead_time_of_its_link() -> None:
    network = SupplyChainNetwork("network")
    figure = plots.lead_time_response(network, quantity=7.0)
    (axes,) = figure.axes
    (arrivals,) = [points for points in axes.collections if points.get_label() == "arrives"]
    names = [label.get_text().split(" → ") for label in axes.get_yticklabels()]
    found = {(int(a), int(b)): x for (a, b), (x, _) in zip(names, arrivals.get_offsets(), strict=True)}
    assert found == network.lead_times


def test_an_impulse_that_a_supplier_cannot_fill_says_so(tmp_path: Path) -> None:
    network = SupplyChainNetwork("serial")
    assert impulse(network, 0, 130.0) == (100.0, 4.0)
    shown = [text.get_text() for text in plots.lead_time_response(network, quantity=130.0).axes[0].texts]
    assert shown[0] == "L 4, 100 filled"
    with pytest.raises(ValueError, match="quantity is 0; expected a number of units above 0"):
        plots.lead_time_response(network, quantity=0)


@pytest.mark.parametrize("draw", ON_AN_EPISODE)
def test_every_picture_tells_what_it_needs(draw: Any) -> None:
    with pytest.raises(ValueError, match="no period was played; play an episode before drawing it"):
        draw(CoreEnv("serial"))
    with pytest.raises(TypeError, match="a list was given; expected an environment after an episode, or a record"):
        draw([1, 2])


@pytest.mark.parametrize("draw", ON_AN_EPISODE)
def test_every_picture_is_drawn_after_one_period_and_under_any_style_of_the_users(draw: Any) -> None:
    import matplotlib
    import matplotlib.style

    env = CoreEnv("serial")
    env.reset(seed=1)
    env.step([0.0, 0.0, 0.0])
    with matplotlib.style.context("dark_background"):
        before = dict(matplotlib.rcParams)
        figure = draw(env)
        assert dict(matplotlib.rcParams) == before
    assert figure.get_facecolor() == (1.0, 1.0, 1.0, 1.0)


def test_a_record_is_a_copy_of_the_periods_played() -> None:
    env = CoreEnv("serial")
    env.reset(seed=1)
    for _ in range(3):
        env.step([20.0, 20.0, 20.0])
    record = plots.record_of(env)
    assert (record.periods, record.num_periods, record.on_hand.shape) == (3, 30, (4, 5))
    first = record.demand.copy()
    env.reset(seed=9)
    env.step([0.0, 0.0, 0.0])
    np.testing.assert_array_equal(record.demand, first)
    assert plots.record_of(record) is record


def test_records_are_read_from_the_files_of_the_logger_and_need_their_network(tmp_path: Path) -> None:
    env = EpisodeLoggerWrapper(CoreEnv("serial"), log_dir=tmp_path)
    run_episode(env, lambda observation: [20.0] * 3, seed=1)
    (path,) = tmp_path.glob("*.npz")
    record = plots.load_record(path, "serial")
    np.testing.assert_array_equal(record.on_hand, env.unwrapped.X)
    np.testing.assert_array_equal(record.requested, env.unwrapped.action_log)
    assert len(plots.kpi_dashboard(record).axes) == 6
    with pytest.raises(ValueError, match=r"X of the record has shape \(31, 5\); this network and 30 periods ask"):
        plots.load_record(path, "network")
    with pytest.raises(ValueError, match="the record is from a file without a ledger"):
        plots.reward_breakdown(record)
    np.savez(tmp_path / "half.npz", X=env.unwrapped.X)
    with pytest.raises(ValueError, match=r"the record has no Y \(nor pipeline_Y\); it holds X"):
        plots.load_record(tmp_path / "half.npz", "serial")


def test_names_are_shown_as_they_are_written(tmp_path: Path) -> None:
    declared = shop_and_source()
    declared["nodes"][1]["id"] = declared["edges"][0]["from"] = declared["edges"][1]["to"] = "$\\frac{$"
    env = environment_of(tmp_path, declared, num_periods=2)
    run_episode(env, seed=1)
    for draw in [plots.inventory_heatmap, plots.requested_and_filled, plots.bullwhip, plots.lead_time_response]:
        figure = draw(env)
        # matplotlib fails on bad math markup.
        figure.draw_without_rendering()
        written = [text.get_text() for text in figure.findobj(match=lambda artist: hasattr(artist, "get_text"))]
        assert any("\\$\\frac{\\$" in text for text in written)


def test_the_page_has_an_image_with_a_description_for_every_picture() -> None:
    docs = Path(__file__).parents[2] / "docs"
    shown = dict(
        re.findall(r"!\[([^\]]{20,})\]\(images/([\w.]+)\)", (docs / "pictures.md").read_text(encoding="utf-8"))
    )
    drawn = {f"{draw.__name__}.png" for draw in [*ON_AN_EPISODE, plots.lead_time_response, plots.demand_scenarios]}
    assert drawn | {"network.png", "network_parameters.png", "frame.png"} == set(shown.values())
    images = {path.name: path.stat().st_size for path in (docs / "images").iterdir()}
    assert set(images) >= set(shown.values())
    assert max(images.values()) < 80_000
