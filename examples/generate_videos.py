"""Films one episode of the nine-node network under two policies, as GIFs. Takes about five seconds.

Orange dots are deliveries on their way, as large as they are big; a cross marks a node with nothing on hand. With the
extra ``video``, Gymnasium's ``RecordVideo`` writes MP4 files from ``render_mode="rgb_array"`` instead.
"""

from gym_invmgmt import CoreEnv, plots, run_episode

env = CoreEnv("network", {"effects": ["seasonal"], "base_mu": 20}, num_periods=20)


def follow_sales(observation):
    """Orders on every link half of what customers wanted last; the first entry of an observation is demand."""
    return [observation[0] / 2] * len(env.action_labels)


def order_ten(observation):
    """Orders ten on every link."""
    return [10.0] * len(env.action_labels)


for policy in (order_ten, follow_sales):
    result = run_episode(env, policy, seed=7)
    path = f"{policy.__name__}.gif"
    plots.write_video(env, path, frames_per_second=4)
    print(f"wrote {path}: profit {result['total_reward']:.1f}")
