"""PPO on PufferLib's vectorisation: its emulation wraps the environment, its workers step many of them.

Shows PufferLib's `GymnasiumPufferEnv` around `CoreEnv`, in one process or several, under the algorithm of
`ppo_single_file.py`. It is for those who work with PufferLib: `InvMgmtVectorEnv` steps the same rows far faster.

Takes about a minute on 2 cores; `--steps 2000 --num-envs 8` takes seconds. PufferLib asks for versions of numpy and
gymnasium long past, but runs with today's, so it is installed without what it asks for (Linux, Python 3.11):

    pip install "gym-invmgmt>=1" torch pettingzoo psutil
    pip install --no-deps pufferlib==2.0.2 gym==0.23.1 gym-notices==0.1.0
    python examples/train_pufferlib.py
"""

from __future__ import annotations

import argparse
from functools import partial
from typing import Any

import numpy as np
import pufferlib.emulation
import pufferlib.vector
import torch
from ppo_single_file import Settings, train
from train_ppo import TrainedPolicy

from gym_invmgmt import CoreEnv, rollout

ENV = {"scenario": "serial", "demand_config": {"base_mu": 20}, "action_mode": "base-stock"}


def emulated(**arguments: Any) -> pufferlib.emulation.GymnasiumPufferEnv:
    """One environment as PufferLib takes it; arguments are those of `CoreEnv`."""
    return pufferlib.emulation.GymnasiumPufferEnv(env_creator=CoreEnv, env_kwargs=arguments)


class SameStep:
    """PufferLib's environments as the trainer wants them: what ends begins again in the same step.

    PufferLib gives the reset a step of its own, whose actions are ignored. All episodes are of one length, so all rows
    end together and that step can be played for all of them at once.
    """

    def __init__(self, num_envs: int, num_workers: int, arguments: dict[str, Any]) -> None:
        make = partial(pufferlib.vector.make, emulated, env_kwargs=arguments, num_envs=num_envs)
        if num_workers > 1:
            self.envs = make(backend=pufferlib.vector.Multiprocessing, num_workers=num_workers)
        else:
            self.envs = make(backend=pufferlib.vector.Serial)
        self.num_envs = num_envs
        self.single_observation_space = self.envs.single_observation_space
        self.single_action_space = self.envs.single_action_space

    def reset(self, seed: int) -> tuple[Any, Any]:
        """Begins episodes; environment i has seed `seed + i`."""
        return self.envs.reset(seed=seed)

    def step(self, actions: Any) -> tuple[Any, ...]:
        """Plays a period; PufferLib writes into the same arrays every time, so copies are returned."""
        played = tuple(np.copy(part) for part in self.envs.step(actions)[:4])
        observations, rewards, terminations, truncations = played
        if (terminations | truncations).all():
            observations = np.copy(self.envs.step(actions)[0])
        return observations, rewards, terminations, truncations, {}

    def close(self) -> None:
        """Ends the workers."""
        self.envs.close()


def main() -> None:
    """Trains and evaluates."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=200_000, help="periods to train for, over all environments")
    parser.add_argument("--num-envs", type=int, default=64)
    parser.add_argument("--num-workers", type=int, default=1, help="processes, at most one per core")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    torch.set_num_threads(1)
    envs = SameStep(given.num_envs, given.num_workers, {**ENV, "terminate_at_horizon": True})
    agent, steps, clock = train(
        envs,
        Settings(),
        given.seed,
        stop=lambda steps, _: steps >= given.steps,
        share=lambda steps, _: steps / given.steps,
    )
    envs.close()
    print(f"{steps} steps; {clock.environment / clock.total:.0%} of this process's time in the environment")
    found = rollout(ENV, TrainedPolicy(agent, ENV), seeds=range(10_000, 10_010))["total_profit"]
    print(f"profit on seeds 10000 to 10009: {found.mean():.1f}")


if __name__ == "__main__":
    main()
