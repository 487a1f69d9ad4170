"""The page as users meet it, run by Streamlit's own tester: in .venv-dashboard, by `make test-dashboard`."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import gym_invmgmt
from gym_invmgmt import dashboard
from gym_invmgmt.dashboard import figures, problems
from gym_invmgmt.dashboard.playing import play, report

ROOT = Path(__file__).parents[2]
PAGE = Path(dashboard.__file__).with_name("app.py")
SALES = ROOT / "data" / "m5_foods_3_382_ca_3.csv"
SHOP = b"""
nodes: [{id: 0}, {id: 1, I0: 35, h: 0.1}, {id: 2}]
edges:
  - {from: 1, to: 0, p: 3, b: 1, demand_dist: poisson, dist_param: {mu: 8}}
  - {from: 2, to: 1, L: 2, p: 1, g: 0}
"""


def opened() -> AppTest:
    page = AppTest.from_file(str(PAGE), default_timeout=60).run()
    assert not page.exception
    return page


def profits(page: AppTest) -> dict[str, str]:
    table = page.dataframe[0].value
    return dict(zip(table["policy"], table["profit"], strict=True))


def refusals(page: AppTest) -> list[str]:
    assert not page.exception
    return [code.value for code in page.code] if page.error else []


def test_the_table_has_the_profits_of_the_command_line() -> None:
    # A slider that is moved acts at once; the command plays the same on its own.
    page = opened()
    before = profits(page)
    page.slider(key="periods").set_value(50).run()
    page.slider(key="base_mean").set_value(25.0).run()
    page.slider(key="noise").set_value(0.5).run()
    page.checkbox(key="lost_sales").check().run()
    page.slider(key="constant").set_value(24.0).run()
    after = profits(page)
    assert next(iter(after)) == "constant:24"
    assert before != after
    command = [sys.executable, "-m", "gym_invmgmt.command_line", "simulate", "--network", "serial", "--periods", "50"]
    command += ["--base-mu", "25", "--noise-scale", "0.5", "--lost-sales", "--seeds", "42..52", "--json"]
    for policy in after:
        command += ["--policy", policy]
    told = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)["policies"]
    for figures_of, shown in zip(told, after.values(), strict=True):
        profit = figures_of["kpis"]["profit"]
        assert shown == f"{profit['mean']:,.2f} ± {profit['standard_error']:,.2f}"


def test_a_base_stock_level_can_be_moved_for_each_node() -> None:
    page = opened()
    levels = [slider for slider in page.slider if slider.key.startswith("level/")]
    assert [slider.label for slider in levels] == [f"Base-stock level of node {node} [units]" for node in (1, 2, 3)]
    for slider, level in zip(levels, (107.0, 118.0, 29.0), strict=True):
        slider.set_value(level)
    page.run()
    assert "basestock:107,118,29" in profits(page)


@pytest.mark.parametrize("network", problems.NETWORKS)
def test_every_network_that_comes_along_can_be_chosen(network: str) -> None:
    page = opened()
    page.selectbox(key="network").select(network).run()
    assert refusals(page) == []
    assert len(profits(page)) == 2


def test_the_networks_offered_are_those_the_command_lists() -> None:
    command = [sys.executable, "-m", "gym_invmgmt.command_line", "list", "presets", "--json"]
    listed = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)["presets"]
    assert {preset["name"] for preset in listed} == set(problems.NETWORKS)


def test_a_network_file_is_played() -> None:
    page = opened()
    page.file_uploader(key="network_upload").upload("shop.yaml", SHOP).run()
    assert refusals(page) == []
    assert page.selectbox(key="network").value == "uploaded file"
    assert [slider.label for slider in page.slider if slider.key.startswith("level/")] == [
        "Base-stock level of node 1 [units]"
    ]
    # Its market wants 8 units on average; level: two periods of lead time, one of ordering, one to spare.
    assert page.checkbox(key="own_mean").value
    assert "basestock:32" in profits(page)
    # Another network can still be chosen while the file is there.
    page.selectbox(key="network").select("network").run()
    assert page.selectbox(key="network").value == "network"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (SHOP.replace(b"I0: 35", b"I0: -3"), "broken.yaml:2: nodes[1] (1): I0: found -3"),
        (b"\xff\xfe{{", "not UTF-8"),
        (b"", "broken.yaml"),
    ],
)
def test_a_bad_network_file_is_a_message_and_nothing_is_lost(content: bytes, words: str) -> None:
    page = opened()
    page.file_uploader(key="network_upload").upload("shop.yaml", SHOP).run()
    page.slider(key="periods").set_value(40).run()
    before = profits(page)
    page.file_uploader(key="network_upload").set_value(("broken.yaml", content, "application/yaml")).run()
    (said,) = refusals(page)
    assert words in said
    assert "/tmp" not in said
    assert profits(page) == before
    assert page.slider(key="periods").value == 40
    assert page.selectbox(key="network").value == "uploaded file"


def test_sales_are_replayed_exactly() -> None:
    page = opened()
    page.file_uploader(key="sales_upload").upload("sales.csv", SALES.read_bytes()).run()
    assert refusals(page) == []
    assert page.selectbox(key="sales_column").value == "units"
    units = [float(line.split(",")[1]) for line in SALES.read_text().splitlines()[1:]]
    record = page.session_state["played"][0].record
    assert record.demand[:, 0].tolist() == units
    page.slider(key="periods").set_value(45).run()
    assert page.session_state["played"][0].record.demand[:, 0].tolist() == units + units[:15]


def test_the_episode_is_as_long_as_the_series_until_the_slider_says_otherwise() -> None:
    page = opened()
    weeks = "week,units\n" + "".join(f"{week},{week % 7}\n" for week in range(52))
    page.file_uploader(key="sales_upload").upload("weeks.csv", weeks.encode()).run()
    assert page.slider(key="periods").value == 52
    assert page.session_state["played"][0].record.periods == 52
    page.slider(key="periods").set_value(20).run()
    assert page.session_state["played"][0].record.periods == 20


def test_the_upload_limit_stands_in_words_where_files_are_chosen() -> None:
    page = opened()
    for key in ("network_upload", "sales_upload"):
        assert "at most 5 MB" in page.file_uploader(key=key).label


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"day,units\n1,4\n2,many\n", "sales.csv:3: units: found 'many'"), (b"\xff\xfe", "UTF-8"), (b"", "no header")],
)
def test_a_bad_sales_file_is_a_message_and_nothing_is_lost(content: bytes, words: str) -> None:
    page = opened()
    page.file_uploader(key="sales_upload").set_value(("good.csv", SALES.read_bytes(), "text/csv")).run()
    before = profits(page)
    page.file_uploader(key="sales_upload").set_value(("sales.csv", content, "text/csv")).run()
    (said,) = refusals(page)
    assert words in said
    assert profits(page) == before


def test_sales_stay_when_their_file_is_gone_and_can_be_switched_off() -> None:
    # A file above the limit leaves the page without one, as its removal does.
    page = opened()
    drawn = profits(page)
    page.file_uploader(key="sales_upload").set_value(("good.csv", SALES.read_bytes(), "text/csv")).run()
    replayed = profits(page)
    assert replayed != drawn
    page.file_uploader(key="sales_upload").set_value(None).run()
    assert (profits(page), refusals(page)) == (replayed, [])
    page.checkbox(key="sales_used").uncheck().run()
    assert profits(page) == drawn
    page.file_uploader(key="sales_upload").set_value(("again.csv", SALES.read_bytes(), "text/csv")).run()
    assert profits(page) == replayed


def test_a_series_too_short_says_so_and_keeps_the_last_episodes() -> None:
    page = opened()
    page.file_uploader(key="sales_upload").upload("sales.csv", SALES.read_bytes()).run()
    before = profits(page)
    page.checkbox(key="sales_cycle").uncheck()
    page.slider(key="periods").set_value(31).run()
    (said,) = refusals(page)
    assert "length 30" in said
    assert profits(page) == before


def test_a_policy_that_cannot_be_used_says_why() -> None:
    page = opened()
    page.text_input(key="own_policy").set_value("basestock:1,2").run()
    (said,) = refusals(page)
    assert "expected 3 levels" in said
    page.text_input(key="own_policy").set_value("ss:40/90,60/120,20/50").run()
    assert refusals(page) == []
    assert "ss:40/90,60/120,20/50" in profits(page)


def test_two_users_at_once_do_not_meet() -> None:
    one, other = opened(), opened()
    before = profits(other)
    one.file_uploader(key="network_upload").upload("shop.yaml", SHOP).run()
    one.slider(key="periods").set_value(60).run()
    other.slider(key="noise").set_value(1.0).run()
    assert profits(other) == before
    assert "uploaded file" not in other.selectbox(key="network").options
    assert other.slider(key="periods").value == 30


def test_a_shorter_episode_moves_the_period_shown() -> None:
    page = opened()
    page.slider(key="period").set_value(29).run()
    page.slider(key="periods").set_value(10).run()
    assert page.slider(key="period").value == 9
    assert refusals(page) == []


def test_the_scenario_read_back_is_the_one_that_was_played(tmp_path: Path) -> None:
    shop = problems.network_file("shop.yaml", SHOP)
    problem = problems.Problem(shop, 12, True, None, 0.5, ("trend",), False, problems.Sales((4.0, 6.0), (1, 0)))
    path = tmp_path / "scenario.yaml"
    path.write_text(problem.scenario().to_yaml(), encoding="utf-8")
    figures_again = gym_invmgmt.rollout(gym_invmgmt.load_scenario(path).make(), "constant:5", [3])
    (played,) = play(problem, ["constant:5"], 3)
    assert played.figures["total_profit"].tolist() == figures_again["total_profit"].tolist()
    assert played.record.demand[:, 0].tolist() == [4.0, 6.0] * 6


def test_the_report_is_that_of_the_command() -> None:
    page = report(problems.Problem(), ["constant:20", "newsvendor:blind"], 42).decode()
    # Its command names the file that the page offers beside it, not one that is gone.
    for words in ("gym-invmgmt simulate", "--scenario scenario.yaml", "--report report.html"):
        assert f"<span>{words}</span>" in page
    assert page.lstrip().lower().startswith("<!doctype html>")
    # The profit README and the page on measuring an episode give for these orders and this seed.
    assert "758.03" in page
    with pytest.raises(ValueError, match="constant"):
        report(problems.Problem(), ["constant:many"], 42)


def test_the_network_shows_the_stock_and_the_flows_of_the_period() -> None:
    (played,) = play(problems.Problem(), ["constant:20"], 42)
    drawn = figures.network(played.record, 4)
    texts = [text for trace in drawn.data if trace.mode == "markers+text" for text in trace.text]
    stock = played.record.on_hand[5, played.record.network.node_map[1]]
    assert f"1<br>{stock:.0f}" in texts
    moved = dict(zip(played.record.network.network_links, played.record.moved[4], strict=True))
    told = [text for trace in drawn.data if trace.mode == "markers" for text in trace.hovertext]
    assert told == [f"{source} → {target}: {units:g} units" for (source, target), units in moved.items()]
    widths = [trace.line.width for trace in drawn.data if trace.mode == "lines"]
    assert [width - 1 for width in widths] == pytest.approx([7 * u / played.record.moved.max() for u in moved.values()])


def test_side_by_side_the_pictures_have_one_scale() -> None:
    small, large = play(problems.Problem(), ["constant:5", "constant:60"], 42)
    beside = [small.record, large.record]
    ranges = [figures.stocks(record, 0, beside).layout.yaxis.range for record in beside]
    assert ranges[0] == ranges[1]
    assert ranges[0][1] > large.record.on_hand[:, 1:4].max()


def test_what_is_earned_so_far_ends_at_the_profit() -> None:
    (played,) = play(problems.Problem(), ["constant:20"], 42)
    money = figures.money([played]).data[0].y
    assert money[-1] == pytest.approx(758.03, abs=0.005)


def test_the_server_listens_here_alone_and_sends_nothing() -> None:
    command = " ".join(dashboard.server_command(8600))
    assert "--server.address 127.0.0.1" in command
    assert "--browser.gatherUsageStats false" in command
    assert re.search(r"--server\.maxUploadSize 5\b", command)


def test_the_server_ends_with_the_command_and_only_this_machine_reaches_it() -> None:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        port = asked.getsockname()[1]
    command = [sys.executable, "-m", "gym_invmgmt.command_line", "dashboard", "--port", str(port)]
    served = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while not answers("127.0.0.1", port):
            assert time.monotonic() < deadline
            assert served.poll() is None
            time.sleep(0.2)
        # Another address of this same machine, as another machine would use one.
        assert not answers("127.0.0.2", port)
    finally:
        served.send_signal(signal.SIGTERM)
        assert served.wait(30) == 130
    assert not answers("127.0.0.1", port)


def answers(host: str, port: int) -> bool:
    with socket.socket() as asked:
        asked.settimeout(5)
        return asked.connect_ex((host, port)) == 0


def test_a_port_that_cannot_be_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        dashboard.main(["--port", "70000"])
    assert refused.value.code == 2
    assert "expected a whole number from 1 to 65535" in capsys.readouterr().err


def test_a_stock_that_rounding_leaves_below_zero_is_shown_as_none() -> None:
    # With a yield below 1 a factory ends up here now and then.
    (played,) = play(problems.Problem("serial"), ["constant:8"], 42)
    played.record.on_hand[5] = -7e-15
    drawn = str(figures.network(played.record, 4).to_dict())
    assert "nan" not in drawn.lower()
    assert "<br>-0" not in drawn


def test_a_policy_that_leaves_the_range_of_numbers_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match=r"constant:1e308: the run left the range of numbers"):
        play(problems.Problem("serial"), ["constant:1e308"], 42)
