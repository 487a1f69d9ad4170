//! What is played.

use std::sync::Arc;

use crate::demand::DemandModel;
use crate::mechanism::{Mechanism, Used};
use crate::network::Network;
use crate::period::Rules;

/// What is played: a network, its customers, the rules of play and how long an episode lasts.
///
/// Everything that plays, plans or measures is given one. Copies share network and demand.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// The network.
    pub network: Arc<Network>,
    /// Customers' demand.
    pub demand: Arc<DemandModel>,
    /// Rules of play.
    pub rules: Rules,
    /// Length of an episode [periods].
    pub num_periods: usize,
}

impl Problem {
    /// A network, its customers, the rules and the horizon.
    pub fn new(
        network: impl Into<Arc<Network>>,
        demand: impl Into<Arc<DemandModel>>,
        rules: Rules,
        num_periods: usize,
    ) -> Self {
        Self { network: network.into(), demand: demand.into(), rules, num_periods }
    }

    /// The mechanisms it uses, each with a place that does.
    pub fn mechanisms(&self) -> Used {
        let mut used = self.network.mechanisms();
        if !self.rules.backlog {
            used.note(Mechanism::LostSales, "rules");
        }
        if self.demand.config.use_goodwill {
            used.note(Mechanism::Goodwill, "demand");
        }
        used
    }
}
