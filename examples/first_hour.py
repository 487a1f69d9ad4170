"""A learner's first hour: PPO on lost sales with a lead time, and how far it is from the optimum.

Trains PPO of Stable-Baselines3 on `LostSales` and prints, after every so many periods, by how much the agent costs more
than the optimum, which is known; beside it the best base-stock level, which is what a planner would use.

Takes about five minutes on 2 cores; `--steps 4000 --rounds 2 --num-envs 8` takes seconds. Needs:
pip install "gym-invmgmt[rl]>=1"

    python examples/first_hour.py
"""

from __future__ import annotations

import argparse

import numpy as np
import torch
from stable_baselines3 import PPO
from stable_baselines3.common.vec_env import VecNormalize

from gym_invmgmt import benchmark, classics
from gym_invmgmt.sb3 import make_vec_env, policy

#: Zipkin's problem with a lead time of two periods and a penalty of nine, and its problem in the suite.
LOST_SALES = classics.scenario("LostSales", lead_time=2, penalty=9)
PROBLEM = "classics-1/lost-sales-poisson-L2-p9"
#: What an episode is for learning: long enough that its beginning does not matter, orders up to 15.
EPISODE = {"scenario": LOST_SALES, "num_periods": 100, "action_mode": "scaled", "action_ceilings": [15.0]}


def distance(policies: dict[str, object], seeds: int) -> str:
    """By how much a policy costs more than the optimum, with its interval."""
    row = benchmark(PROBLEM, policies, seeds=seeds).distances[0]  # type: ignore[arg-type]
    low, high = row["percent_interval"]
    return f"{row['value']:8.4f} a period, {row['percent']:6.2f} % above the optimum ({low:.2f} to {high:.2f})"


def main() -> None:
    """Trains and says how far it is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=1_600_000, help="periods to train for, over all environments")
    parser.add_argument("--rounds", type=int, default=8, help="how often to look how far the agent is")
    parser.add_argument("--num-envs", type=int, default=64)
    parser.add_argument("--seeds", type=int, default=20, help="episodes of 1,200 periods to look at")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    torch.set_num_threads(1)
    optimum = LOST_SALES.optimum
    print(f"optimum     {optimum.value if optimum else float('nan'):8.4f} a period")
    print(f"base stock  {distance({'base stock': 'basestock:19'}, given.seeds)}")
    envs = VecNormalize(make_vec_env(given.num_envs, **EPISODE), gamma=0.98)
    model = PPO(
        "MlpPolicy",
        envs,
        n_steps=100,
        batch_size=min(1600, 100 * given.num_envs),
        n_epochs=8,
        gamma=0.98,
        learning_rate=lambda left: 1e-3 * left,
        target_kl=0.03,
        policy_kwargs={"log_std_init": float(np.log(0.5))},
        seed=given.seed,
        device="cpu",
    )
    periods = given.steps // given.rounds
    print(f"{0:9,}   {distance({'ppo': policy(model, information='learned')}, given.seeds)}")
    for played in range(given.rounds):
        model.learn(periods, reset_num_timesteps=played == 0)
        print(f"{model.num_timesteps:9,}   {distance({'ppo': policy(model, information='learned')}, given.seeds)}")


if __name__ == "__main__":
    main()
