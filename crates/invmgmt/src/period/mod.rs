//! One period of play, in the order of its events:
//!
//! 1. **order**: requests are filled from what suppliers held at the start of the period;
//! 2. **receive**: deliveries due arrive, shipments leave;
//! 3. **feel**: sentiment answers last period's unmet demand;
//! 4. **sell**: customers come and buy from the retailers' stock, this period's deliveries included;
//! 5. **account**: every managed node's revenue and costs.
//!
//! In the last period of a horizon it also books what the stock left is worth, on networks where it is worth anything.
//! An episode begins in [`opening_row`].
//!
//! There is exactly one implementation of a period, [`play_period`]; single environments, batches, planners and
//! the command line all run it. A unit that arrives in a period can be sold in it, but not shipped on.
//!
//! Networks with mechanisms ([`crate::network::Physics`]) play further arms of these phases: what requests may ask and
//! who gets what is short before **order**, ages after **sell**, failures at the end; and their timeline may put
//! **receive** first, or last. A plain network pays for none of it: it tests once per period and phase that it has
//! none.
//!
//! It plays one episode or several side by side: what the phases work on are [`Lanes`], one number per episode. What
//! happens in one of them does not depend on the others.

mod account;
mod flows;
mod lanes;
mod mechanisms;
mod order;
mod receive;
mod sell;
mod state;

use crate::demand::DemandProcess;
use crate::network::{Network, Physics, Timeline};

use flows::Goods;
pub use flows::{COST_PARTS, CostParts, Flows};
pub use lanes::Lanes;
pub use mechanisms::{EXTRA_COSTS, ExtraCosts, Losses, SupplyStreams};
pub use state::{State, StateView, opening_row};

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

/// Plays one period in `W` episodes side by side: `rows` holds their states and `requests` the quantity wanted on each
/// supply link [units], each number once per episode.
///
/// The states move from the start of the period to the start of the next; `flows` says what moved. After `num_periods`
/// periods the horizon ends.
/// Returns each episode's reward: the profit of all its managed nodes [money].
#[inline(always)]
pub fn play_period<const W: usize, D: DemandProcess<W>>(
    network: &Network,
    rules: &[Rules; W],
    num_periods: usize,
    rows: &mut [[f64; W]],
    requests: &[[f64; W]],
    demand: &mut D,
    flows: &mut Flows<W>,
) -> [f64; W] {
    let mut state = State::open(rows, &network.layout);
    let physics = network.physics.as_deref();
    match physics {
        None => {
            order::fill_requests(network, &state, requests, flows);
            receive::move_goods(network, &mut state, flows);
        }
        Some(physics) => play_supply(network, physics, rules, &mut state, requests, flows),
    }
    sell::update_sentiment(&mut state, demand);
    match physics {
        None => sell::serve_customers(network, rules, &mut state, demand, flows),
        Some(physics) => {
            sell::draw_demand(network, &mut state, demand);
            play_sale(network, physics, rules, &mut state, flows);
        }
    }
    let mut reward = account::close_books(network, rules, &state, flows);
    if let Some(physics) = physics {
        play_end(network, physics, rules, &mut state, flows, &mut reward);
    }
    if network.has_salvage {
        account::settle_horizon(network, rules, num_periods, &state, flows, &mut reward);
    }
    *state.period = state.period.map(|period| period + 1.0);
    reward.values()
}

/// Order, fill and, where the timeline has it here, receive; on a network with mechanisms. Calls of it are rare enough
/// to be calls: inlined, its code would stand in every loop that plays.
#[inline(never)]
fn play_supply<const W: usize>(
    network: &Network,
    physics: &Physics,
    rules: &[Rules; W],
    state: &mut State<'_, [f64; W]>,
    requests: &[[f64; W]],
    flows: &mut Flows<W>,
) {
    mechanisms::read_requests(network, physics, state, requests, flows);
    if physics.timeline == Timeline::Beer {
        mechanisms::receive(network, physics, state, flows);
    }
    mechanisms::fill_and_send(network, physics, rules, state, flows);
    match physics.timeline {
        Timeline::Release => mechanisms::receive(network, physics, state, flows),
        Timeline::OrderFirst | Timeline::Beer => mechanisms::depart(network, physics, state, flows),
    }
}

/// Sell and age, on a network with mechanisms.
#[inline(never)]
fn play_sale<const W: usize>(
    network: &Network,
    physics: &Physics,
    rules: &[Rules; W],
    state: &mut State<'_, [f64; W]>,
    flows: &mut Flows<W>,
) {
    mechanisms::serve_waiting_customers(network, physics, rules, state, flows);
    mechanisms::grow_older(network, physics, state, flows);
    mechanisms::charge_overflow(physics, state, flows);
}

/// What comes after the books are closed on a network with mechanisms: what is received last, what fails next, and
/// what all of it costs.
#[inline(never)]
fn play_end<const W: usize>(
    network: &Network,
    physics: &Physics,
    rules: &[Rules; W],
    state: &mut State<'_, [f64; W]>,
    flows: &mut Flows<W>,
    reward: &mut Lanes<W>,
) {
    if physics.timeline == Timeline::OrderFirst {
        mechanisms::receive(network, physics, state, flows);
    }
    mechanisms::settle(network, physics, rules, state, flows, reward);
    mechanisms::fail_and_recover(network, physics, state, flows);
}

/// Plays one period in a single episode; see [`play_period`].
pub fn play_alone<D: DemandProcess>(
    network: &Network,
    rules: &Rules,
    num_periods: usize,
    row: &mut [f64],
    requests: &[f64],
    demand: &mut D,
    flows: &mut Flows,
) -> f64 {
    let (row, requests) = (row.as_chunks_mut().0, requests.as_chunks().0);
    let [reward] = play_period(network, &[*rules], num_periods, row, requests, demand, flows);
    reward
}
