//! What is played: problems under names, and the seeds they are played with.

use std::sync::Arc;

use invmgmt::demand::DemandModel;
use invmgmt::network::Network;
use invmgmt::period::Rules;

use crate::plan::sha256;

/// One problem of a suite.
#[derive(Clone, Debug)]
pub struct Problem {
    /// Its short name, `S01`.
    pub id: String,
    /// Its key in published tables.
    pub key: String,
    /// The network.
    pub network: Arc<Network>,
    /// Demand of its markets.
    pub demand: DemandModel,
    /// The rules of play.
    pub rules: Rules,
    /// Length of an episode [periods].
    pub num_periods: usize,
    /// Periods at the start that no key figure counts [periods].
    pub warm_up: usize,
    /// The earlier problem this one repeats, if it does. Repeats are played, and left out of means over problems.
    pub same_as: Option<String>,
}

impl Problem {
    /// Whether demand depends on what a policy did before: episodes of a pair then share only their seed.
    pub fn demand_follows_policy(&self) -> bool {
        self.demand.config.use_goodwill
    }
}

/// A versioned list of problems.
#[derive(Clone, Debug)]
pub struct Suite {
    /// Its name, `published-26`.
    pub name: String,
    /// Its version. Results of two versions do not compare.
    pub version: String,
    /// The problems in order.
    pub problems: Vec<Problem>,
    /// Its seeds in order. Whoever wants more gets 10000, 10001, ... behind them.
    pub seeds: Vec<u64>,
}

impl Suite {
    /// Hash of all problems: of everything that decides an episode.
    pub fn fingerprint(&self) -> String {
        sha256(format!("{:?}", self.problems).as_bytes())
    }

    /// The first `count` seeds.
    pub fn first_seeds(&self, count: usize) -> Vec<u64> {
        let further = (10_000..).filter(|seed| !self.seeds.contains(seed));
        self.seeds.iter().copied().chain(further).take(count).collect()
    }
}
