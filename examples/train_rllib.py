"""PPO of RLlib: the network as one agent, or with an agent per managed node.

Shows the names that `gym_invmgmt.rllib.register` gives to Ray, and a policy per node that sees that node's books only.

Takes about a minute on 2 cores, most of it Ray's start; `--iterations 1 --batch 120` is the shortest run.
Needs: pip install "gym-invmgmt[ray]>=1"

    python examples/train_rllib.py --kind multi
"""

from __future__ import annotations

import argparse

import ray
from ray.rllib.algorithms.ppo import PPOConfig

from gym_invmgmt.rllib import register

ENV = {"scenario": "serial", "action_mode": "base-stock", "terminate_at_horizon": True}
NODES = ["node_1", "node_2", "node_3"]


def main() -> None:
    """Trains for some iterations and says what was earned."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kind", choices=["single", "multi"], default="single")
    parser.add_argument("--iterations", type=int, default=5)
    parser.add_argument("--batch", type=int, default=3_000, help="periods per iteration")
    given = parser.parse_args()
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    single, multi = register()
    config = (
        PPOConfig()
        .environment(single if given.kind == "single" else multi, env_config=ENV)
        .env_runners(num_env_runners=0)
        .training(train_batch_size=given.batch, minibatch_size=min(given.batch, 300), num_epochs=2, gamma=1.0)
    )
    if given.kind == "multi":
        config = config.multi_agent(policies=set(NODES), policy_mapping_fn=lambda agent, *_, **__: agent)
    algorithm = config.build_algo()
    for iteration in range(1, given.iterations + 1):
        found = algorithm.train()["env_runners"]
        print(f"iteration {iteration}: mean profit {found.get('episode_return_mean', float('nan')):.1f}")
    algorithm.stop()
    ray.shutdown()


if __name__ == "__main__":
    main()
