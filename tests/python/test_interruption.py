"""Ctrl-C ends long work within two seconds, and what the work costs does not grow with the size of the numbers."""

from __future__ import annotations

import signal
import sys
import textwrap
import time
from subprocess import DEVNULL, PIPE

import numpy as np
import pytest
from helpers import begin

from gym_invmgmt import CoreEnv
from gym_invmgmt.data import fit

#: Each would take minutes.
LONG = {
    "optimize": """
        from gym_invmgmt import CoreEnv, optimize as go
        go(CoreEnv('network', num_periods=3_000), budget=100_000)
    """,
    "rollout": """
        from gym_invmgmt import CoreEnv, rollout as go
        go(CoreEnv('network'), 'mssp:informed', seeds=range(500))
    """,
    "one long decision": """
        from gym_invmgmt import CoreEnv, rollout as go
        go(CoreEnv('network', num_periods=10_000), 'oracle', seeds=[1])
    """,
    "benchmark": """
        from gym_invmgmt import benchmark as go
        go('published-26', policies=['mssp:informed'], seeds=range(50), num_threads=2)
    """,
    "fit": """
        from gym_invmgmt.data import fit as go
        import numpy as np
        series = np.random.default_rng(0).poisson(20, 10_000)
        while True:
            go(series)
    """,
    "import": """
        from gym_invmgmt.data_adapters import long_demand_csv_to_spec as go
        columns = {"day": list(range(300_000)), "units": [1] * 300_000}
        from gym_invmgmt._tables import table_of
        from gym_invmgmt import _native
        table = table_of(columns)
        print("begun", flush=True)
        while True:
            _native.long_series(table, "units", "day", [])
    """,
}


@pytest.mark.parametrize("work", LONG)
def test_ctrl_c_ends_it_within_two_seconds(work: str) -> None:
    code = "print('begun', flush=True)\n" + textwrap.dedent(LONG[work])
    with begin([sys.executable, "-c", code], stdout=PIPE, stderr=PIPE, text=True) as process:
        assert process.stdout is not None
        for _ in range(1 + LONG[work].count("print")):
            assert process.stdout.readline() == "begun\n"
        time.sleep(1.0)
        assert process.poll() is None, process.communicate()
        pressed = time.monotonic()
        process.send_signal(signal.SIGINT)
        try:
            _, said = process.communicate(timeout=30)
        finally:
            process.kill()
        taken = time.monotonic() - pressed
    assert said.rstrip().endswith("KeyboardInterrupt"), said
    assert taken < 2.0


def test_ctrl_c_ends_the_command_line() -> None:
    command = [sys.executable, "-m", "gym_invmgmt.command_line", "optimize", "--network", "network"]
    with begin([*command, "--budget", "100000", "--periods", "30000"], stdout=DEVNULL) as process:
        time.sleep(1.0)
        assert process.poll() is None
        pressed = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == -signal.SIGINT
        assert time.monotonic() - pressed < 2.0


@pytest.mark.parametrize("outlier", [1e6, 1e14, 1e18, 1e100])
def test_a_fit_takes_no_longer_for_one_large_value(outlier: float) -> None:
    series = np.random.default_rng(1).poisson(20, 120).astype(float)
    series[60] = outlier
    begun = time.monotonic()
    found = fit(series)
    assert time.monotonic() - begun < 2.0
    assert np.isfinite(found.fitted).all()
    # A level is the mean of the history; effects move it about.
    assert found.fitted.mean() == pytest.approx(series.mean(), rel=0.5)


@pytest.mark.parametrize("mean", [1e6, 1e14, 1e18, 1e100])
def test_expected_demand_of_a_large_mean_is_the_mean(mean: float) -> None:
    engine = CoreEnv("serial", {"base_mu": mean, "noise_scale": 3.0}).demand_engine
    begun = time.monotonic()
    # Three times a Poisson law's scatter cuts nothing off at zero.
    assert engine.expected_demand(0) == pytest.approx(mean, rel=1e-9)
    assert time.monotonic() - begun < 0.5
