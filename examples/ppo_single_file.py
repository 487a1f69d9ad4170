"""PPO in one file: proximal policy optimisation on the native vector environment, all of it readable here.

Shows how a learner uses `InvMgmtVectorEnv`: many episodes stepped by one call, order-up-to levels as actions, and a
finite horizon announced as termination, so that nothing is bootstrapped past the end of an episode.

Takes about a minute on 2 cores as it stands; `--steps 20000` takes seconds. Needs torch:
pip install "gym-invmgmt[rl]>=1"

    python examples/ppo_single_file.py --steps 300000

`train_ppo.py` uses the same algorithm for the results in docs/learning.md.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from gym_invmgmt import InvMgmtVectorEnv


@dataclass(frozen=True)
class Settings:
    """What the algorithm may be told; the defaults are those of docs/learning.md."""

    #: Periods per iteration and environment; 30 is one whole episode of the published problems.
    periods: int = 30
    epochs: int = 6
    minibatch: int = 1920
    learning_rate: float = 1e-3
    #: Future profit counts in full: an episode ends. Over hundreds of periods less than 1 is learned faster: at 0.99
    #: what is earned a hundred periods later still counts for a third.
    discount: float = 1.0
    gae_lambda: float = 0.95
    clip: float = 0.2
    value_weight: float = 0.5
    max_gradient: float = 0.5
    #: An iteration's updates stop when the policy has moved this far (mean Kullback-Leibler divergence).
    target_kl: float = 0.03
    hidden: int = 64
    #: Standard deviation of actions at the start, of 1 being half their range.
    first_deviation: float = 0.5


class RunningScale:
    """Mean and variance of all that was seen, merged batch by batch (Chan, Golub and LeVeque 1979)."""

    def __init__(self, width: int) -> None:
        self.mean, self.variance, self.count = np.zeros(width), np.ones(width), 1e-4

    def see(self, values: np.ndarray[Any, Any]) -> None:
        """Takes in values of shape (rows, width)."""
        count, mean, variance = len(values), values.mean(axis=0), values.var(axis=0)
        total, delta = self.count + count, mean - self.mean
        self.variance = (self.variance * self.count + variance * count + delta**2 * self.count * count / total) / total
        self.mean = self.mean + delta * count / total
        self.count = total

    def scaled(self, values: np.ndarray[Any, Any]) -> Tensor:
        """Values with mean 0 and variance 1, cut at 10 deviations, as float32."""
        scaled = (values - self.mean) / np.sqrt(self.variance + 1e-8)
        return torch.as_tensor(np.clip(scaled, -10.0, 10.0), dtype=torch.float32)


class Agent(nn.Module):
    """Two separate networks of two tanh layers: the mean action, and the value of a state."""

    def __init__(self, observations: int, actions: int, settings: Settings) -> None:
        super().__init__()
        self.scale = RunningScale(observations)
        self.actor = _layers(observations, settings.hidden, actions, last_gain=0.01)
        self.critic = _layers(observations, settings.hidden, 1, last_gain=1.0)
        self.log_deviation = nn.Parameter(torch.full((actions,), float(np.log(settings.first_deviation))))

    def distribution(self, scaled: Tensor) -> torch.distributions.Normal:
        """What actions the policy draws from, before they are cut to [-1, 1]."""
        return torch.distributions.Normal(self.actor(scaled), self.log_deviation.exp(), validate_args=False)

    def value(self, scaled: Tensor) -> Tensor:
        """What is expected to be earned from here to the end, in units of the reward scale."""
        return self.critic(scaled).squeeze(-1)


def _layers(inputs: int, hidden: int, outputs: int, last_gain: float) -> nn.Sequential:
    sizes, gains = [(inputs, hidden), (hidden, hidden), (hidden, outputs)], [2**0.5, 2**0.5, last_gain]
    linear = [nn.Linear(*size) for size in sizes]
    for layer, gain in zip(linear, gains, strict=True):
        nn.init.orthogonal_(layer.weight, gain)
        nn.init.zeros_(layer.bias)
    return nn.Sequential(linear[0], nn.Tanh(), linear[1], nn.Tanh(), linear[2])


@dataclass
class Clock:
    """CPU seconds spent in the environment, in the agent's decisions, and in learning, all threads together."""

    environment: float = 0.0
    decisions: float = 0.0
    learning: float = 0.0

    @property
    def total(self) -> float:
        """All of it [s]."""
        return self.environment + self.decisions + self.learning


@dataclass
class Memory:
    """One iteration's experience; tensors of shape (periods, environments, ...)."""

    observations: list[Tensor] = field(default_factory=list)
    actions: list[Tensor] = field(default_factory=list)
    log_probabilities: list[Tensor] = field(default_factory=list)
    values: list[Tensor] = field(default_factory=list)
    rewards: list[Tensor] = field(default_factory=list)
    ended: list[Tensor] = field(default_factory=list)


def make_envs(num_envs: int, env: dict[str, Any]) -> InvMgmtVectorEnv:
    """The native vector environment as :func:`train` wants it, from the arguments of one environment."""
    return InvMgmtVectorEnv(num_envs, **env, autoreset_mode="SAME_STEP", terminate_at_horizon=True)


def train(
    envs: Any,
    settings: Settings,
    seed: int,
    stop: Callable[[int, float], bool],
    share: Callable[[int, float], float],
    log: Callable[[str], None] = print,
) -> tuple[Agent, int, Clock]:
    """Trains an agent.

    Args:
        envs: the vector environment. A row that ends begins again in the same step, and its end is a termination.
        settings: the algorithm's.
        seed: of weights, actions, and demand: environment i draws from seed `1_000_000 * (seed + 1) + i`, far from the
            seeds agents are evaluated on.
        stop: told the steps taken and the seconds spent, says whether to stop.
        share: told the same, says what share of the training is over, 0 to 1: the learning rate falls with it.
        log: takes a line now and then.

    Returns:
        The agent, the steps taken, and where the time went.
    """
    torch.manual_seed(seed)
    agent = Agent(envs.single_observation_space.shape[0], envs.single_action_space.shape[0], settings)
    optimiser = torch.optim.Adam(agent.parameters(), lr=settings.learning_rate, eps=1e-5)
    seen, _ = envs.reset(seed=1_000_000 * (seed + 1))
    agent.scale.see(seen)
    reward_scale, earned, ahead = RunningScale(1), np.zeros(envs.num_envs), np.zeros(envs.num_envs)
    clock, steps, iteration, begun = Clock(), 0, 0, time.perf_counter()
    while not stop(steps, seconds := time.perf_counter() - begun):
        left = 1.0 - min(1.0, share(steps, seconds))
        optimiser.param_groups[0]["lr"] = settings.learning_rate * left
        memory, finished = Memory(), []
        for _ in range(settings.periods):
            started = time.process_time()
            with torch.no_grad():
                scaled = agent.scale.scaled(seen)
                chances = agent.distribution(scaled)
                action = chances.sample()
                memory.observations.append(scaled)
                memory.actions.append(action)
                memory.log_probabilities.append(chances.log_prob(action).sum(-1))
                memory.values.append(agent.value(scaled))
            orders = action.clamp(-1.0, 1.0).numpy()
            decided = time.process_time()
            seen, rewards, terminations, _, _ = envs.step(orders)
            stepped = time.process_time()
            earned += rewards
            ahead = settings.discount * ahead + rewards
            memory.rewards.append(torch.as_tensor(rewards, dtype=torch.float32))
            memory.ended.append(torch.as_tensor(terminations))
            if settings.discount < 1.0:
                # Values are sums of about 1 / (1 - discount) periods, however long an episode is.
                reward_scale.see(ahead[:, None])
            if terminations.any():
                finished.append(earned[terminations])
                if settings.discount == 1.0:
                    reward_scale.see(earned[terminations][:, None])
                earned, ahead = np.where(terminations, 0.0, earned), np.where(terminations, 0.0, ahead)
            agent.scale.see(seen)
            clock.decisions += decided - started + time.process_time() - stepped
            clock.environment += stepped - decided
        started = time.process_time()
        with torch.no_grad():
            after = agent.value(agent.scale.scaled(seen))
        learn(agent, optimiser, memory, after, float(np.sqrt(reward_scale.variance[0])), settings)
        clock.learning += time.process_time() - started
        steps += envs.num_envs * settings.periods
        iteration += 1
        if iteration % 20 == 1 and finished:
            profit = np.concatenate(finished).mean()
            deviation = agent.log_deviation.exp().mean().item()
            log(f"{steps:>10} steps  {seconds:6.1f} s  profit {profit:10.1f}  deviation {deviation:.3f}")
    return agent, steps, clock


def advantages(memory: Memory, after: Tensor, scale: float, settings: Settings) -> tuple[Tensor, Tensor]:
    """Generalised advantage estimates and the returns they stand for (Schulman et al. 2016)."""
    rewards, values = torch.stack(memory.rewards) / scale, torch.stack(memory.values)
    goes_on = 1.0 - torch.stack(memory.ended).float()
    estimates, later, following = torch.zeros_like(rewards), torch.zeros(rewards.shape[1]), after
    for period in reversed(range(len(rewards))):
        surprise = rewards[period] + settings.discount * goes_on[period] * following - values[period]
        later = surprise + settings.discount * settings.gae_lambda * goes_on[period] * later
        estimates[period], following = later, values[period]
    return estimates, estimates + values


def learn(
    agent: Agent, optimiser: torch.optim.Optimizer, memory: Memory, after: Tensor, scale: float, settings: Settings
) -> None:
    """One iteration's updates: the clipped objective of Schulman et al. (2017), in minibatches."""
    estimates, returns = (part.flatten() for part in advantages(memory, after, max(scale, 1e-6), settings))
    observations, actions = torch.cat(memory.observations), torch.cat(memory.actions)
    before = torch.cat(memory.log_probabilities)
    estimates = (estimates - estimates.mean()) / (estimates.std() + 1e-8)
    for _ in range(settings.epochs):
        for rows in torch.randperm(len(returns)).split(settings.minibatch):
            chances = agent.distribution(observations[rows])
            change = chances.log_prob(actions[rows]).sum(-1) - before[rows]
            ratio, advantage = change.exp(), estimates[rows]
            clipped = ratio.clamp(1.0 - settings.clip, 1.0 + settings.clip)
            gain = torch.min(ratio * advantage, clipped * advantage).mean()
            error = (agent.value(observations[rows]) - returns[rows]).square().mean()
            optimiser.zero_grad()
            (settings.value_weight * error - gain).backward()
            nn.utils.clip_grad_norm_(agent.parameters(), settings.max_gradient)
            optimiser.step()
        with torch.no_grad():
            if ((ratio - 1.0) - change).mean() > settings.target_kl:
                return


def main() -> None:
    """Trains on the serial chain and says where the time went."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=1_000_000, help="periods to train for, over all environments")
    parser.add_argument("--num-envs", type=int, default=256)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    # The networks are small: a second thread costs more than it brings.
    torch.set_num_threads(1)
    env = {"scenario": "serial", "demand_config": {"base_mu": 20}, "action_mode": "base-stock"}
    _, steps, clock = train(
        make_envs(given.num_envs, env),
        Settings(),
        given.seed,
        stop=lambda steps, _: steps >= given.steps,
        share=lambda steps, _: steps / given.steps,
    )
    iterations = steps / (given.num_envs * Settings.periods)
    print(f"{steps} steps in {clock.total:.1f} CPU seconds; an iteration takes")
    for name in ["environment", "decisions", "learning"]:
        spent = getattr(clock, name)
        print(f"  {name:12} {1e3 * spent / iterations:8.1f} ms {spent / clock.total:6.1%}")


if __name__ == "__main__":
    main()
