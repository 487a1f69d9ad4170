//! What a planner foresees: mean demand of every period to come, and how far from it the sum so far may be.

use invmgmt::network::{MarketLinkIx, Network, TableIndex};
use invmgmt::period::StateView;

/// Something that turns out in one period to come.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Turn {
    /// The period whose demand shows it.
    pub shows: usize,
    /// Of each kind of demand told apart, whether it is one in which it is so.
    pub is_turned: Vec<bool>,
}

/// A forecast of the periods to come.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Foresight {
    /// Mean demand, period by period and per market link [units].
    means: Vec<f64>,
    /// Variance of the demand added up from now on, likewise [units^2].
    variances: Vec<f64>,
    markets: usize,
    /// Probability of each kind of demand that may be, where they are told apart [1].
    worlds: Vec<f64>,
    /// Mean and variance of the demand added up from now on in each of them, world by world, period by period and per
    /// market link [units, units^2].
    sums: Vec<(f64, f64)>,
    /// What may turn out in a period to come, if anything does.
    pub turn: Option<Turn>,
    /// Share of all later demand that one period with unmet demand costs [1].
    pub goodwill_at_stake: f64,
}

impl Foresight {
    /// Nothing expected yet.
    pub fn reset(&mut self, periods: usize, markets: usize) {
        self.markets = markets;
        self.goodwill_at_stake = 0.0;
        self.worlds.clear();
        self.sums.clear();
        self.turn = None;
        for values in [&mut self.means, &mut self.variances] {
            values.clear();
            values.resize(periods * markets, 0.0);
        }
    }

    pub fn set(&mut self, period: usize, link: MarketLinkIx, mean: f64, variance_so_far: f64) {
        self.means[period * self.markets + link.position()] = mean;
        self.variances[period * self.markets + link.position()] = variance_so_far;
    }

    /// Tells apart kinds of demand of these probabilities [1]; their sums are to be set.
    pub fn tell_apart(&mut self, probabilities: impl IntoIterator<Item = f64>) {
        self.worlds.clear();
        self.worlds.extend(probabilities);
        self.sums.clear();
        self.sums.resize(self.worlds.len() * self.means.len(), (0.0, 0.0));
    }

    /// What is foreseen if one of these kinds of demand is the true one, and the probability of that [1]; none where it
    /// is nothing.
    pub fn given(&self, holds: &[bool]) -> Option<(f64, Self)> {
        let kept = self.worlds.iter().zip(holds).map(|(p, holds)| if *holds { *p } else { 0.0 });
        let mut worlds: Vec<f64> = kept.collect();
        let chance: f64 = worlds.iter().sum();
        if chance <= 0.0 {
            return None;
        }
        for p in &mut worlds {
            *p /= chance;
        }
        let count = self.means.len();
        let sums = (0..count).map(|at| {
            worlds.iter().enumerate().map(|(world, p)| p * self.sums[world * count + at].0).sum::<f64>()
        });
        let sums: Vec<f64> = sums.collect();
        let before = |at: usize| at.checked_sub(self.markets).map_or(0.0, |before| sums[before]);
        let means = (0..count).map(|at| sums[at] - before(at)).collect();
        Some((chance, Self { means, worlds, ..self.clone() }))
    }

    /// Sets mean and variance of the demand added up from now on in one of the kinds told apart.
    pub fn set_sum(&mut self, world: usize, period: usize, link: MarketLinkIx, sum: (f64, f64)) {
        self.sums[world * self.means.len() + period * self.markets + link.position()] = sum;
    }

    /// Probabilities of the kinds of demand told apart; none where there is but one.
    pub fn worlds(&self) -> &[f64] {
        &self.worlds
    }

    /// Mean and variance of the demand added up from now on in one of the kinds told apart.
    pub fn sum(&self, world: usize, period: usize, link: MarketLinkIx) -> (f64, f64) {
        self.sums[world * self.means.len() + period * self.markets + link.position()]
    }

    /// Periods foreseen.
    pub fn periods(&self) -> usize {
        self.means.len() / self.markets.max(1)
    }

    /// What is expected to be earned after so many periods: of what is foreseen beyond a plan, the revenue less what
    /// the retailers pay [money].
    pub fn later_profit(&self, state: &StateView<'_>, planned: usize) -> f64 {
        let network = state.network;
        let margin = |link: MarketLinkIx| {
            let row = &network.market[link];
            let incoming = network.managed[row.retailer].incoming.iter();
            row.price - incoming.map(|&link| network.supply[link].price).fold(row.price, f64::min)
        };
        let of = |period: usize| -> f64 {
            network.market.indices().map(|link| margin(link) * self.mean(period, link)).sum()
        };
        (planned..self.periods()).map(|period| state.rules.weight(period) * of(period)).sum()
    }

    pub fn mean(&self, period: usize, link: MarketLinkIx) -> f64 {
        self.means[period * self.markets + link.position()]
    }

    pub fn variance_so_far(&self, period: usize, link: MarketLinkIx) -> f64 {
        self.variances[period * self.markets + link.position()]
    }
}

/// Who foresees.
pub(crate) trait Forecaster: Send {
    /// Forgets the episode.
    fn reset(&mut self);

    /// Learns from the last period and writes what to expect of the next ones if customers are left unserved in
    /// them with the chances `short` [1].
    fn foresee(&mut self, state: &StateView<'_>, short: &[f64], foresight: &mut Foresight);
}

/// Revenue expected in a period, on all market links [money].
pub(super) fn revenue(network: &Network, foresight: &Foresight, period: usize) -> f64 {
    network.market.iter().map(|(link, row)| row.price * foresight.mean(period, link)).sum()
}

/// Units of demand left unmet in the last period, on all market links.
pub(super) fn total_unmet(state: &StateView<'_>) -> f64 {
    state.network.market.indices().map(|link| state.unmet(link)).sum()
}
