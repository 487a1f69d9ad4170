//! Forecasts of the demand a node has to cover, as the published heuristics make them.
//!
//! The published rules know one market and give every node all of it. Here a node's demand is the sum over the
//! market links it can reach; each link has its own forecast, links vary independently of each other, so means and
//! variances add up. On one market link the numbers are the published ones to the last digit.

use invmgmt::demand::DemandModel;
use invmgmt::network::{ManagedIx, MarketLinkIx, Network, Table, TableIndex};
use invmgmt::period::StateView;

use crate::PolicyError;

/// Periods a blind forecast looks back.
const WINDOW: usize = 5;
/// Fewest periods whose sample deviation is used.
const FEWEST_FOR_DEVIATION: usize = 3;
/// Most pairs of node and market link kept (800 MB).
const MAX_REACH: usize = 50_000_000;

/// What a node should expect.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Outlook {
    /// Mean demand of one period, the present one where it is known [units / period].
    pub period_mean: f64,
    /// Mean demand over the node's span [units].
    pub mean: f64,
    /// Standard deviation of the demand over the node's span [units]; while links are added up, the variance.
    pub deviation: f64,
}

impl Outlook {
    /// The level that covers the span with this many deviations of safety stock; 0 where nothing is expected [units].
    pub fn level(&self, safety_factor: f64) -> f64 {
        if self.mean > 0.0 { (self.mean + safety_factor * self.deviation).max(0.0) } else { 0.0 }
    }
}

/// Where demand is felt: for each market link the managed nodes that reach it, and over how many periods each node
/// plans.
#[derive(Clone, Debug)]
pub(crate) struct Reach {
    /// Managed nodes that supply the link, directly or through others, and units of theirs in a unit sold: recipes say
    /// how many -- constant.
    nodes: Table<MarketLinkIx, Vec<(ManagedIx, f64)>>,
    /// Periods a node's order has to cover [periods] -- constant.
    pub spans: Table<ManagedIx, usize>,
}

impl Reach {
    /// # Errors
    /// [`PolicyError::ReachTooLarge`] beyond [`MAX_REACH`] pairs.
    pub fn new(network: &Network, spans: Table<ManagedIx, usize>) -> Result<Self, PolicyError> {
        let mut rank: Table<ManagedIx, usize> = vec![0; network.managed.len()].into();
        network.buyers_first().iter().enumerate().for_each(|(at, &node)| rank[node] = at);
        let mut last_visit = vec![usize::MAX; network.managed.len()];
        let mut needed: Table<ManagedIx, f64> = vec![0.0; network.managed.len()].into();
        let mut nodes = Vec::with_capacity(network.market.len());
        let mut pairs = 0;
        for (link, market) in network.market.iter() {
            last_visit[market.retailer.position()] = link.position();
            let mut reaching = vec![market.retailer];
            let mut next = 0;
            while let Some(&node) = reaching.get(next) {
                next += 1;
                for &supply in &network.managed[node].incoming {
                    for (supplier, _) in network.inputs(supply) {
                        if last_visit[supplier.position()] != link.position() {
                            last_visit[supplier.position()] = link.position();
                            reaching.push(supplier);
                        }
                    }
                }
            }
            pairs += reaching.len();
            if pairs > MAX_REACH {
                return Err(PolicyError::ReachTooLarge { max: MAX_REACH });
            }
            reaching.sort_unstable_by_key(|&node| rank[node]);
            nodes.push(with_needs(network, reaching, &mut needed));
        }
        Ok(Self { nodes: nodes.into(), spans })
    }

    /// The managed nodes that reach a market link, and units of theirs in a unit sold on it.
    pub fn nodes(&self, link: MarketLinkIx) -> &[(ManagedIx, f64)] {
        &self.nodes[link]
    }

    fn longest_span(&self) -> usize {
        self.spans.rows().iter().copied().max().unwrap_or(1)
    }

    /// Adds a link's forecast of one period to every node that reaches the link.
    fn add(&self, link: MarketLinkIx, mean: f64, deviation: f64, sums: &mut Table<ManagedIx, Outlook>) {
        for &(node, needed) in &self.nodes[link] {
            sums[node].period_mean += needed * mean;
            sums[node].deviation += (needed * deviation) * (needed * deviation);
        }
    }
}

/// Nodes that reach a market link, every buyer before its suppliers, with units of theirs in a unit sold.
fn with_needs(
    network: &Network,
    reaching: Vec<ManagedIx>,
    needed: &mut Table<ManagedIx, f64>,
) -> Vec<(ManagedIx, f64)> {
    needed[reaching[0]] = 1.0;
    for &node in &reaching {
        for &link in &network.managed[node].incoming {
            let is_made = network.supply[link].recipe.is_some();
            for (supplier, units) in network.inputs(link) {
                // What is bought is what is sold, however many buy it; what is made holds all that it takes.
                needed[supplier] = if is_made {
                    needed[supplier] + units * needed[node]
                } else {
                    needed[supplier].max(needed[node])
                };
            }
        }
    }
    let found: Vec<(ManagedIx, f64)> = reaching.into_iter().map(|node| (node, needed[node])).collect();
    for &(node, _) in &found {
        needed[node] = 0.0;
    }
    found
}

/// Tells a new period from one already seen, and the first period of an episode from the others.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Calendar {
    last: Option<usize>,
}

/// What a look at the state brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum News {
    /// An episode begins: nothing has been sold yet.
    Beginning,
    /// The demand of another period is known.
    Demand,
    /// This period was looked at before.
    None,
}

impl Calendar {
    pub fn look(&mut self, period: usize) -> News {
        let before = self.last.replace(period);
        match period {
            0 => News::Beginning,
            period if before == Some(period) => News::None,
            _ => News::Demand,
        }
    }
}

/// The blind forecast: average and deviation of the last five periods' demand.
///
/// Before the first sale the mean of a link is the stock its retailer began with over the longest lead time plus one,
/// shared equally by the retailer's market links.
#[derive(Clone, Debug)]
pub(crate) struct Windows {
    calendar: Calendar,
    /// Mean before the first sale, per market link [units / period] -- constant.
    prior: Table<MarketLinkIx, f64>,
    /// Demand of the last periods per market link, the latest last [units] -- state.
    recent: Table<MarketLinkIx, [f64; WINDOW]>,
    /// How many periods of `recent` are filled -- state.
    filled: usize,
}

impl Windows {
    pub fn new(network: &Network) -> Self {
        let periods = (network.longest_lead_time() + 1) as f64;
        let prior = network.market.rows().iter().map(|link| {
            let retailer = &network.managed[link.retailer];
            retailer.initial_inventory / retailer.markets.len() as f64 / periods
        });
        Self {
            calendar: Calendar::default(),
            prior: prior.collect::<Vec<f64>>().into(),
            recent: vec![[0.0; WINDOW]; network.market.len()].into(),
            filled: 0,
        }
    }

    fn look(&mut self, state: &StateView<'_>) {
        match self.calendar.look(state.period()) {
            News::Beginning => self.filled = 0,
            News::Demand => {
                for link in self.recent.indices() {
                    let recent = &mut self.recent[link];
                    recent.copy_within(1.., 0);
                    recent[WINDOW - 1] = state.demand(link);
                }
                self.filled = (self.filled + 1).min(WINDOW);
            }
            News::None => {}
        }
    }

    /// Mean and standard deviation of one period's demand on a link.
    fn one_period(&self, link: MarketLinkIx) -> (f64, f64) {
        let window = &self.recent[link][WINDOW - self.filled..];
        let count = window.len() as f64;
        let mean = if window.is_empty() { self.prior[link] } else { window.iter().sum::<f64>() / count };
        let deviation = if window.len() < FEWEST_FOR_DEVIATION {
            mean.sqrt()
        } else {
            let squares: f64 = window.iter().map(|demand| (demand - mean) * (demand - mean)).sum();
            (squares / (count - 1.0)).sqrt()
        };
        (mean, deviation.max(1.0))
    }

    fn outlook(&mut self, state: &StateView<'_>, reach: &Reach, outlook: &mut Table<ManagedIx, Outlook>) {
        self.look(state);
        for link in self.recent.indices() {
            let (mean, deviation) = self.one_period(link);
            reach.add(link, mean, deviation, outlook);
        }
        for (node, &span) in reach.spans.iter() {
            let node = &mut outlook[node];
            node.mean = node.period_mean * span as f64;
            node.deviation = node.deviation.sqrt() * (span as f64).sqrt();
        }
    }
}

/// The informed forecast: the true means from the present period on, at the sentiment of the period before.
///
/// The mean keeps following its formula behind the end of the episode. The variance of a period is the mean times
/// the square of the noise scale, as for a Poisson law, whatever the law; a mean of exactly 0 counts as variance 1,
/// as published. A replayed link varies by nothing.
#[derive(Clone, Debug)]
pub(crate) struct Means {
    demand: DemandModel,
    /// Mean and variance of a link's demand over the first periods to come, added up [units, units^2] -- scratch.
    sums: Vec<(f64, f64)>,
}

impl Means {
    pub fn new(demand: &DemandModel) -> Self {
        Self { demand: demand.clone(), sums: Vec::new() }
    }

    fn variance(&self, period: usize, link: MarketLinkIx, mean: f64) -> f64 {
        if mean <= 0.0 {
            return 1.0;
        }
        if self.demand.replays.value(period, link).is_some() {
            return 0.0;
        }
        let deviation = mean.sqrt() * self.demand.config_of(link).noise_scale;
        deviation * deviation
    }

    fn outlook(&mut self, state: &StateView<'_>, reach: &Reach, outlook: &mut Table<ManagedIx, Outlook>) {
        let (network, first, sentiment) = (state.network, state.period(), state.sentiment());
        for (link, nodes) in reach.nodes.iter() {
            self.sums.clear();
            let (mut mean_sum, mut variance_sum) = (0.0, 0.0);
            for period in first..first + reach.longest_span() {
                let mean = self.demand.mean(network, period, link, sentiment);
                mean_sum += mean;
                variance_sum += self.variance(period, link, mean);
                self.sums.push((mean_sum, variance_sum));
            }
            for &(node, needed) in nodes {
                let (mean, variance) = self.sums[reach.spans[node] - 1];
                outlook[node].period_mean += needed * self.sums[0].0;
                outlook[node].mean += needed * mean;
                outlook[node].deviation += needed * needed * variance;
            }
        }
        outlook.rows_mut().iter_mut().for_each(|node| node.deviation = node.deviation.sqrt());
    }
}

/// One of the two published forecasts.
#[derive(Clone, Debug)]
pub(crate) enum Forecast {
    Blind(Windows),
    Informed(Means),
}

impl Forecast {
    /// Forgets the episode.
    pub fn reset(&mut self) {
        if let Self::Blind(windows) = self {
            windows.calendar = Calendar::default();
            windows.filled = 0;
        }
    }

    /// Mean and standard deviation of the present period's demand on a link, the latter at least 1 [units].
    pub fn one_period(&self, state: &StateView<'_>, link: MarketLinkIx) -> (f64, f64) {
        match self {
            Self::Blind(windows) => windows.one_period(link),
            Self::Informed(means) => {
                let mean = means.demand.mean(state.network, state.period(), link, state.sentiment());
                (mean, means.variance(state.period(), link, mean).sqrt().max(1.0))
            }
        }
    }

    /// Writes what every managed node should expect over its span.
    pub fn outlook(&mut self, state: &StateView<'_>, reach: &Reach, outlook: &mut Table<ManagedIx, Outlook>) {
        outlook.rows_mut().fill(Outlook::default());
        match self {
            Self::Blind(windows) => windows.outlook(state, reach, outlook),
            Self::Informed(means) => means.outlook(state, reach, outlook),
        }
    }
}
