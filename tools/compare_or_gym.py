"""Plays the nine nodes of Perez in the package or-gym-inventory and here, the same orders and demand; compares them.

    python tools/compare_or_gym.py RUNS           under an interpreter that has or-gym-inventory: plays, and writes RUNS
    python tools/compare_or_gym.py RUNS --here    under ours: plays the same, and says where flows or profits differ

Compared is what the package (1.0.0) computes soundly: goods shipped per link and profit per period, where unmet demand
waits and no factory is asked for more than its capacity. Elsewhere its arithmetic is another:

- a factory's capacity is given to each of its links anew, so that two links ship up to twice what the factory makes;
- lost sales cost no penalty in its networks;
- in its chains (InvManagement) a stage's stock falls by what the stage itself ordered, not by what it shipped: stock
  goes below zero and negative goods are shipped. No flow after the first shortage can be compared.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

PERIODS, EPISODES = 30, 20
#: Largest order on a link: two of them are within the smallest factory's capacity of 80.
LARGEST = 40


def played(seed: int) -> dict[str, Any]:
    """An episode of the package under random orders."""
    import numpy as np
    from or_gym_inventory.network_management import NetInvMgmtMasterEnv

    draw = np.random.default_rng(seed)
    demand = draw.poisson(20, PERIODS)
    env = NetInvMgmtMasterEnv(backlog=True, user_D={(1, 0): demand})
    env.reset(seed=seed)
    links = [[int(end) for end in link] for link in env.reorder_links]
    orders = draw.integers(0, LARGEST + 1, (PERIODS, len(links)))
    for order in orders:
        env.step(order.astype(float))
    shipped, profit = env.R[env.reorder_links].to_numpy(), env.P.to_numpy().sum(axis=1)
    return {"demand": demand.tolist(), "links": links, "orders": orders.tolist(), "shipped": shipped.tolist(),
            "profit": profit.tolist()}  # fmt: skip


def differences(run: dict[str, Any]) -> list[str]:
    """What of our episode differs from the package's."""
    import numpy as np

    from gym_invmgmt import CoreEnv, classics

    env = CoreEnv(classics.scenario("NineNodes"), user_D={(1, 0): run["demand"]})
    env.reset(seed=0)
    links = [[int(end) for end in link] for link in env.network.reorder_links]
    theirs = [run["links"].index(link) for link in links]
    for order in run["orders"]:
        env.step(np.array(order, dtype=float)[theirs])
    pairs = {"shipped": (env.R, np.array(run["shipped"])[:, theirs]), "profit": (env.P.sum(axis=1), run["profit"])}
    return [name for name, (ours, found) in pairs.items() if not np.allclose(ours, found, rtol=0, atol=1e-9)]


def main() -> None:
    """Writes or compares."""
    path = Path(sys.argv[1])
    if "--here" not in sys.argv[2:]:
        path.write_text(json.dumps([played(seed) for seed in range(EPISODES)]))
        return
    runs = json.loads(path.read_text())
    faults = [f"{number}: {name}" for number, run in enumerate(runs) for name in differences(run)]
    print(f"{EPISODES} episodes of {PERIODS} periods: {len(faults)} differences")
    if faults:
        sys.exit("\n".join(faults))


if __name__ == "__main__":
    main()
