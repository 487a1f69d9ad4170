"""A learner's first hour: PPO on lost sales with a lead time, and how far it is from the optimum.

Trains PPO of Stable-Baselines3 on `LostSales` and prints, after every so many periods, by how much the agent costs more
than the optimum, which is known; beside it the best base-stock level, which is what a planner would use.

Takes about two minutes on one core; `--steps 4000 --rounds 2 --num-envs 8` takes seconds. Needs:
pip install "gym-invmgmt[rl]>=1"

    python examples/first_hour.py
"""

from __future__ import annotations

import argparse
from typing import Any

import gymnasium as gym
import numpy as np
import torch
from stable_baselines3 import PPO
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.vec_env import VecEnvWrapper

from gym_invmgmt import benchmark, classics
from gym_invmgmt.sb3 import make_vec_env

#: Zipkin's problem with a lead time of two periods and a penalty of nine, and its problem in the suite.
LOST_SALES = classics.scenario("LostSales", lead_time=2, penalty=9)
PROBLEM = "classics-1/lost-sales-poisson-L2-p9"
#: Actions from -1 to 1 are orders from 0 to 12, which is more than two periods of demand.
ACTIONS: dict[str, Any] = {"action_mode": "scaled", "action_ceilings": [12.0]}
#: Mean demand, the unit in which the agent sees goods, and the deviation of its first orders on the scale of actions.
MEAN, FIRST_DEVIATION = 5.0, 0.25
#: Rewards are a tenth of the profit: of the size of 1.
REWARD = 0.1


def seen(observations: Any, places: list[int]) -> Any:
    """What the agent sees of observations (rows, numbers): the goods, of which one is about 0 on average.

    Nothing that the best decision does not rest on: neither the last demand, nor the number of the period, which runs
    to 1,200 where the agent is judged and to 100 where it learns.
    """
    return (np.asarray(observations)[:, places] / MEAN - 1.0).astype(np.float32)


class Goods(VecEnvWrapper):
    """Environments whose observations are the stock and what is on its way, and whose rewards are small."""

    def __init__(self, envs: Any) -> None:
        labels = envs.get_attr("observation_labels")[0]
        self.places = [at for at, label in enumerate(labels) if label.startswith(("on_hand", "in_transit"))]
        super().__init__(envs, gym.spaces.Box(-np.inf, np.inf, (len(self.places),), np.float32))

    def reset(self) -> Any:
        return seen(self.venv.reset(), self.places)

    def step_wait(self) -> Any:
        observations, rewards, ends, infos = self.venv.step_wait()
        for row in np.flatnonzero(ends):
            infos[row]["terminal_observation"] = seen(infos[row]["terminal_observation"][None], self.places)[0]
        return seen(observations, self.places), REWARD * rewards, ends, infos


class Learned:
    """The agent as a policy for `benchmark`: its mean action, without the noise it explores with."""

    information = "learned on this problem's demand"
    action_mode, action_ceilings = ACTIONS["action_mode"], ACTIONS["action_ceilings"]

    def __init__(self, model: PPO, places: list[int]) -> None:
        self.model, self.places = model, places

    def batch(self, observations: Any) -> Any:
        return self.model.predict(seen(observations, self.places), deterministic=True)[0]

    def __call__(self, observation: Any) -> Any:
        return self.batch(observation[None])[0]


def distance(policies: dict[str, Any], seeds: int) -> str:
    """By how much a policy costs more than the optimum, with its interval."""
    row = benchmark(PROBLEM, policies, seeds=seeds).distances[0]
    low, high = row["percent_interval"]
    return f"{row['value']:8.4f} a period, {row['percent']:7.2f} % above the optimum ({low:.2f} to {high:.2f})"


class Looks(BaseCallback):
    """Prints how far the agent is before it learns, and after every so many periods."""

    def __init__(self, periods: int, places: list[int], seeds: int) -> None:
        super().__init__()
        self.periods, self.places, self.seeds, self.due = periods, places, seeds, 0

    def _on_rollout_start(self) -> None:
        if self.num_timesteps >= self.due:
            self.due += self.periods
            print(f"{self.num_timesteps:9,}   {distance({'ppo': Learned(self.model, self.places)}, self.seeds)}")

    def _on_step(self) -> bool:
        return True


def main() -> None:
    """Trains and says how far it is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=491_520, help="periods to train for, over all environments")
    parser.add_argument("--rounds", type=int, default=6, help="how often to look how far the agent is")
    parser.add_argument("--num-envs", type=int, default=64)
    parser.add_argument("--seeds", type=int, default=20, help="episodes of 1,200 periods to look at")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    torch.set_num_threads(1)
    optimum = LOST_SALES.optimum
    print(f"optimum     {optimum.value if optimum else float('nan'):8.4f} a period")
    print(f"base stock  {distance({'base stock': 'basestock:19'}, given.seeds)}")
    envs = Goods(make_vec_env(given.num_envs, scenario=LOST_SALES, num_periods=100, **ACTIONS))
    model = PPO(
        "MlpPolicy",
        envs,
        n_steps=64,
        batch_size=min(1024, 64 * given.num_envs),
        n_epochs=8,
        # What an order does is over in a few periods.
        gamma=0.95,
        learning_rate=lambda left: 3e-3 * left,
        target_kl=0.03,
        policy_kwargs={"log_std_init": float(np.log(FIRST_DEVIATION)), "net_arch": [32, 32]},
        seed=given.seed,
        device="cpu",
    )
    model.learn(given.steps, callback=Looks(given.steps // given.rounds, envs.places, given.seeds))
    print(f"{model.num_timesteps:9,}   {distance({'ppo': Learned(model, envs.places)}, given.seeds)}")


if __name__ == "__main__":
    main()
