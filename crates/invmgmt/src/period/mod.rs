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
pub(crate) mod mechanisms;
mod order;
mod receive;
mod sell;
mod state;

use pulp::{Arch, Simd, WithSimd};

use crate::demand::DemandProcess;
use crate::network::{Network, Physics, Timeline};

use flows::Goods;
pub use flows::{COST_PARTS, CostParts, Flows};
pub use lanes::Lanes;
pub use mechanisms::{EXTRA_COSTS, ExtraCosts, Losses, SupplyStreams, open_by};
pub use state::{State, StateView, opening_row, position_terms, unread_terms};

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
        Some(physics) => {
            let stage = Stage::Supply(requests);
            Staged { network, physics, rules, state: &mut state, flows, stage }.play();
        }
    }
    sell::update_sentiment(&mut state, demand);
    match physics {
        None => sell::serve_customers(network, rules, &mut state, demand, flows),
        Some(physics) => {
            sell::draw_demand(network, &mut state, demand);
            Staged { network, physics, rules, state: &mut state, flows, stage: Stage::Sale }.play();
        }
    }
    let mut reward = account::close_books(network, rules, &state, flows);
    if let Some(physics) = physics {
        let stage = Stage::End(&mut reward);
        Staged { network, physics, rules, state: &mut state, flows, stage }.play();
    }
    if network.has_salvage {
        account::settle_horizon(network, rules, num_periods, &state, flows, &mut reward);
    }
    *state.period = state.period.map(|period| period + 1.0);
    reward.values()
}

/// What only networks with mechanisms play in a period, as three calls: inlined, its code would stand in every loop
/// that plays. Each is compiled once for each kind of vector registers.
enum Stage<'a, const W: usize> {
    /// Order, fill and, where the timeline has it here, receive.
    Supply(&'a [[f64; W]]),
    /// Sell and age.
    Sale,
    /// What comes after the books are closed: what is received last, what fails next, and what all of it costs.
    End(&'a mut Lanes<W>),
}

/// A stage about to be played.
struct Staged<'a, 's, const W: usize> {
    network: &'a Network,
    physics: &'a Physics,
    rules: &'a [Rules; W],
    state: &'a mut State<'s, [f64; W]>,
    flows: &'a mut Flows<W>,
    stage: Stage<'a, W>,
}

impl<const W: usize> Staged<'_, '_, W> {
    #[inline(never)]
    fn play(self) {
        Arch::new().dispatch(self);
    }
}

impl<const W: usize> WithSimd for Staged<'_, '_, W> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _registers: S) {
        let Self { network, physics, rules, state, flows, stage } = self;
        match stage {
            Stage::Supply(requests) => {
                mechanisms::read_requests(network, physics, state, requests, flows);
                if physics.timeline == Timeline::Beer {
                    mechanisms::receive(network, physics, state, flows);
                }
                mechanisms::fill_and_send(network, physics, rules, state, flows);
                match physics.timeline {
                    Timeline::Release => mechanisms::receive(network, physics, state, flows),
                    Timeline::OrderFirst | Timeline::Beer => {
                        mechanisms::depart(network, physics, state, flows);
                    }
                }
            }
            Stage::Sale => {
                mechanisms::serve_waiting_customers(network, physics, rules, state, flows);
                mechanisms::grow_older(network, physics, state, flows);
                mechanisms::charge_overflow(physics, state, flows);
            }
            Stage::End(reward) => {
                if physics.timeline == Timeline::OrderFirst {
                    mechanisms::receive(network, physics, state, flows);
                }
                mechanisms::settle(network, physics, rules, state, flows, reward);
                mechanisms::fail_and_recover(network, physics, state, flows);
            }
        }
    }
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
