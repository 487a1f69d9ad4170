"""The page of the game, run by Streamlit's own tester: seats, codes, the board's known costs, bad input."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from gym_invmgmt import _native, dashboard
from gym_invmgmt.dashboard import board
from gym_invmgmt.dashboard.games import BEER_GAME, Tables

PAGE = Path(dashboard.__file__).with_name("app.py")
STAGES = ["retailer", "wholesaler", "distributor", "factory"]
#: The orders of local base stock 32, 32, 32, 24 from period 5 on, and of what is asked for: see the known answers.
LEVELS = {"retailer": 32.0, "wholesaler": 32.0, "distributor": 32.0, "factory": 24.0}


def opened(game: str = "", seat: str = "") -> AppTest:
    page = AppTest.from_file(str(PAGE), default_timeout=60)
    if game:
        page.query_params["game"] = game
    if seat:
        page.query_params["seat"] = seat
    page.run()
    if not game:
        page.radio(key="view").set_value("Game").run()
    assert not page.exception
    return page


def param(page: AppTest, name: str) -> str:
    value = page.query_params[name]
    return value[0] if isinstance(value, list) else value


def begun(**players: str) -> AppTest:
    """A beer game, the stages named played by others than persons."""
    page = opened()
    for stage, choice in players.items():
        page.selectbox(key=f"player/{stage}").select(choice)
    page.run()
    page.button(key="begin").click().run()
    assert not page.exception
    return page


def seated(page: AppTest, *stages: str) -> AppTest:
    for at, stage in enumerate(STAGES):
        if stage not in stages and any(box.key == f"sit_at/{at}" for box in page.checkbox):
            page.checkbox(key=f"sit_at/{at}").uncheck()
    page.button(key="sit").click().run()
    assert not page.exception
    return page


def order(page: AppTest, period: int, **orders: float) -> AppTest:
    for stage, units in orders.items():
        page.number_input(key=f"order/{STAGES.index(stage)}/0/{period}").set_value(units)
    page.button(key="order").click().run()
    assert not page.exception
    return page


def positions(page: AppTest) -> dict[str, float]:
    """What each desk says of its position."""
    found = {}
    for code in page.code:
        name, _, rest = code.value.splitlines()[0].partition(":")
        found[name] = float(rest.rpartition("position")[2])
    return found


def cost(page: AppTest) -> str:
    return next(line.value for line in page.subheader if line.value.startswith("All stages together"))


def test_the_board_costs_204_under_base_stock_from_week_five_on() -> None:
    page = seated(begun(), *STAGES)
    for period in range(36):
        held = positions(page)
        orders = {stage: 4.0 if period < 5 else max(LEVELS[stage] - held[stage], 0.0) for stage in STAGES}
        order(page, period, **orders)
    assert cost(page) == "All stages together cost 204.00"
    accounts = page.dataframe[0].value
    assert list(accounts["stage"]) == STAGES
    assert list(accounts["cost"]) == ["46.00", "50.00", "54.00", "54.00"]
    assert "this game" in list(page.dataframe[1].value["who"])


def test_two_seats_see_their_own_stage_only_and_a_reload_leads_back() -> None:
    one = seated(begun(), "retailer", "wholesaler")
    code = param(one, "game")
    two = seated(opened(code.lower()), "distributor", "factory")
    assert set(positions(one)) == {"retailer", "wholesaler"}
    assert set(positions(two)) == {"distributor", "factory"}
    order(one, 0, retailer=4.0, wholesaler=4.0)
    assert any("You have ordered. Waiting for: distributor, factory." in text.value for text in one.markdown)
    # A reload before the others have ordered: seat and order are there.
    again = opened(code, param(one, "seat"))
    assert again.number_input(key="order/0/0/0").value == 4.0
    order(two, 0, distributor=4.0, factory=4.0)
    assert any(text.value == "Period 2 of 36" for text in two.markdown)
    again.run()
    assert any(text.value == "Period 2 of 36" for text in again.markdown)
    for period in range(1, 36):
        order(again.run(), period, retailer=8.0, wholesaler=8.0)
        order(two.run(), period, distributor=8.0, factory=8.0)
    assert cost(again.run()) == cost(two) == "All stages together cost 528.00"


def test_games_are_apart_and_policies_play_the_rest() -> None:
    mine = seated(
        begun(wholesaler="another policy", distributor="another policy", factory="another policy"), "retailer"
    )
    other = seated(begun(), *STAGES)
    assert param(mine, "game") != param(other, "game")
    order(mine, 0, retailer=4.0)
    assert any(text.value == "Period 2 of 36" for text in mine.markdown)
    assert any(text.value == "Period 1 of 36" for text in other.run().markdown)
    assert [text.value for text in mine.text][:2] == ["retailer: you", "wholesaler: constant:4"]


def test_what_cannot_be_done_is_said_and_loses_nothing() -> None:
    page = seated(begun(), *STAGES)
    order(page, 0, retailer=4.5, wholesaler=4.0, distributor=4.0, factory=4.0)
    assert any("the order from wholesaler is 4.5; expected a whole number" in code.value for code in page.code)
    order(page, 0, retailer=4.0, wholesaler=4.0, distributor=4.0, factory=4.0)
    assert any(text.value == "Period 2 of 36" for text in page.markdown)
    unknown = opened("ZZZZZ")
    assert "There is no game with this code" in unknown.warning[0].value
    unknown.text_input(key="code").set_value("nonsense")
    unknown.button(key="join").click().run()
    assert unknown.error[0].value == "There is no game with this code."
    refused = opened()
    refused.selectbox(key="player/factory").select("another policy").run()
    refused.text_input(key="policy/factory").set_value("constnat:4")
    refused.button(key="begin").click().run()
    assert "did you mean 'constant'?" in refused.code[0].value
    with pytest.raises(ValueError, match="every stage is played by a policy; leave at least one to a person"):
        Tables().begin(_native.Scenario.find(BEER_GAME), "beer", 1, ["constant:4"] * 4)


def test_a_seat_is_taken_once_and_a_key_of_another_game_opens_nothing() -> None:
    tables = Tables()
    scenario = _native.Scenario.find(BEER_GAME)
    table, other = (tables.begin(scenario, "beer", 1, [None] * 4) for _ in range(2))
    key = table.sit([0, 1])
    with pytest.raises(ValueError, match="somebody sits there already: wholesaler"):
        table.sit([1, 2])
    assert table.free() == [2, 3]
    with pytest.raises(ValueError, match="you do not sit at retailer"):
        other.order(key, {0: [4.0]})
    with pytest.raises(ValueError, match="you do not sit at factory"):
        table.order(key, {3: [4.0]})
    assert table.game.period == 0


def test_the_board_shows_goods_and_slips_where_they_are() -> None:
    game = _native.Game(_native.Scenario.find(BEER_GAME), 1, [None] * 4)
    everything = {trace.name: trace for trace in board.drawn(game, [], True).data if trace.name}
    # Two boxes on each of four links, a slip on each of the three that delay orders.
    assert list(everything["goods"].text) == ["4"] * 8
    assert list(everything["slips"].text) == ["4"] * 3
    own = {trace.name: trace for trace in board.drawn(game, [0], False).data if trace.name}
    assert (len(own["goods"].text), len(own["slips"].text)) == (2, 1)
    before = dict(zip(own["goods"].ids, own["goods"].x, strict=True))
    for stage in range(4):
        game.order(stage, [6.0])
    game.play()
    after = {trace.name: trace for trace in board.drawn(game, [0], False).data if trace.name}
    now = dict(zip(after["goods"].ids, after["goods"].x, strict=True))
    [stayed] = before.keys() & now.keys()
    assert now[stayed] > before[stayed], "goods move to the right"
    assert sorted(now.values()) == pytest.approx(sorted(before.values())), "what was shipped takes their place"
    assert list(after["slips"].text) == ["6"]
    notes = [note.text for note in board.drawn(game, [0], False).layout.annotations]
    assert notes == ["want 4<br>got 4"]
    assert board.drawn(game, [3], False).layout.annotations == (), "the factory does not see the customers"


def test_a_scenario_of_several_products_and_a_branching_network_are_drawn() -> None:
    wanted = {"demand_dist": "poisson", "dist_param": {"mu": 3}}
    bakery = json.dumps(
        {
            "network": {
                "products": ["bread", "rolls"],
                "nodes": [{"id": "street"}, {"id": "shop", "I0": {"bread": 5, "rolls": 7}, "h": 0.1}, {"id": "mill"}],
                "edges": [
                    {"from": "shop", "to": "street", "product": "bread", "p": 1, "b": 1, **wanted},
                    {"from": "shop", "to": "street", "product": "rolls", "p": 1, "b": 1, **wanted},
                    {"from": "mill", "to": "shop", "product": "bread", "L": 2, "p": 0.5, "g": 0},
                    {"from": "mill", "to": "shop", "product": "rolls", "L": 1, "p": 0.5, "g": 0},
                ],
            },
            "num_periods": 5,
        }
    )
    for scenario in (_native.Scenario.from_yaml(bakery), _native.Scenario.find("standard-1/N01")):
        game = _native.Game(scenario, 1, ["constant:4"] * len(_native.Game.stages_of(scenario)))
        for _ in range(3):
            game.play()
        [nodes] = [trace for trace in board.drawn(game, [], True).data if trace.name == "nodes"]
        held = [text.partition("<br>")[0] for text in nodes.text if "<b>" in text]
        assert sorted(held) == sorted(game.stages), "every stage stands there with its stock"


def test_sharing_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    told = dashboard.sharing("0.0.0.0", 8600)
    assert "listens on 0.0.0.0, port 8600" in told
    assert "no passwords" in told
    assert "--server.address 0.0.0.0" in " ".join(dashboard.server_command(8600, "0.0.0.0"))
    assert "--server.address 127.0.0.1" in " ".join(dashboard.server_command(8600))
    assert any("Only this machine can open this page" in caption.value for caption in opened().caption)
    assert [dashboard.is_here(host) for host in ("127.0.0.1", "localhost", "0.0.0.0")] == [True, True, False]
    with pytest.raises(SystemExit):
        dashboard.main(["--host", "203.0.113.7"])
    assert "--host is '203.0.113.7'; expected an address of this machine" in capsys.readouterr().err
