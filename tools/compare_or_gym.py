"""Plays nine nodes and two chains in the package or-gym-inventory and here, the same orders and demand; compares them.

    python tools/compare_or_gym.py RUNS           under an interpreter that has or-gym-inventory: plays, and writes RUNS
    python tools/compare_or_gym.py RUNS --here    under ours: plays the same, and says where flows or profits differ

Compared is what the package (1.0.0) computes soundly. Of the nine nodes of Perez (NetInvMgmt) that is goods shipped per
link and profit per period, where unmet demand waits and no factory is asked for more than its capacity:

- a factory's capacity is given to each of its links anew, so that two links ship up to twice what the factory makes;
- lost sales cost no penalty in its networks.

Of the chains (InvManagement, customers who wait and customers who are lost) it is stock, goods shipped and profit where
in every period all stages order the same quantity and none is short of it: a stage's stock falls by what the stage
itself ordered there, not by what it shipped, and with other orders goods come from nowhere. The package books the
retailer's purchases when they are sold on; what that moves is added.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

PERIODS, EPISODES = 30, 20
#: Largest order on a link: two of them are within the smallest factory's capacity of 80.
LARGEST = 40
#: Largest order of all stages of a chain: what starts in the longest pipelines is enough for it.
ALIKE = 16


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


def chain(seed: int, backlog: bool) -> dict[str, Any]:
    """An episode of a chain of the package; all stages order the same."""
    import numpy as np
    from or_gym_inventory.inventory_management import InvManagementMasterEnv

    draw = np.random.default_rng(seed)
    demand = draw.poisson(20, PERIODS)
    env = InvManagementMasterEnv(backlog=backlog, dist=5, user_D=demand.tolist())
    env.reset(seed=seed)
    orders = draw.integers(0, ALIKE + 1, PERIODS)
    for order in orders:
        env.step(np.full(3, order))
    moved = env.unit_cost[0] * (env.S[:, 0] - env.R[:, 0]) * env.discount ** np.arange(PERIODS)
    return {"backlog": backlog, "demand": demand.tolist(), "orders": orders.tolist(), "shipped": env.R.tolist(),
            "stock": env.I.tolist(), "profit": (env.P + moved).tolist()}  # fmt: skip


def differences_of_chain(run: dict[str, Any]) -> list[str]:
    """What of our episode of a chain differs from the package's."""
    import numpy as np

    from gym_invmgmt import CoreEnv, classics

    problem = classics.scenario("ThreeStages", backlog=run["backlog"])
    env = CoreEnv(problem, user_D={("retailer", "customers"): run["demand"]})
    env.reset(seed=0)
    for order in run["orders"]:
        env.step(np.full(3, float(order)))
    buyers, stages = [link[1] for link in env.network.reorder_links], ["retailer", "distributor", "maker"]
    links = [buyers.index(stage) for stage in stages]
    nodes = [list(env.network.graph.nodes).index(stage) for stage in stages]
    pairs = {
        "shipped": (env.R[:, links], run["shipped"], 1e-9),
        "stock": (env.X[:, nodes], run["stock"], 1e-9),
        # The package computes money in single precision.
        "profit": (env.P.sum(axis=1), run["profit"], 1e-4),
    }
    return [
        f"{'backlog' if run['backlog'] else 'lost sales'}: {name}"
        for name, (ours, theirs, near) in pairs.items()
        if not np.allclose(ours, theirs, rtol=0, atol=near)
    ]


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
    path, seeds = Path(sys.argv[1]), range(EPISODES)
    if "--here" not in sys.argv[2:]:
        chains = [chain(seed, backlog) for backlog in (True, False) for seed in seeds]
        path.write_text(json.dumps({"nine nodes": [played(seed) for seed in seeds], "chains": chains}))
        return
    runs = json.loads(path.read_text())
    faults = []
    for name, differ in {"nine nodes": differences, "chains": differences_of_chain}.items():
        found = [f"{name}, {number}: {fault}" for number, run in enumerate(runs[name]) for fault in differ(run)]
        print(f"{name}: {len(runs[name])} episodes of {PERIODS} periods: {len(found)} differences")
        faults += found
    if faults:
        sys.exit("\n".join(faults))


if __name__ == "__main__":
    main()
