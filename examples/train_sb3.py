"""PPO of Stable-Baselines3 on the native batch: one environment object, many episodes per call.

Shows `gym_invmgmt.sb3.make_vec_env` with Stable-Baselines3's own normalisation, and the trained model as a policy in
`gym_invmgmt.rollout`.

Takes about two minutes on 2 cores; `--steps 2000 --num-envs 8` takes seconds. Needs: pip install "gym-invmgmt[rl]>=1"

    python examples/train_sb3.py
"""

from __future__ import annotations

import argparse

import numpy as np
import torch
from stable_baselines3 import PPO
from stable_baselines3.common.vec_env import VecNormalize

from gym_invmgmt import rollout
from gym_invmgmt.sb3 import make_vec_env, policy

ENV = {"scenario": "serial", "demand_config": {"base_mu": 20}, "action_mode": "base-stock"}


def main() -> None:
    """Trains and evaluates."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=400_000, help="periods to train for, over all environments")
    parser.add_argument("--num-envs", type=int, default=256)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    torch.set_num_threads(1)
    envs = VecNormalize(make_vec_env(given.num_envs, **ENV, terminate_at_horizon=True), gamma=1.0)
    model = PPO(
        "MlpPolicy",
        envs,
        n_steps=30,
        batch_size=min(1920, 30 * given.num_envs),
        n_epochs=6,
        gamma=1.0,
        learning_rate=lambda left: 1e-3 * left,
        target_kl=0.03,
        policy_kwargs={"log_std_init": float(np.log(0.5))},
        seed=given.seed,
        device="cpu",
    )
    model.learn(given.steps)
    trained = policy(model, information="learned: trained on episodes of this problem's own demand")
    found = rollout(ENV, trained, seeds=range(10_000, 10_010))["total_profit"]
    print(f"profit on seeds 10000 to 10009: {found.mean():.1f}")


if __name__ == "__main__":
    main()
