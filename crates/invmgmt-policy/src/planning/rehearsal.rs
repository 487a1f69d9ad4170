//! Episodes played before the episode: what demand a plan would meet, and what it would earn.

use invmgmt::demand::{DemandModel, NativeDemand, Sampler};
use invmgmt::network::Network;
use invmgmt::period::{Flows, Rules, State, StateView, opening_row, play_alone};
use invmgmt::random::Pcg64;

/// A problem whose future draws are known: the episode of a seed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KnownEpisode<'a> {
    pub network: &'a Network,
    pub demand: &'a DemandModel,
    pub rules: &'a Rules,
    pub num_periods: usize,
    pub seed: u64,
}

/// What a rehearsal met.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Rehearsed {
    /// Demand, period by period and per market link [units].
    pub demand: Vec<f64>,
    /// Whether customers were left unserved, period by period.
    pub short: Vec<bool>,
    /// Discounted profit [money].
    pub profit: f64,
}

impl KnownEpisode<'_> {
    /// The state at the start.
    pub fn opening(&self) -> Vec<f64> {
        opening_row(self.network)
    }

    /// A look at a state of this episode.
    pub fn view<'a>(&'a self, row: &'a [f64]) -> StateView<'a> {
        StateView::of_lane(self.network, self.rules, self.num_periods, row.as_chunks::<1>().0, 0)
    }

    /// Plays these orders, period by period and per supply link, whatever happens.
    pub fn rehearse(&self, orders: &[f64]) -> Rehearsed {
        self.play(orders, |_, _| {})
    }

    /// The demand met, period by period and per market link, if customers are left unserved in just these periods:
    /// nothing else in an episode has any bearing on its demand [units].
    pub fn demand_if(&self, short: &[bool]) -> Vec<f64> {
        let pretend = |period: usize, unmet: &mut [f64]| {
            unmet.fill(0.0);
            if let (true, Some(unmet)) = (short[period], unmet.first_mut()) {
                *unmet = 1.0;
            }
        };
        self.play(&self.no_orders(), pretend).demand
    }

    /// Plays these orders; what is left unmet in a period may be rewritten before the next.
    fn play(&self, orders: &[f64], mut rewrite: impl FnMut(usize, &mut [f64])) -> Rehearsed {
        let mut row = self.opening();
        let (mut flows, mut sampler) = (Flows::new(self.network), Sampler::new(self.network));
        let mut stream = Pcg64::seeded(self.seed);
        let mut rehearsed = Rehearsed { demand: Vec::new(), short: Vec::new(), profit: 0.0 };
        let orders = orders.chunks_exact(self.network.supply.len().max(1)).take(self.num_periods);
        for (period, orders) in orders.enumerate() {
            let mut demand = NativeDemand::of_one(self.network, self.demand, &mut stream, &mut sampler);
            let (rules, row) = (self.rules, &mut row);
            rehearsed.profit +=
                play_alone(self.network, rules, self.num_periods, row, orders, &mut demand, &mut flows);
            let state = State::open(row, &self.network.layout);
            rehearsed.demand.extend_from_slice(state.demand.values);
            rehearsed.short.push(state.unmet.values.iter().sum::<f64>() > 0.0);
            rewrite(period, state.unmet.values);
        }
        rehearsed
    }

    /// Orders of nothing for the whole episode.
    pub fn no_orders(&self) -> Vec<f64> {
        vec![0.0; self.num_periods * self.network.supply.len()]
    }
}

/// The sum of the absolute differences.
pub(crate) fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).sum()
}
