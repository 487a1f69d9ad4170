//! Suites as a benchmark sees them: the seeds to play, the hash that tells two apart.

use invmgmt_data::{Case, Suite};
use invmgmt_policy::is_noise_free;

use crate::plan::sha256;

/// The first `count` seeds of a suite. Whoever wants more than it has gets 10000, 10001, ... behind them, as published,
/// those it keeps for training left out.
pub fn first_seeds(suite: &Suite, count: usize) -> Vec<u64> {
    let taken = |seed: &u64| suite.seeds.contains(seed) || suite.train_seeds.contains(seed);
    let further = (10_000..).filter(|seed| !taken(seed));
    suite.seeds.iter().copied().chain(further).take(count).collect()
}

/// Hash of everything in a suite.
pub fn fingerprint(suite: &Suite) -> String {
    sha256(suite.to_yaml().as_bytes())
}

/// Whether demand depends on what a policy did before: episodes of a pair then share only their seed.
pub(crate) fn demand_follows_policy(problem: &Case) -> bool {
    problem.demand.config.use_goodwill
}

/// Whether demand varies with the seed.
pub(crate) fn demand_is_drawn(problem: &Case) -> bool {
    !is_noise_free(&problem.network, &problem.demand)
}

/// Whether all periods played count.
pub(crate) fn scores_everything(problem: &Case) -> bool {
    problem.window() == (0..problem.num_periods)
}
