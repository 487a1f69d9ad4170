"""The page of the game: a person runs a stage of a network, others the rest, on pages of their own.

A game is found by its code and a seat by its key, both in the page's address: a reload leads back to them.
"""

from __future__ import annotations

import json
from collections.abc import Callable

import streamlit as st

from gym_invmgmt import _native
from gym_invmgmt.dashboard import HERE, UPLOAD_LIMIT, board, is_here
from gym_invmgmt.dashboard.games import BEER_GAME, Table, Tables
from gym_invmgmt.dashboard.problems import NETWORKS, network_file

_PERSON, _TUNED, _OTHER = "a person", "base stock, levels found by simulation", "another policy"
_UPLOADED = "uploaded file"
#: How often a page that waits for others looks for them [seconds].
_GLANCE = 1.0


#: All games of this server: one object for all visitors, as the module is imported once.
TABLES = Tables()


def page() -> None:
    """The lobby, or the game of the address."""
    st.title("The game")
    code = st.query_params.get("game")
    table = TABLES.find(code)
    if code and table is None:
        st.warning("There is no game with this code: it was never begun here, or the server was started anew since.")
    if table is None:
        _lobby()
    else:
        _seated(table)


def _lobby() -> None:
    begin, join = st.columns(2)
    with join:
        st.subheader("Join a game")
        code = st.text_input("Its code", key="code", max_chars=8)
        if st.button("Join", key="join"):
            found = TABLES.find(code)
            if found is None:
                st.error("There is no game with this code.")
            else:
                _go(found)
    with begin:
        st.subheader("Begin a game")
        scenario, title = _scenario()
        if scenario is None:
            return
        seed = int(st.number_input("Seed of the customers", 0, 2**31, 1, key="game_seed"))
        players = [_player(stage) for stage in _native.Game.stages_of(scenario)]
        if st.button("Begin", key="begin", type="primary"):
            try:
                with st.spinner("Setting the table"):
                    table = TABLES.begin(scenario, title, seed, players)
            except ValueError as error:
                _refused(error)
            else:
                _go(table)
    st.caption(_sharing())


def _scenario() -> tuple[_native.Scenario | None, str]:
    """What is played."""
    kinds = ["the beer game", *NETWORKS, _UPLOADED]
    kind = st.selectbox("What is played", kinds, key="game_kind")
    if kind == kinds[0]:
        return _native.Scenario.find(BEER_GAME), kind
    periods = int(st.number_input("Periods", 1, 365, 30, key="game_periods"))
    network: object = kind
    if kind == _UPLOADED:
        upload = st.file_uploader(
            "Network file", ["yaml", "yml", "json"], key="game_file", max_upload_size=UPLOAD_LIMIT
        )
        if upload is None:
            return None, ""
        try:
            network = json.loads(network_file(upload.name, upload.getvalue()))
        except ValueError as error:
            _refused(error)
            return None, ""
        kind = upload.name
    text = json.dumps({"network": network, "num_periods": periods})
    return _native.Scenario.from_yaml(text), kind


def _player(stage: str) -> str | None:
    """Who runs a stage: none for a person."""
    choice = st.selectbox(stage, [_PERSON, _TUNED, _OTHER], key=f"player/{stage}")
    if choice == _OTHER:
        return str(st.text_input(f"Policy of {stage}", "constant:4", key=f"policy/{stage}")).strip()
    return None if choice == _PERSON else "tuned"


def _seated(table: Table) -> None:
    """The game as a person at it sees it."""
    game, key = table.game, st.query_params.get("seat")
    held = table.held(key)
    st.subheader(f"{table.title}: game {table.code}")
    st.caption(f"Others join with the code {table.code}. {_sharing()}")
    left, right = st.columns([2, 3])
    with right:
        everything = table.is_over
        st.plotly_chart(board.drawn(game, held, everything), key="board")
    with left:
        if table.is_over:
            st.write(f"The game is over after {game.num_periods} periods.")
        else:
            st.write(f"Period {game.period + 1} of {game.num_periods}")
        _chairs(table, key)
        if held and not table.is_over:
            _orders(table, key or "", held)
    if table.is_over:
        _accounts(table)
    elif not held or all(game.ordered(stage) is not None for stage in held):
        # Who has yet to order waits for nobody, and is not disturbed.
        _watch(table.code, game.period, len(table.free()))
    st.download_button("Download what happened", game.csv(), f"game_{table.code}.csv", "text/csv", key="get_game")
    if st.button("Leave", key="leave"):
        st.query_params.clear()
        st.rerun()


def _chairs(table: Table, key: str | None) -> None:
    """Who sits where; seats that can be taken."""
    held, free = table.held(key), table.free()
    chosen = []
    for at, (stage, player) in enumerate(zip(table.game.stages, table.game.players, strict=True)):
        if at in free and not table.is_over:
            if st.checkbox(f"{stage}: nobody yet", True, key=f"sit_at/{at}"):
                chosen.append(at)
        elif at in held:
            st.text(f"{stage}: you")
        else:
            st.text(f"{stage}: {'somebody' if player == 'person' and at not in free else player}")
    if table.is_over or not free:
        return
    if st.button("Sit down", key="sit") and chosen:
        try:
            st.query_params["seat"] = table.sit(chosen, key)
        except ValueError as error:
            _refused(error)
        else:
            st.rerun()


def _orders(table: Table, key: str, held: list[int]) -> None:
    """What the manager sees, and what is ordered."""
    game = table.game
    ordered = all(game.ordered(stage) is not None for stage in held)
    with st.form("orders", border=False):
        orders: dict[int, list[float]] = {}
        for stage in held:
            st.code("\n".join(game.desk(stage)), language=None, wrap_lines=True)
            last = game.ordered(stage)
            suppliers = game.suppliers(stage)
            orders[stage] = [
                st.number_input(
                    f"{game.stages[stage]} orders from {supplier}", 0.0, 1e9, last[at] if last else 0.0, 1.0,
                    key=f"order/{stage}/{at}/{game.period}", format="%g",
                )
                for at, supplier in enumerate(suppliers)
            ]  # fmt: skip
        sent = st.form_submit_button("Order", key="order", type="primary")
    if sent:
        try:
            table.order(key, orders)
        except ValueError as error:
            _refused(error)
        else:
            st.rerun()
    elif ordered:
        waiting = [game.stages[stage] for stage in game.waiting_for()]
        st.write(f"You have ordered. Waiting for: {', '.join(waiting)}.")


def _look(code: str, period: int, free: int) -> None:
    """Looks whether the period has been played, or a seat taken, on another page."""
    table = TABLES.find(code)
    if table is not None and (table.game.period, len(table.free())) != (period, free):
        st.rerun()


_watch: Callable[[str, int, int], None] = st.fragment(run_every=_GLANCE)(_look)


def _accounts(table: Table) -> None:
    """What it cost, where the bullwhip came from, what others would have paid."""
    stages, words = table.game.accounts()
    total = sum(stage[2] for stage in stages)
    st.subheader(f"All stages together cost {total:,.2f}")
    st.dataframe(
        [
            {
                "stage": node,
                "played by": player,
                "cost": f"{cost:,.2f}",
                "variance of orders": f"{ordered:,.2f}",
                "over customers' demand": "" if bullwhip is None else f"{bullwhip:.2f}",
                "made of what was asked": "" if amplification is None else f"{amplification:.2f}",
            }
            for node, player, cost, ordered, bullwhip, amplification in stages
        ],
        hide_index=True, key="accounts",
    )  # fmt: skip
    st.text("\n".join(words))
    st.subheader("On the same customers, every stage in one hand")
    with st.spinner("Asking others"):
        rivals = table.rivals()
    known = [(cost, name, knows) for name, knows, cost, _ in rivals if cost is not None]
    rows = sorted([(total, "this game", False), *known])
    st.dataframe(
        [
            {"who": name + (" (knows demand beforehand)" if knows else ""), "cost": f"{cost:,.2f}"}
            for cost, name, knows in rows
        ],
        hide_index=True, key="rivals",
    )  # fmt: skip
    with st.expander("Who cannot play this, and why"):
        for name, _, _, why in rivals:
            if why:
                st.text(f"{name}: {why}")


def _go(table: Table) -> None:
    """To a game, by its address."""
    st.query_params.clear()
    st.query_params["game"] = table.code
    st.rerun()


def _sharing() -> str:
    """Who can reach this page."""
    address = str(st.get_option("server.address") or HERE)
    if is_here(address):
        return "Only this machine can open this page: seats are browser windows on it."
    return (
        f"This page listens on {address}: whoever reaches this machine can open it and join by a code. There are no "
        "passwords, and nothing is encrypted."
    )


def _refused(error: Exception) -> None:
    """A mistake, as it is told; not as Markdown, which would eat its brackets."""
    st.error("This cannot be done; everything else is as it was.")
    st.code(str(error), language=None, wrap_lines=True)


if __name__ == "__main__":
    page()
