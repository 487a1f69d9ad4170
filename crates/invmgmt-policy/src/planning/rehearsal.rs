//! Episodes played before the episode: what demand a plan would meet, and what it would earn.

use invmgmt::demand::{DemandModel, NativeDemand, Sampler};
use invmgmt::network::{Network, Part};
use invmgmt::period::{Flows, Rules, State, StateView, SupplyStreams, opening_row, play_alone};
use invmgmt::random::Pcg64;

use super::supply::DrawnSupply;

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
        self.begin().0
    }

    /// The state at the start, and the streams of supply behind what was drawn for it.
    fn begin(&self) -> (Vec<f64>, SupplyStreams) {
        let mut row = opening_row(self.network);
        let mut supply = SupplyStreams::seeded(self.network, self.seed);
        supply.open(self.network, row.as_chunks_mut::<1>().0, 0);
        (row, supply)
    }

    /// What chance decides in supply; nothing where it decides nothing. It does not depend on what is ordered.
    pub fn drawn_supply(&self) -> Option<DrawnSupply> {
        let physics = self.network.physics.as_deref()?;
        if physics.leads.is_empty() && physics.yields.is_empty() && physics.chains.is_empty() {
            return None;
        }
        let ups = self.network.layout.range(Part::Up);
        let up = |row: &[f64]| row[ups.clone()].to_vec();
        let opening = self.opening();
        let (mut draws, mut is_up) = (Vec::new(), vec![up(&opening)]);
        self.play(&self.no_orders(), |_, row, drawn| {
            draws.push(drawn.as_flattened().to_vec());
            is_up.push(up(row));
        });
        let hidden = &opening[self.network.layout.range(Part::DrawnLeads)];
        Some(DrawnSupply::of(self.network, physics, &draws, &is_up, hidden))
    }

    /// A look at a state of this episode.
    pub fn view<'a>(&'a self, row: &'a [f64]) -> StateView<'a> {
        StateView::of_lane(self.network, self.rules, self.num_periods, row.as_chunks::<1>().0, 0)
    }

    /// Plays these orders, period by period and per supply link, whatever happens.
    pub fn rehearse(&self, orders: &[f64]) -> Rehearsed {
        self.play(orders, |_, _, _| {})
    }

    /// The demand met, period by period and per market link, if customers are left unserved in just these periods:
    /// nothing else in an episode has any bearing on its demand [units].
    pub fn demand_if(&self, short: &[bool]) -> Vec<f64> {
        let pretend = |period: usize, row: &mut [f64], _: &[[f64; 1]]| {
            let unmet = State::open(row, &self.network.layout).unmet.values;
            unmet.fill(0.0);
            if let (true, Some(unmet)) = (short[period], unmet.first_mut()) {
                *unmet = 1.0;
            }
        };
        self.play(&self.no_orders(), pretend).demand
    }

    /// Plays these orders; the state after a period may be looked at, with the numbers drawn for supply in it, and
    /// rewritten before the next.
    fn play(&self, orders: &[f64], mut rewrite: impl FnMut(usize, &mut [f64], &[[f64; 1]])) -> Rehearsed {
        let (mut row, mut supply) = self.begin();
        let (mut flows, mut sampler) = (Flows::new(self.network), Sampler::new(self.network));
        let mut stream = Pcg64::seeded(self.seed);
        let mut rehearsed = Rehearsed { demand: Vec::new(), short: Vec::new(), profit: 0.0 };
        let orders = orders.chunks_exact(self.network.supply.len().max(1)).take(self.num_periods);
        for (period, orders) in orders.enumerate() {
            supply.draw(self.network, &mut flows, 0);
            let demand = NativeDemand::of_one(self.network, self.demand, &mut stream, &mut sampler);
            let mut demand = demand.with_further(&mut supply);
            let (rules, row) = (self.rules, &mut row);
            rehearsed.profit +=
                play_alone(self.network, rules, self.num_periods, row, orders, &mut demand, &mut flows);
            let state = State::open(row, &self.network.layout);
            rehearsed.demand.extend_from_slice(state.demand.values);
            rehearsed.short.push(state.unmet.values.iter().sum::<f64>() > 0.0);
            rewrite(period, row, flows.draws_mut());
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
