"""The command as the wheel installs it; the same Rust program has its own tests in crates/invmgmt-cli."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

import pytest
from helpers import begin, shop_and_source, write_network

COMMAND = Path(sysconfig.get_path("scripts")) / "gym-invmgmt"
SALES = Path(__file__).parents[2] / "data" / "m5_foods_3_382_ca_3.csv"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([COMMAND, *arguments], capture_output=True, text=True, timeout=60, check=False)


def test_the_command_and_the_module_are_the_same_program() -> None:
    by_module = subprocess.run(
        [sys.executable, "-m", "gym_invmgmt.command_line", "list"], capture_output=True, text=True, check=True
    )
    assert run("list").stdout == by_module.stdout
    assert "constant" in by_module.stdout


@pytest.mark.parametrize("command", [("check",), ("simulate", "--policy", "constant:5", "--network")])
def test_keys_without_effect_are_said_and_the_network_is_taken(command: tuple[str, ...], tmp_path: Path) -> None:
    path = write_network(tmp_path, shop_and_source())
    plain = run(*command, str(path))
    declared = shop_and_source()
    declared["nodes"][2]["I0"] = 5
    found = run(*command, str(write_network(tmp_path, declared)))
    assert (found.returncode, found.stdout) == (0, plain.stdout)
    said = "nodes[2] (source): I0: 5 has no effect, because a raw material holds no stock and makes nothing"
    assert found.stderr == f"{plain.stderr}warning: {said}\n"


def test_a_run_on_real_demand_earns_what_the_environment_earns() -> None:
    import gym_invmgmt as gim

    result = run("simulate", "--demand", f"{SALES}:units", "--policy", "constant:20", "--json")
    assert result.returncode == 0
    profit = json.loads(result.stdout)["policies"][0]["kpis"]["profit"]["mean"]
    units = [float(line.split(",")[1]) for line in SALES.read_text().splitlines()[1:]]
    env = gim.CoreEnv(user_D={(1, 0): units})
    played = gim.run_episode(env, lambda _: [20.0] * 11, seed=42)
    assert profit == pytest.approx(played["total_reward"], abs=1e-9)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("simulate", "--network", "netwrok"), 1, "network"),
        (("simulate", "--policy", "constant:many"), 1, "many"),
        (("simulate", "--demand", f"{SALES}:unit"), 1, "units"),
        (("check", "absent.yaml"), 1, "absent.yaml"),
        (("simulate", "--no-such-option"), 2, "--no-such-option"),
    ],
)
def test_a_refusal_has_its_exit_code_and_says_what_is_wrong(arguments: tuple[str, ...], code: int, words: str) -> None:
    result = run(*arguments)
    assert result.returncode == code
    assert words in result.stderr
    assert "Traceback" not in result.stderr


def test_a_closed_pipe_is_no_error() -> None:
    script = f'set -o pipefail; "{COMMAND}" list | head -n 1'
    result = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert (result.returncode, result.stderr) == (0, "")


def test_ctrl_c_stops_it_at_once() -> None:
    process = begin(
        [COMMAND, "simulate", "--seeds", "0..900000", "--periods", "300"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        time.sleep(1.0)
        assert process.poll() is None, "the run was over before it could be stopped"
        sent = time.monotonic()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=10)
        assert time.monotonic() - sent < 2.0
        assert process.returncode in (-signal.SIGINT, 130)
    finally:
        process.kill()
        process.communicate()
