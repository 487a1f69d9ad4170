"""The page: Streamlit runs it from top to bottom whenever a user changes something.

What a user chose lives in ``st.session_state``, one per visitor; no module keeps anything. Games, which visitors share,
are kept in :data:`gym_invmgmt.dashboard.play.TABLES`.
"""

from __future__ import annotations

import functools
import importlib
from dataclasses import replace
from typing import Any

import streamlit as st

from gym_invmgmt import _native
from gym_invmgmt.dashboard import UPLOAD_LIMIT, assortment, figures
from gym_invmgmt.dashboard import play as game
from gym_invmgmt.dashboard.playing import Played, play, report
from gym_invmgmt.dashboard.problems import (
    NETWORKS,
    Problem,
    Sales,
    columns_of,
    first_levels,
    mean_demand,
    network_file,
    network_of,
    sales_file,
)
from gym_invmgmt.network_topology import SupplyChainNetwork

# Two visitors at once: plotly would look at pandas, which Streamlit imports when it first needs it, half imported.
importlib.import_module("pandas")

#: Policies that need no numbers, by name.
RULES = (
    "newsvendor:blind", "ss:blind", "exp-smoothing:blind", "echelon-basestock:blind", "mpc:blind", "dlp:blind",
    "newsvendor:informed", "ss:informed", "exp-smoothing:informed", "echelon-basestock:informed", "mpc:informed",
    "dlp:informed", "mssp:informed", "oracle",
)  # fmt: skip
CONSTANT, BASE_STOCK = "constant", "basestock"
#: Most policies side by side, and most nodes with a slider each.
MOST_POLICIES, MOST_SLIDERS = 4, 12
UPLOADED = "uploaded file"
#: The pages.
NETWORK, ASSORTMENT, GAME = "Network", "Assortment", "Game"
#: Periods an episode may have.
SHORTEST, LONGEST = 5, 365


def page() -> None:
    """Three pages: a network that policies play, an assortment that is planned, and a game of persons.

    The address of a game leads to its page: ``?game=CODE``.
    """
    st.set_page_config(page_title="gym-invmgmt", layout="wide")
    st.session_state.setdefault("view", GAME if "game" in st.query_params else NETWORK)
    view = st.sidebar.radio("Page", [NETWORK, ASSORTMENT, GAME], key="view", horizontal=True)
    if view == GAME:
        game.page()
    elif view == ASSORTMENT:
        st.title("Plan of an assortment")
        assortment.page()
    else:
        st.title("Inventory in a network")
        _network_page()


def _network_page() -> None:
    """Controls on the left; pictures, figures and files on the right."""
    with st.sidebar:
        problem, network = _network()
        problem = _sales(_demand(problem), network)
        names = _policies(problem, network)
        seed = int(st.number_input("First seed", 0, 2**31, 42, key="seed"))
        episodes = st.slider("Episodes to average", 1, 100, 10, key="episodes")
    if not names:
        st.info("Choose a policy on the left.")
        return
    played = _played(problem, names, seed, episodes)
    if played:
        _show(played)
        _downloads(problem, names, seed, episodes)


def _network() -> tuple[Problem, SupplyChainNetwork]:
    """The network chosen; a file that cannot be read leaves the last good one in use."""
    st.subheader("Network")
    upload = st.file_uploader(
        f"Network file (YAML or JSON, at most {UPLOAD_LIMIT} MB)", ["yaml", "yml", "json"], key="network_upload",
        max_upload_size=UPLOAD_LIMIT,
    )  # fmt: skip
    mine = st.session_state.get("network_file")
    if upload is not None and st.session_state.get("network_upload_seen") != upload.file_id:
        try:
            mine = network_file(upload.name, upload.getvalue())
            st.session_state["network_upload_seen"] = upload.file_id
            st.session_state["network_file"] = mine
            st.session_state["network"] = UPLOADED
            # The file says what its markets want; the slider would replace that.
            st.session_state["own_mean"] = True
        except ValueError as error:
            _refused(error)
    choices = [*NETWORKS, UPLOADED] if mine else list(NETWORKS)
    name = st.selectbox("Network", choices, key="network")
    chosen = mine if name == UPLOADED and mine else name
    return Problem(chosen), network_of(chosen)


def _demand(problem: Problem) -> Problem:
    """Horizon, rules and drawn demand."""
    st.subheader("Demand and rules")
    length = st.session_state.pop("series_length", st.session_state.get("periods", 30))
    st.session_state["periods"] = min(max(length, SHORTEST), LONGEST)
    own = st.checkbox("Each market has its own mean", key="own_mean")
    mean = st.slider("Mean demand of a market [units per period]", 0.0, 100.0, 20.0, 1.0, key="base_mean", disabled=own)
    return replace(
        problem,
        num_periods=st.slider("Periods", SHORTEST, LONGEST, key="periods"),
        base_mean=None if own else mean,
        noise=st.slider("Noise (0: demand is its mean)", 0.0, 3.0, 1.0, 0.1, key="noise"),
        effects=tuple(st.multiselect("Effects on the mean", _native.Demand.EFFECTS, key="effects")),
        lost_sales=st.checkbox("Unmet demand is lost", key="lost_sales"),
        goodwill=st.checkbox("Shortages lower demand (goodwill)", key="goodwill"),
    )


def _sales(problem: Problem, network: SupplyChainNetwork) -> Problem:
    """Past sales in place of drawn demand, once a file was read; a bad or too large one changes nothing."""
    upload = st.file_uploader(
        f"Sales file (CSV, at most {UPLOAD_LIMIT} MB)", ["csv"], key="sales_upload", max_upload_size=UPLOAD_LIMIT
    )
    if upload is not None:
        try:
            columns = columns_of(upload.name, upload.getvalue())
            column = st.selectbox("Column with the units sold", columns, index=len(columns) - 1, key="sales_column")
            st.session_state["sales"] = sales_file(upload.name, upload.getvalue(), column)
            if st.session_state.get("sales_upload_seen") != upload.file_id:
                st.session_state["sales_upload_seen"] = upload.file_id
                st.session_state["sales_used"] = True
                # The slider above stands already; the next run begins with the length of the series.
                st.session_state["series_length"] = len(st.session_state["sales"])
                st.rerun()
        except ValueError as error:
            _refused(error)
    units = st.session_state.get("sales")
    if units is None or not st.checkbox(f"Replay {len(units)} periods of sales exactly", key="sales_used"):
        return problem
    links = list(network.retail_links)
    place = st.selectbox(
        "Sold by", range(len(links)), format_func=lambda at: f"{links[at][0]} to {links[at][1]}", key="sales_link"
    )
    cycle = st.checkbox("Begin again where the file ends", True, key="sales_cycle")
    return replace(problem, sales=Sales(units, links[place], cycle))


def _policies(problem: Problem, network: SupplyChainNetwork) -> list[str]:
    """The policies side by side, by name."""
    st.subheader("Policies")
    chosen = st.multiselect(
        "Side by side", [CONSTANT, BASE_STOCK, *RULES], [CONSTANT, BASE_STOCK], key="policies",
        max_selections=MOST_POLICIES,
    )  # fmt: skip
    names = []
    for choice in chosen:
        if choice == CONSTANT:
            quantity = st.slider("Constant order on every link [units]", 0.0, 200.0, 20.0, 1.0, key="constant")
            names.append(f"constant:{quantity:g}")
        elif choice == BASE_STOCK:
            names.append(_base_stock(network, mean_demand(problem)))
        else:
            names.append(choice)
    own = st.text_input("Another by name", placeholder="ss:40/90,60/120,20/50", key="own_policy").strip()
    return names + [own] * bool(own)


def _base_stock(network: SupplyChainNetwork, base_mean: float) -> str:
    """A base-stock policy with a slider per node."""
    levels = first_levels(network, base_mean)
    for node, level in list(levels.items())[:MOST_SLIDERS]:
        top = max(200.0, 3 * level)
        # The key names the network and the mean: other ones begin at levels of their own.
        key = f"level/{network.fingerprint}/{base_mean:g}/{node}"
        levels[node] = st.slider(f"Base-stock level of node {node} [units]", 0.0, top, level, 1.0, key=key)
    if len(levels) > MOST_SLIDERS:
        st.caption(f"The other {len(levels) - MOST_SLIDERS} nodes keep the levels they begin with.")
    return "basestock:" + ",".join(f"{level:g}" for level in levels.values())


def _played(problem: Problem, names: list[str], seed: int, episodes: int) -> list[Played]:
    """The episodes; played again only when something they depend on changed."""
    asked = (problem, tuple(names), seed, episodes)
    if st.session_state.get("asked") != asked:
        try:
            with st.spinner("Playing"):
                played = play(problem, names, seed, episodes)
        except ValueError as error:
            _refused(error)
            st.caption("Below, the last episodes that could be played." if "played" in st.session_state else "")
        else:
            st.session_state["asked"], st.session_state["played"] = asked, played
    kept: list[Played] = st.session_state.get("played", [])
    return kept


def _show(played: list[Played]) -> None:
    st.dataframe([one.row() for one in played], hide_index=True, key="figures")
    episodes = len(played[0].figures["total_profit"])
    if episodes > 1:
        st.caption(f"Mean of {episodes} episodes ± standard error. The pictures show the first.")
    left, middle, right = st.columns(3)
    left.plotly_chart(figures.demand(played), key="demand")
    middle.plotly_chart(figures.money(played), key="money")
    right.plotly_chart(figures.costs(played), key="costs")
    last = played[0].record.periods - 1
    # A shorter episode has fewer periods to look at.
    st.session_state["period"] = min(st.session_state.get("period", last // 2), last)
    period = st.slider("Period shown", 0, last, key="period")
    records = [one.record for one in played]
    for number, (column, one) in enumerate(zip(st.columns(len(played)), played, strict=True)):
        column.subheader(one.policy)
        column.plotly_chart(figures.network(one.record, period, records), key=f"network/{number}")
        column.plotly_chart(figures.stocks(one.record, period, records), key=f"stocks/{number}")
        if (picture := figures.mechanisms(one.record, period)) is not None:
            column.plotly_chart(picture, key=f"mechanisms/{number}")


def _downloads(problem: Problem, names: list[str], seed: int, episodes: int) -> None:
    """The scenario and the report; the report is written when it is asked for."""
    if st.session_state["asked"] != (problem, tuple(names), seed, episodes):
        return
    left, right = st.columns(2)
    left.download_button(
        "Download the scenario", problem.scenario().to_yaml(), "scenario.yaml", "application/yaml", key="get_scenario",
        on_click="ignore",
    )  # fmt: skip
    right.download_button(
        "Download the report", functools.partial(report, problem, names, seed, episodes), "report.html", "text/html",
        key="get_report", on_click="ignore",
    )  # fmt: skip


def _refused(error: Any) -> None:
    """A mistake, as the readers tell it; not as Markdown, which would eat its brackets."""
    st.error("This cannot be used; everything else is as it was.")
    st.code(str(error), language=None, wrap_lines=True)


if __name__ == "__main__":
    page()
