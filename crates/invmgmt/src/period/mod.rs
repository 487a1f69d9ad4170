//! One period of play, in the order of its events:
//!
//! 1. **order**: requests are filled from what suppliers held at the start of the period;
//! 2. **receive**: deliveries due arrive, shipments leave;
//! 3. **feel**: sentiment answers last period's unmet demand;
//! 4. **sell**: customers come and buy from the retailers' stock, this period's deliveries included;
//! 5. **account**: every managed node's revenue and costs.
//!
//! After the last period of a horizon, [`settle_horizon`] books what the stock left is worth, on networks where it is
//! worth anything.
//!
//! There is exactly one implementation of a period, [`play_period`]; single environments, batches, planners and
//! the command line all run it. A unit that arrives in a period can be sold in it, but not shipped on.

mod account;
mod flows;
mod order;
mod receive;
mod sell;
mod state;

use crate::demand::DemandProcess;
use crate::network::Network;

pub use account::settle_horizon;
pub use flows::{COST_PARTS, CostParts, Flows, NodeFlows};
pub use state::{State, StateView};

/// Rules of play that are not part of the network.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rules {
    /// Whether unmet demand waits (true) or is lost (false). It is recorded and penalised either way.
    pub backlog: bool,
    /// Weight of a period's money against the period before, alpha [1].
    pub discount: f64,
}

impl Default for Rules {
    fn default() -> Self {
        Self { backlog: true, discount: 1.0 }
    }
}

impl Rules {
    /// Weight of a period's money [1].
    #[inline]
    pub fn weight(&self, period: usize) -> f64 {
        if self.discount == 1.0 { 1.0 } else { self.discount.powf(period as f64) }
    }
}

/// Plays one period: `requests` holds the quantity wanted on each supply link [units].
///
/// `state` moves from the start of the period to the start of the next; `flows` says what moved.
/// Returns the reward: the profit of all managed nodes [money].
pub fn play_period<D: DemandProcess>(
    network: &Network,
    rules: &Rules,
    state: &mut State<'_>,
    requests: &[f64],
    demand: &mut D,
    flows: &mut Flows,
) -> f64 {
    let period = state.periods_played();
    order::fill_requests(network, state, requests, flows);
    receive::move_goods(network, state, flows);
    sell::update_sentiment(state, demand);
    sell::serve_customers(network, rules, state, period, demand, flows);
    let reward = account::close_books(network, rules, state, period, flows);
    *state.period += 1.0;
    reward
}

/// The smaller of two finite numbers; without `f64::min`'s care for NaN it is one instruction.
#[inline]
fn smaller(a: f64, b: f64) -> f64 {
    if b < a { b } else { a }
}
