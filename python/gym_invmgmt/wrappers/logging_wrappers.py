"""Wrappers that write down what happened."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, SupportsFloat

import gymnasium as gym
import numpy as np

from gym_invmgmt import _native
from gym_invmgmt._files import new_file

#: Entry of a log file: matrix of the environment.
_ENTRIES = {logged: letter for letter, logged, *_ in (*_native.Episode.SYMBOLS, *_native.Episode.MECHANISM_SYMBOLS)}


class EpisodeLoggerWrapper(gym.Wrapper[Any, Any, Any, Any]):
    """Saves the matrices of every ``save_freq``-th episode at its end.

    Args:
        env: the environment.
        log_dir: folder of the files; made if missing.
        run_name: beginning of the files' names, ``{run_name}_ep{n}_{unix seconds}.npz``. Where such a file is there
            already, as with environments side by side, ``_2``, ``_3``, ... is put behind the seconds.
        save_freq: how many episodes per file [episodes], >= 1.

    A file holds ``inventory_X``, ``pipeline_Y``, ``orders_R``, ``sales_S``, ``demand_D``, ``unfulfilled_U``,
    ``profit_P``, ``actions``, ``goodwill_GW`` and ``episode_rewards``, and what the network's mechanisms record. It is
    written whole or not at all, and no file is ever replaced.
    """

    def __init__(
        self, env: gym.Env[Any, Any], log_dir: str | Path = "./data/logs", run_name: str = "run", save_freq: int = 1
    ) -> None:
        super().__init__(env)
        if save_freq < 1:
            raise ValueError(f"save_freq is {save_freq}; expected a whole number of episodes >= 1")
        self.log_dir = Path(log_dir)
        self.log_dir.mkdir(parents=True, exist_ok=True)
        self.run_name = run_name
        self.save_freq = save_freq
        self.episode_count = 0
        self.episode_rewards: list[float] = []

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Begins an episode and an empty list of rewards."""
        self.episode_rewards = []
        return self.env.reset(seed=seed, options=options)

    def step(self, action: Any) -> tuple[Any, SupportsFloat, bool, bool, dict[str, Any]]:
        """Plays one period; at the end of an episode that is due, writes its file."""
        over = self._is_over()
        result = self.env.step(action)
        if not over:
            self.episode_rewards.append(float(result[1]))
            if result[2] or result[3]:
                self.episode_count += 1
                if self.episode_count % self.save_freq == 0:
                    self._save()
        return result

    def _is_over(self) -> bool:
        core: Any = self.unwrapped
        return bool(core.period >= core.num_periods)

    def _save(self) -> None:
        core: Any = self.unwrapped
        path = self.log_dir / f"{self.run_name}_ep{self.episode_count}_{int(time.time())}.npz"
        recorded = core.recorded
        arrays = {entry: getattr(core, symbol) for entry, symbol in _ENTRIES.items() if symbol in recorded}
        arrays["episode_rewards"] = np.array(self.episode_rewards)
        # Several environments may end the same episode within the same second.
        new_file(path, lambda file: np.savez(file, **arrays))
