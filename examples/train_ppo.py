"""An agent worth training: PPO with order-up-to levels, on problems of the suites that come along.

Shows training on the native vector environment, evaluation on seeds never trained on with confidence intervals, and a
saved agent that plays as a policy in `gym_invmgmt.rollout` and `gym_invmgmt.benchmark`, beside the untrained agent,
base-stock levels tuned by simulation, and the planners.

Takes about two minutes per agent on an idle core (4 million periods; never more than --minutes); `--steps 20000`
takes seconds. Needs torch: install the package with its extra "rl"

    python examples/train_ppo.py --problem S19 --seed 0 --save runs
    python examples/train_ppo.py --problem S19 --seed 1 --save runs
    python examples/train_ppo.py --problem S17 --action-mode levels-and-shares --save runs
    python examples/train_ppo.py --evaluate runs/*.pt
    python examples/train_ppo.py --benchmark runs/*.pt

`--evaluate` prints the tables of docs/learning.md; `--benchmark` ranks the agents beside planners and writes a report.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from ppo_single_file import Agent, Settings, make_envs, train

from gym_invmgmt import CoreEnv, benchmark, estimate, rollout

#: The suites whose problems can be trained on, by the first letter of a problem's id.
SUITES = {"S": "published-26", "N": "standard-1"}
#: Seeds that every agent is evaluated on, beside those of its suite.
FURTHER_SEEDS = range(10_000, 10_010)
#: Seeds base-stock levels are tuned on, apart from those above.
TUNING_SEEDS = range(20_000, 20_200)
#: Whom agents are ranked with, beside tuned levels.
PLANNERS = ["newsvendor:informed", "mssp:informed", "mpc:informed", "oracle"]
#: Episodes of up to so many periods are learned without discount.
SHORT = 30


class TrainedPolicy:
    """A trained agent as a policy: a callable from observation to action, with `batch` for many at once."""

    information = "learned: trained on episodes of this problem's own demand; decides on the observation"

    def __init__(self, agent: Agent, env: dict[str, Any]) -> None:
        self.agent = agent
        #: Arguments of the environment it was trained for.
        self.env = env
        core = CoreEnv(**env)
        #: How its actions are read, wherever it plays.
        self.action_mode, self.action_ceilings = core.action_mode, core.action_ceilings

    def batch(self, observations: Any) -> Any:
        """The mean actions, shape (rows, managed nodes), each from -1 to 1."""
        with torch.no_grad():
            return self.agent.actor(self.agent.scale.scaled(observations)).clamp(-1.0, 1.0).numpy()

    def __call__(self, observation: Any) -> Any:
        """The mean action, shape (managed nodes,)."""
        return self.batch(observation[None])[0]


def save_policy(path: Path, policy: TrainedPolicy, settings: Settings, notes: dict[str, Any]) -> None:
    """Writes an agent with its normalisation, its settings, and what its training took."""
    scale = policy.agent.scale
    content = {
        "weights": policy.agent.state_dict(),
        "scale": {"mean": torch.tensor(scale.mean), "variance": torch.tensor(scale.variance)},
        "settings": asdict(settings),
        "env": policy.env,
        "notes": notes,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save(content, path)


def load_policy(path: str | Path) -> TrainedPolicy:
    """Reads a saved agent; play it with `rollout(policy.env, policy, seeds)`."""
    content = torch.load(path, weights_only=True)
    policy = untrained(content["env"], Settings(**content["settings"]))
    policy.agent.load_state_dict(content["weights"])
    policy.agent.scale.mean = content["scale"]["mean"].numpy()
    policy.agent.scale.variance = content["scale"]["variance"].numpy()
    return policy


def untrained(env: dict[str, Any], settings: Settings) -> TrainedPolicy:
    """An agent as training finds it."""
    core = CoreEnv(**env)
    return TrainedPolicy(Agent(core.observation_space.shape[0], core.action_space.shape[0], settings), env)


def path_of(problem: str) -> str:
    """The problem as `CoreEnv`, `rollout` and `benchmark` take it, such as `standard-1/N01`."""
    return f"{SUITES[problem[0]]}/{problem}"


def settings_of(problem: str) -> tuple[Settings, int]:
    """How PPO is set for a problem's horizon, and how many environments it plays.

    An iteration is always about 7,680 periods of whole episodes, so that all of a horizon is seen in each.
    """
    periods = CoreEnv(path_of(problem)).num_periods
    settings = Settings() if periods <= SHORT else Settings(periods=periods, discount=0.99)
    return settings, 7680 // periods


def tuned_base_stock(problem: str) -> str:
    """Base-stock levels by pattern search: the same 200 episodes judge every try, steps are halved from 64 to 1."""
    env = path_of(problem)

    def worth(levels: Sequence[int]) -> float:
        name = "basestock:" + ",".join(map(str, levels))
        return float(rollout(env, name, TUNING_SEEDS)["total_profit"].mean())

    levels = [100] * len(CoreEnv(env).network.main_nodes)
    best, step = worth(levels), 64
    while step >= 1:
        tries = []
        for node in range(len(levels)):
            for change in (-step, step):
                changed = [max(0, level + change * (node == place)) for place, level in enumerate(levels)]
                tries.append((worth(changed), changed))
        most, changed = max(tries)
        if most > best:
            best, levels = most, changed
        else:
            step //= 2
    return "basestock:" + ",".join(map(str, levels))


def seeds_of(problem: str) -> dict[str, list[int]]:
    """Seeds an agent is evaluated on, by what they are called: its suite's, and ten more."""
    suite = SUITES[problem[0]]
    episodes = benchmark(path_of(problem), ["constant:0"]).episodes
    called = "published seeds" if suite == "published-26" else f"seeds of {suite}"
    return {called: episodes["seed"].tolist(), "seeds 10000 to 10009": list(FURTHER_SEEDS)}


def profits(problem: str, env: Any, policy: Any) -> list[np.ndarray[Any, Any]]:
    """Total profits of a policy on each set of seeds [money]."""
    return [rollout(env, policy, seeds)["total_profit"] for seeds in seeds_of(problem).values()]


def shown(found: np.ndarray[Any, Any]) -> str:
    """A mean with its 95% interval, as `gym_invmgmt.estimate` gives it."""
    of = estimate(found)
    return f"{of.mean:.1f} ({of.low:.1f} to {of.high:.1f})"


def grouped(paths: Sequence[Path]) -> dict[str, list[Path]]:
    """Saved agents by the problem they were trained on."""
    saved: dict[str, list[Path]] = {}
    for path in sorted(paths):
        saved.setdefault(torch.load(path, weights_only=True)["notes"]["problem"], []).append(path)
    return saved


def evaluate(paths: Sequence[Path]) -> None:
    """Prints a table per problem: each trained agent, their mean and worst, and what they are compared with."""
    for problem, files in grouped(paths).items():
        print(f"\n| {problem} | steps | CPU minutes | {' | '.join(seeds_of(problem))} |\n|---|---|---|---|---|")
        means: dict[str, list[list[float]]] = {}
        for path in files:
            policy, notes = load_policy(path), torch.load(path, weights_only=True)["notes"]
            found = profits(problem, policy.env, policy)
            means.setdefault(policy.action_mode, []).append([values.mean() for values in found])
            row = [f"trained{_mode(policy.action_mode)}, seed {notes['seed']}", f"{notes['steps']:,}"]
            row += [f"{notes['cpu_seconds'] / 60:.1f}", *map(shown, found)]
            print(f"| {' | '.join(row)} |")
        for mode, found in means.items():
            for name, over_agents in [("mean", np.mean), ("worst", np.min)]:
                columns = " | ".join(f"{value:.1f}" for value in over_agents(found, axis=0))
                print(f"| {name} of the trained{_mode(mode)} | | | {columns} |")
            torch.manual_seed(0)
            env = {"scenario": path_of(problem), "action_mode": mode}
            beginner = profits(problem, env, untrained(env, Settings()))
            print(f"| untrained{_mode(mode)} | 0 | 0 | {' | '.join(map(shown, beginner))} |")
        name = tuned_base_stock(problem)
        columns = " | ".join(map(shown, profits(problem, path_of(problem), name)))
        print(f"| `{name}`, tuned by simulation | | | {columns} |")


def _mode(mode: str) -> str:
    """An action mode as rows of tables name it: order-up-to levels go without saying."""
    return "" if mode == "base-stock" else f", {mode}"


def enter(paths: Sequence[Path], planners: Sequence[str]) -> None:
    """Ranks saved agents beside planners in a benchmark of their problem, and writes its tables and report."""
    for problem, files in grouped(paths).items():
        folder = files[0].with_name(f"{problem}-benchmark")
        agents = {file.stem: load_policy(file) for file in files}
        others = [*planners, tuned_base_stock(problem)]
        # What computes an agent cannot be checked, so that a run that is there already is played again.
        result = benchmark(path_of(problem), {**agents, **{name: name for name in others}}, out=folder, force=True)
        print(path_of(problem))
        for place in result.ranking:
            low, high = place["interval"]
            print(f"{place['rank']}. {place['policy']:24} {place['profit']:8.1f}  ({low:.1f} to {high:.1f})")
        print(f"wrote {folder / 'report.html'}")


def main() -> None:
    """Trains an agent and evaluates it, or evaluates saved ones."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--problem", default="S19", help="S01 to S26 of published-26, N01 to N16 of standard-1")
    parser.add_argument(
        "--action-mode", choices=["base-stock", "ss", "levels-and-shares", "scaled"], default="base-stock"
    )
    parser.add_argument("--steps", type=int, default=4_000_000, help="periods to train for, over all environments")
    parser.add_argument("--minutes", type=float, default=10.0, help="most minutes to train for")
    parser.add_argument("--seed", type=int, default=0, help="of weights, actions and demand")
    parser.add_argument("--num-envs", type=int, help="by default so many that an iteration plays 7,680 periods")
    parser.add_argument("--save", type=Path, default=Path("runs"), help="folder the agent is written to")
    parser.add_argument("--evaluate", type=Path, nargs="+", metavar="FILE", help="agents to compare; none is trained")
    parser.add_argument("--benchmark", type=Path, nargs="+", metavar="FILE", help="agents to rank beside planners")
    parser.add_argument("--planners", nargs="+", metavar="POLICY", default=PLANNERS, help="whom to rank them with")
    given = parser.parse_args()
    # The networks are small: a second thread costs more than it brings.
    torch.set_num_threads(1)
    if given.evaluate:
        evaluate(given.evaluate)
    if given.benchmark:
        enter(given.benchmark, given.planners)
    if given.evaluate or given.benchmark:
        return
    (settings, num_envs), begun = settings_of(given.problem), time.process_time()
    env = {"scenario": path_of(given.problem), "action_mode": given.action_mode}
    agent, steps, clock = train(
        make_envs(given.num_envs or num_envs, env),
        settings,
        given.seed,
        stop=lambda steps, seconds: steps >= given.steps or seconds >= 60.0 * given.minutes,
        share=lambda steps, seconds: max(steps / given.steps, seconds / (60.0 * given.minutes)),
    )
    notes = {
        "problem": given.problem,
        "seed": given.seed,
        "steps": steps,
        "cpu_seconds": time.process_time() - begun,
        "environment_seconds": clock.environment,
    }
    mode = "" if given.action_mode == "base-stock" else f"-{given.action_mode}"
    path = given.save / f"{given.problem}{mode}-{given.seed}.pt"
    save_policy(path, TrainedPolicy(agent, env), settings, notes)
    in_environment = clock.environment / clock.total
    print(f"{steps:,} steps in {clock.total:.0f} CPU seconds, {in_environment:.1%} of it in the environment")
    for name, found in zip(seeds_of(given.problem), profits(given.problem, env, load_policy(path)), strict=True):
        print(f"profit on {name}: {shown(found)}")
    print(f"saved: {path}")


if __name__ == "__main__":
    main()
