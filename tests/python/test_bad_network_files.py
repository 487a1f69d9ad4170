"""Every mistake of a network file is reported at once, each with its line, its place and what is allowed."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import pytest
from helpers import write_network

from gym_invmgmt import make_custom_env

SOUND = """\
nodes:
  - {id: 0}
  - {id: 1, I0: 10, h: 0.1}
  - {id: 2, I0: 20, h: 0.1, C: 5, o: 0.1, v: 0.9}
  - {id: 3}
edges:
  - {from: 1, to: 0, p: 2, b: 0.1, demand_dist: poisson, dist_param: {mu: 3}}
  - {from: 2, to: 1, L: 2, p: 1, g: 0.1, K: 4}
  - {from: 3, to: 2, L: 1, p: 1, g: 0.1}
"""
#: what is replaced in the sound file: (by what, the line at fault, words of the message).
MISTAKES: dict[str, tuple[str, str, int, str]] = {
    "cycle": ("{from: 3, to: 2, L: 1", "{from: 1, to: 2, L: 1", 6, r"cycle .*(1 -> 2 -> 1|2 -> 1 -> 2)"),
    "loop": ("{from: 3, to: 2, L: 1", "{from: 2, to: 2, L: 1", 6, r"cycle 2 -> 2"),
    "island": ("  - {id: 3}", "  - {id: 3}\n  - {id: 4}", 7, r"node 4 is not joined to node 0; .* one connected"),
    "dangling edge": ("{from: 3, to: 2", "{from: 7, to: 2", 9, r"\(7 -> 2\): from: references unknown node 7"),
    "negative price": ("L: 2, p: 1", "L: 2, p: -1", 8, r"edges\[1\] \(2 -> 1\): p: found -1; .* >= 0"),
    "negative holding cost": ("I0: 10, h: 0.1", "I0: 10, h: -0.1", 3, r"nodes\[1\] \(1\): h: found -0.1; .* >= 0"),
    "negative stock": ("I0: 20", "I0: -20", 4, r"nodes\[2\] \(2\): I0: found -20"),
    "negative penalty": ("b: 0.1", "b: -0.1", 7, r"\(1 -> 0\): b: found -0.1"),
    "negative fixed cost": ("K: 4", "K: -4", 8, r"\(2 -> 1\): K: found -4"),
    "NaN": ("I0: 10", "I0: .nan", 3, r"nodes\[1\] \(1\): I0: found NaN; expected a finite number"),
    "infinite": ("g: 0.1, K", "g: .inf, K", 8, r"\(2 -> 1\): g: found (\.?inf|infinity)"),
    "text for a number": ("I0: 10", "I0: ten", 3, r"I0: found .*ten.*; expected a finite number"),
    "lead time on a market link": ("to: 0, p: 2", "to: 0, L: 1, p: 2", 7, r"L: .* must not define lead time"),
    "fractional lead time": ("L: 2", "L: 1.5", 8, r"L: found 1.5; expected a non-negative integer"),
    "whole but fractional lead time": ("L: 2", "L: 2.0", 8, r"L: found 2.0; expected a non-negative integer"),
    "true for a lead time": ("L: 2", "L: true", 8, r"L: found true; expected a non-negative integer"),
    "negative lead time": ("L: 2", "L: -1", 8, r"L: found -1; expected a non-negative integer"),
    "huge lead time": ("L: 2", "L: 1000000000", 8, r"L: found 1000000000; .* at most 100000 periods"),
    "astronomic lead time": ("L: 2", "L: 1" + "0" * 40, 8, r"L: found 1.*non-negative integer"),
    "no lead time": ("L: 2, ", "", 8, r"\(2 -> 1\): L: missing; a supply link must have 'L'"),
    "factory without yield": (", v: 0.9", "", 4, r"nodes\[2\] \(2\): v: missing; a factory must have it"),
    "factory without operating cost": (", o: 0.1", "", 4, r"nodes\[2\] \(2\): o: missing; a factory must have it"),
    "yield of zero": ("v: 0.9", "v: 0", 4, r"v: found 0; expected a number above 0 and at most 1"),
    "yield above one": ("v: 0.9", "v: 1.1", 4, r"v: found 1.1; expected a number above 0 and at most 1"),
    "yield without capacity": ("C: 5, ", "", 4, r"only a factory \(a node with a capacity 'C'\) has '[ov]'"),
    "no stock": ("I0: 10, ", "", 3, r"nodes\[1\] \(1\): I0: missing"),
    "no holding cost": ("I0: 10, h: 0.1", "I0: 10", 3, r"nodes\[1\] \(1\): h: missing"),
    "source with capacity": ("{id: 3}", "{id: 3, C: 5}", 5, r"C: found 5, but a raw material holds no stock"),
    "digits parted": ("C: 5", "C: 1_000", 4, r"C: found text '1_000' \(YAML 1.1, .* reads 1000 here, YAML 1.2 a text"),
    "octal": ("L: 2", "L: 062", 8, r"L: found text '062' \(YAML 1.1, and with it gym-invmgmt 0.2.1, reads 50 here"),
    "sixties": ("K: 4", "K: 12:30", 8, r"K: found text '12:30' \(YAML 1.1, .* reads 750 here"),
    "market with capacity": ("{id: 0}", "{id: 0, C: 5}", 2, r"C: found 5, but a market holds no stock"),
    "unknown law": (
        "poisson",
        "poison",
        7,
        r"demand_dist: Unknown demand distribution 'poison'; known: poisson, normal",
    ),
    "unknown parameter": (
        "{mu: 3}",
        "{lam: 3}",
        7,
        r"dist_param: a poisson law has no parameter 'lam'; it has mu and loc",
    ),
    "NaN in a law": ("{mu: 3}", "{mu: .nan}", 7, r"dist_param: mu is NaN"),
    "no law": (", demand_dist: poisson, dist_param: {mu: 3}", "", 7, r"demand_dist.*missing"),
    "law on a supply link": (
        "K: 4",
        "demand_dist: poisson, dist_param: {mu: 3}",
        8,
        r"only a link into a market has demand",
    ),
    "misspelt key": ("I0: 20", "IO: 20", 4, r"unknown key 'IO'; .*'I0'"),
    "repeated node": ("{id: 3}", "{id: 2}", 5, r"repeats nodes\[2\]"),
    "repeated edge": ("{from: 3, to: 2, L: 1", "{from: 2, to: 1, L: 1", 9, r"repeats edges\[1\]"),
    "repeated key": ("I0: 10, h", "I0: 10, I0: 11, h", 3, r"repeated key 'I0'|duplicate.*I0"),
    "no id": ("{id: 3}", "{I0: 3}", 5, r"nodes\[3\]: id: missing"),
    "a list as id": ("{id: 3}", "{id: [3]}", 5, r"id: found a list; a node's name is a whole number or a text"),
}

WHOLE_FILES: dict[str, tuple[str, str]] = {
    "empty": ("", r"network\.yaml.*the file is empty; expected a mapping with 'nodes' and 'edges'"),
    "a comment": ("# nothing\n", r"the file is empty"),
    "a list": ("- 1\n- 2\n", r"found a list; expected a mapping"),
    "not YAML": ("nodes: [1, 2\nedges: }", r"network\.yaml:\d+: not valid YAML"),
    "no edges": ("nodes:\n  - {id: 0}\n", r"no edges given; a network needs a non-empty 'edges' list"),
    "empty edges": ("nodes:\n  - {id: 0}\nedges: []\n", r"no edges given"),
    "no nodes": ("edges:\n  - {from: 1, to: 0}\n", r"no nodes given"),
    "a python object": ("nodes: !!python/object/apply:os.system ['true']\nedges: []\n", r":1: the tag !!python/object"),
    "binary": ("nodes: \0\n", r"network\.yaml"),
    "two documents": (SOUND + "---\n" + SOUND, r"document"),
    "nesting": ("nodes: " + "[" * 200 + "]" * 200, r"(?i)nest"),
}


def message_of(folder: Path, text: str, error: type[Exception] = ValueError) -> str:
    with pytest.raises(error) as refused:
        make_custom_env(write_network(folder, text))
    return str(refused.value)


def test_the_sound_file_is_sound(tmp_path: Path) -> None:
    assert make_custom_env(write_network(tmp_path, SOUND)).obs_dim == 2 + 2 + 3 + 2


@pytest.mark.parametrize(("found", "wrong", "line", "words"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, found: str, wrong: str, line: int, words: str) -> None:
    assert SOUND.count(found) == 1
    message = message_of(tmp_path, SOUND.replace(found, wrong))
    lines = [row for row in message.splitlines() if f"network.yaml:{line}: " in row]
    assert lines, message
    assert re.search(words, message), message


@pytest.mark.parametrize(("text", "words"), WHOLE_FILES.values(), ids=WHOLE_FILES)
def test_a_file_that_is_no_network_is_refused(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        make_custom_env(write_network(tmp_path, text))


def test_reading_a_file_runs_nothing(tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    for tag in ["!!python/object/apply:os.system", "!!python/object/new:os.system", "!python/name:os.system"]:
        message_of(tmp_path, f"nodes: {tag} ['touch {marker}']\nedges: []\n")
    assert not marker.exists()


def test_all_mistakes_are_reported_at_once_in_order(tmp_path: Path) -> None:
    text = SOUND
    for name in ["negative stock", "NaN", "fractional lead time", "unknown law", "dangling edge"]:
        found, wrong, _, _ = MISTAKES[name]
        text = text.replace(found, wrong)
    message = message_of(tmp_path, text)
    first, *rows = message.splitlines()
    assert first.startswith(f"{len(rows)} mistakes in ")
    lines = [int(row.split("network.yaml:")[1].split(":")[0]) for row in rows]
    assert lines == sorted(lines)
    assert {3, 4, 7, 8, 9} <= set(lines)
    for words in ["found NaN", "found -20", "'poison'", "found 1.5", "unknown node 7"]:
        assert sum(words in row for row in rows) == 1


def test_files_that_cannot_be_read_say_why(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"not found: .*absent\.yaml"):
        make_custom_env(tmp_path / "absent.yaml")
    (tmp_path / "folder.yaml").mkdir()
    with pytest.raises(ValueError, match=r"folder\.yaml: is a directory"):
        make_custom_env(tmp_path / "folder.yaml")
    (tmp_path / "network.txt").write_text("{}", encoding="utf-8")
    with pytest.raises(ValueError, match=r"network\.txt: a network file must end in \.yaml"):
        make_custom_env(tmp_path / "network.txt")
    (tmp_path / "latin.yaml").write_bytes(b"name: caf\xe9\n")
    with pytest.raises(ValueError, match=r"latin\.yaml:1: not UTF-8"):
        make_custom_env(tmp_path / "latin.yaml")


def test_a_file_beyond_the_stated_size_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.yaml"
    with path.open("wb") as file:
        file.truncate(10**10)
    began = time.perf_counter()
    with pytest.raises(ValueError, match=r"larger than 8 MB"):
        make_custom_env(path)
    assert time.perf_counter() - began < 5


@pytest.mark.parametrize("levels", [7, 30])
def test_an_alias_bomb_is_refused_soon(tmp_path: Path, levels: int) -> None:
    rows = ["meta_0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    rows += [f"meta_{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, levels + 1)]
    began = time.perf_counter()
    message = message_of(tmp_path, "\n".join(rows) + "\n" + SOUND)
    assert time.perf_counter() - began < 10
    assert re.search(r"network\.yaml:\d+: .*alias.* more than \d+ values|more than \d+ values .*alias", message)


def test_lead_times_that_fill_an_observation_beyond_the_limit_are_refused(tmp_path: Path) -> None:
    nodes = "".join(f"  - {{id: d{i}, I0: 1, h: 0}}\n" for i in range(101))
    links = "".join(
        f"  - {{from: d{i}, to: 1, L: 100000, p: 1, g: 0}}\n  - {{from: 3, to: d{i}, L: 0, p: 1, g: 0}}\n"
        for i in range(101)
    )
    message = message_of(tmp_path, SOUND.replace("edges:\n", f"{nodes}edges:\n{links}"))
    assert "the lead times add up to 10100003 periods; at most 10000000 fit an observation" in message


def test_names_with_control_characters_are_escaped_in_messages_and_labels(tmp_path: Path) -> None:
    name = r"shop\e[31m<b>\0"
    text = SOUND.replace("id: 1,", f'id: "{name}",').replace("from: 1,", f'from: "{name}",')
    text = text.replace("to: 1,", f'to: "{name}",')
    env = make_custom_env(write_network(tmp_path, text))
    assert env.network.retail == ["shop\x1b[31m<b>\0"]
    for label in env.observation_labels + env.action_labels:
        assert label.isprintable()
    message = message_of(tmp_path, text.replace("K: 4", "K: -4").replace("I0: 10", "I0: -1"))
    assert all(row.isprintable() for row in message.splitlines())
    assert r"shop\u{1b}[31m<b>\u{0}" in message or r"shop\u{1b}[31m<b>\0" in message


@pytest.mark.parametrize("value", ["1e400", "0x1g", "1_000", "'5'", "~", "yes", "2026-01-01"])
def test_only_plain_numbers_are_numbers(tmp_path: Path, value: Any) -> None:
    message = message_of(tmp_path, SOUND.replace("I0: 10", f"I0: {value}"))
    assert "I0" in message
    assert "network.yaml:3: " in message
