//! The demand a plan reckons with: one path, or several with weights.

use std::ops::Range;

use invmgmt::network::{MarketLinkIx, TableIndex};

/// A stock that a node would rather not end a period below.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Buffer {
    /// The stock [units].
    pub level: f64,
    /// What each unit below it is expected to cost [money / unit].
    pub cost: f64,
}

/// Demand per scenario, period of the plan and market link, and who shares whose orders.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Paths {
    /// Probability of each scenario [1].
    pub weights: Vec<f64>,
    /// Demand, scenario by scenario and within one period by period [units].
    pub demand: Vec<f64>,
    /// For each period of the plan and scenario, the scenario whose orders it shares: itself, or an earlier one that
    /// looks the same until then.
    pub leaders: Vec<usize>,
    /// Safety stocks wanted, scenario by scenario, period by period and node by node; none unless asked for.
    pub buffers: Vec<Buffer>,
    /// Periods of the plan in which customers are to be left unserved; none unless asked for.
    pub outage: Range<usize>,
    /// On which supply links nothing is to be ordered, period by period and link by link; everywhere something may be
    /// unless asked for.
    pub closed: Vec<bool>,
    /// What a unit ordered costs besides, likewise; nothing unless asked for [money / unit].
    pub charges: Vec<f64>,
    /// Whether the episode ends with the plan, so that what is left then has its worth at the end.
    pub ends_episode: bool,
    /// Whether suppliers fill what they can of what was requested of them earlier, as they do; a bound lets them hold
    /// it back.
    pub binding: bool,
    /// Whether, of plans that earn the same, one is wanted that ships more in the first period. An interior answer
    /// else lies in the middle of all of them, where the simplex method, for one, would take an end.
    pub prompt: bool,
    markets: usize,
    periods: usize,
}

impl Paths {
    /// Scenarios of equal weight, all demand 0, that share the orders of the first period only.
    pub fn reset(&mut self, scenarios: usize, periods: usize, markets: usize) {
        self.weights.clear();
        self.weights.resize(scenarios, 1.0 / scenarios as f64);
        self.demand.clear();
        self.demand.resize(scenarios * periods * markets, 0.0);
        self.buffers.clear();
        self.outage = 0..0;
        self.closed.clear();
        self.charges.clear();
        (self.ends_episode, self.prompt, self.binding) = (false, false, true);
        self.leaders.clear();
        self.leaders.extend(
            (0..periods).flat_map(|period| (0..scenarios).map(move |s| if period == 0 { 0 } else { s })),
        );
        (self.markets, self.periods) = (markets, periods);
    }

    /// The first so many periods of one scenario, for a plan that ends before the episode; none of none.
    pub fn first(&self, periods: usize) -> Option<Self> {
        if periods == 0 || self.scenarios() != 1 {
            return None;
        }
        let part = |all: usize| all / self.periods * periods;
        Some(Self {
            weights: self.weights.clone(),
            demand: self.demand[..part(self.demand.len())].to_vec(),
            leaders: self.leaders[..part(self.leaders.len())].to_vec(),
            buffers: self.buffers[..part(self.buffers.len())].to_vec(),
            outage: self.outage.clone(),
            closed: self.closed[..part(self.closed.len())].to_vec(),
            charges: self.charges[..part(self.charges.len())].to_vec(),
            ends_episode: self.ends_episode && periods == self.periods,
            periods,
            ..*self
        })
    }

    /// The first scenario, as the only one.
    pub fn alone(&self) -> Self {
        let scenarios = self.scenarios();
        Self {
            weights: vec![1.0],
            demand: self.demand[..self.demand.len() / scenarios].to_vec(),
            leaders: vec![0; self.periods],
            buffers: self.buffers[..self.buffers.len() / scenarios].to_vec(),
            outage: self.outage.clone(),
            closed: self.closed.clone(),
            charges: self.charges.clone(),
            ..*self
        }
    }

    pub fn scenarios(&self) -> usize {
        self.weights.len()
    }

    /// Safety stocks per period: so many levels for every managed node, node by node.
    pub fn buffers_per_period(&self) -> usize {
        self.buffers.len() / (self.scenarios() * self.periods)
    }

    pub fn periods(&self) -> usize {
        self.periods
    }

    fn position(&self, scenario: usize, period: usize, link: MarketLinkIx) -> usize {
        (scenario * self.periods + period) * self.markets + link.position()
    }

    pub fn demand(&self, scenario: usize, period: usize, link: MarketLinkIx) -> f64 {
        self.demand[self.position(scenario, period, link)]
    }

    pub fn set(&mut self, scenario: usize, period: usize, link: MarketLinkIx, demand: f64) {
        let position = self.position(scenario, period, link);
        self.demand[position] = demand;
    }

    pub fn leader(&self, scenario: usize, period: usize) -> usize {
        self.leaders[period * self.scenarios() + scenario]
    }

    /// Scenarios share their orders for as long as their demand has been the same.
    pub fn share_while_alike(&mut self) {
        let scenarios = self.scenarios();
        for period in 1..self.periods {
            let history = period * self.markets;
            for scenario in 0..scenarios {
                let own = scenario * self.periods * self.markets;
                let alike = (0..scenario).find(|other| {
                    let other = other * self.periods * self.markets;
                    self.demand[own..own + history] == self.demand[other..other + history]
                });
                self.leaders[period * scenarios + scenario] = alike.unwrap_or(scenario);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_periods_of_a_path_are_a_path_of_their_own() {
        let mut paths = Paths::default();
        paths.reset(1, 4, 2);
        let link = MarketLinkIx::from_position(1);
        (0..4).for_each(|period| paths.set(0, period, link, period as f64));
        paths.buffers = vec![Buffer::default(); 12];
        paths.closed = vec![false; 8];
        paths.ends_episode = true;
        let part = paths.first(2).expect("one scenario");
        assert_eq!((part.periods(), part.demand(0, 1, link), part.leaders.len()), (2, 1.0, 2));
        assert_eq!((part.buffers_per_period(), part.closed.len(), part.ends_episode), (3, 4, false));
        assert_eq!((paths.first(4), paths.first(0)), (Some(paths), None));
    }

    #[test]
    fn scenarios_share_orders_until_their_demand_differs() {
        let mut paths = Paths::default();
        paths.reset(3, 3, 1);
        let link = MarketLinkIx::from_position(0);
        for (scenario, demand) in [[1.0, 2.0, 9.0], [1.0, 2.0, 3.0], [1.0, 4.0, 9.0]].into_iter().enumerate()
        {
            (0..3).for_each(|period| paths.set(scenario, period, link, demand[period]));
        }
        assert_eq!(paths.leaders, [0, 0, 0, 0, 1, 2, 0, 1, 2]);
        paths.share_while_alike();
        assert_eq!(paths.leaders, [0, 0, 0, 0, 0, 0, 0, 0, 2]);
        assert_eq!((paths.demand(1, 2, link), paths.leader(1, 2), paths.weights[0]), (3.0, 0, 1.0 / 3.0));
    }
}
