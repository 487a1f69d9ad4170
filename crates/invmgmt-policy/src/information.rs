//! What a policy may know, and the name of that knowledge in results.

use std::fmt;
use std::sync::Arc;

use invmgmt::Problem;
use invmgmt::demand::DemandModel;
use invmgmt::mechanism::Used;
use invmgmt::network::Network;
use invmgmt::period::Rules;

/// What a policy knows of the problem it plays. Profits compare only within a level.
///
/// Every policy knows the network, its costs, the rules of play and the horizon, and sees its own history through
/// the state: stocks, pipelines, demand and unmet demand so far. The levels differ in what is known of demand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Information {
    /// Nothing beyond the above.
    Blind,
    /// As blind, by a rule of the published benchmark, kept as published even where it reads more than its name says.
    PublishedBlind,
    /// Means of all periods to come and the scale of the noise, by a rule of the published benchmark, kept as
    /// published: its mean of the present period rests on the sentiment of the period before.
    PublishedInformed,
    /// Also base mean, the law and its noise, length and phase of the season, and goodwill's parameters; not which of
    /// trend, seasonality and shock are active, each with prior probability 1/2, nor how strong they are or when the
    /// shock comes.
    Family,
    /// Also how strong the effects would be, and when the shock would come.
    FamilyParameters,
    /// Also which effects are active: the means of all periods to come.
    Informed,
    /// Demand to come itself. An informed policy is clairvoyant where demand is a replay or has no noise: knowing
    /// the means is knowing the demand.
    Clairvoyant,
}

impl Information {
    /// What a published informed rule knows of this demand.
    pub fn published_informed(network: &Network, demand: &DemandModel) -> Self {
        if is_noise_free(network, demand) { Self::Clairvoyant } else { Self::PublishedInformed }
    }

    /// What an informed policy knows of this demand.
    pub fn informed(network: &Network, demand: &DemandModel) -> Self {
        if is_noise_free(network, demand) { Self::Clairvoyant } else { Self::Informed }
    }

    /// Whether one who knows this knows no more than one who knows that; what published rules read beyond their names
    /// counts.
    pub fn is_within(self, that: Self) -> bool {
        let rank = |level| match level {
            Self::Blind => 0,
            Self::PublishedBlind | Self::Family => 1,
            Self::FamilyParameters => 2,
            Self::PublishedInformed | Self::Informed => 3,
            Self::Clairvoyant => 4,
        };
        rank(self) <= rank(that)
    }

    /// The level's name in results.
    pub fn name(self) -> &'static str {
        match self {
            Self::Blind => "blind",
            Self::PublishedBlind => "published-blind",
            Self::PublishedInformed => "published-informed",
            Self::Family => "family",
            Self::FamilyParameters => "family-parameters",
            Self::Informed => "informed",
            Self::Clairvoyant => "clairvoyant",
        }
    }
}

impl fmt::Display for Information {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Whether nothing is left to chance: supply draws nothing, and demand is its own mean on every market link, replayed
/// or drawn without scatter.
pub fn is_noise_free(network: &Network, demand: &DemandModel) -> bool {
    if network.draws_supply() {
        return false;
    }
    network.market.iter().all(|(link, row)| {
        let constant = row.law.is_certain();
        demand.config_of(link).noise_scale == 0.0 || constant || demand.replays.value(0, link).is_some()
    })
}

/// What is known when a policy is made: of blind ones, all of a problem but its demand.
#[derive(Clone, Copy, Debug)]
pub struct Knowledge<'a> {
    problem: &'a Problem,
    knows_demand: bool,
}

impl<'a> Knowledge<'a> {
    /// All of a problem, for policies that may know the parameters of demand.
    pub fn of(problem: &'a Problem) -> Self {
        Self { problem, knows_demand: true }
    }

    /// All of a problem but its demand: policies that need its parameters cannot be made.
    pub fn blind(problem: &'a Problem) -> Self {
        Self { problem, knows_demand: false }
    }

    /// What is played. Of one that is blind, its demand is not to be looked at.
    pub(crate) fn problem(&self) -> &'a Problem {
        self.problem
    }

    /// The network with its costs.
    pub fn network(&self) -> &'a Network {
        &self.problem.network
    }

    /// The rules of play.
    pub fn rules(&self) -> &'a Rules {
        &self.problem.rules
    }

    /// Length of the episode [periods].
    pub fn num_periods(&self) -> usize {
        self.problem.num_periods
    }

    /// The parameters of demand, if they are known.
    pub fn demand(&self) -> Option<&'a DemandModel> {
        self.knows_demand.then_some(&*self.problem.demand)
    }
}

impl Knowledge<'_> {
    /// The mechanisms of the problem, each with a place that uses it.
    pub fn mechanisms(&self) -> Used {
        if self.knows_demand {
            return self.problem.mechanisms();
        }
        // Whether there is goodwill is one of the parameters of demand.
        let demand = Arc::default();
        Problem { demand, ..self.problem.clone() }.mechanisms()
    }
}
