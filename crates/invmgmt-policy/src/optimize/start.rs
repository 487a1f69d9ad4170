//! Where a search begins: the newsvendor level of every node over the demand of its lead time.

use invmgmt::network::{ManagedIx, MarketLinkIx, Network, SupplyLinkIx, Table};

use super::{Family, OptimizeError, Problem, Settings};
use crate::base_stock::{Echelon, echelons};
use crate::forecast::Reach;
use crate::sizing::{order_spans, safety_factors};

/// Most periods looked at for the average demand; longer horizons are sampled evenly.
const MOST_PERIODS: usize = 1000;

/// A first guess and how far to step from it.
pub(super) struct Start {
    /// Levels in the order of a spec [units].
    pub levels: Vec<f64>,
    /// First step per level, >= 1 [units].
    pub steps: Vec<f64>,
}

/// Demand of one period, averaged over the horizon.
#[derive(Clone, Copy, Default)]
struct Rate {
    /// [units / period].
    mean: f64,
    /// [units^2 / period].
    variance: f64,
}

/// S = m + z d over the L + 1 periods an order has to cover, or L + n where it is decided every n periods, z by the
/// critical ratio of the node's costs; an echelon's level is the sum of its nodes'. For (s, S), s is one unit below S
/// and S lies an economic order quantity higher.
pub(super) fn levels(problem: &Problem, settings: &Settings) -> Result<Start, OptimizeError> {
    let family = settings.family;
    let network = &*problem.network;
    let rates = rates(problem)?;
    let (spans, safety) = (order_spans(network), safety_factors(network));
    let mut local: Table<ManagedIx, f64> = vec![0.0; network.managed.len()].into();
    let mut scale: Table<ManagedIx, f64> = vec![1.0; network.managed.len()].into();
    for (node, rate) in rates.iter() {
        let span = (spans[node] + settings.review - 1) as f64;
        local[node] = (rate.mean * span + safety[node] * (rate.variance * span).sqrt()).max(0.0);
        scale[node] = rate.mean * span;
    }
    let step = |scale: f64| (0.25 * scale).max(1.0);
    Ok(match family {
        Family::BaseStock | Family::Cascade | Family::Ages => Start {
            levels: local.rows().to_vec(),
            steps: scale.rows().iter().map(|&scale| step(scale)).collect(),
        },
        Family::Echelon | Family::Balanced => {
            let echelons = echelons(network)?;
            let sum = |echelon: &Echelon| echelon.position(|member| local[member]);
            Start {
                levels: echelons.rows().iter().map(sum).collect(),
                steps: scale.rows().iter().map(|&scale| step(scale)).collect(),
            }
        }
        Family::Lots | Family::Capped => {
            let mut start = Start { levels: Vec::new(), steps: Vec::new() };
            for (node, &level) in local.iter() {
                // A lot is the economic quantity; a cap leaves room for twice the mean demand of a period.
                let second = match family {
                    Family::Lots => economic_quantity(network, node, rates[node].mean),
                    _ => 2.0 * rates[node].mean.max(1.0),
                };
                let first = if family == Family::Lots { level - 1.0 } else { level };
                start.levels.extend([first, second]);
                start.steps.extend([step(scale[node]), step(second)]);
            }
            start
        }
        Family::ReorderLevels => {
            let mut start = Start { levels: Vec::new(), steps: Vec::new() };
            for (node, &level) in local.iter() {
                let quantity = economic_quantity(network, node, rates[node].mean);
                start.levels.extend([level - 1.0, level - 1.0 + quantity]);
                start.steps.extend([step(scale[node]), step(quantity)]);
            }
            start
        }
        Family::Dual => {
            let mut start = Start { levels: Vec::new(), steps: Vec::new() };
            for (node, &level) in local.iter() {
                let leads = network.managed[node].incoming.iter().map(|&link| network.supply[link].lead_time);
                let soonest = (leads.min().unwrap_or(0) + 1) as f64;
                let rate = rates[node];
                let fast = rate.mean * soonest + safety[node] * (rate.variance * soonest).sqrt();
                let cap = 2.0 * rate.mean.max(1.0);
                start.levels.extend([fast.max(0.0), level, cap]);
                start.steps.extend([step(rate.mean * soonest), step(scale[node]), step(cap)]);
            }
            start
        }
        Family::Joint => {
            let mut start = Start { levels: Vec::new(), steps: Vec::new() };
            for (node, &level) in local.iter() {
                // Who can wait no longer than half of what an order brings, joins.
                let quantity = economic_quantity(network, node, rates[node].mean);
                start.levels.extend([level - 1.0, level - 1.0 + 0.5 * quantity, level - 1.0 + quantity]);
                start.steps.extend([step(scale[node]), step(quantity), step(quantity)]);
            }
            start
        }
    })
}

/// The quantity that balances the fixed costs of the node's links, averaged, against holding; at least 1 [units]. What
/// links share of a fixed cost is divided among them.
fn economic_quantity(network: &Network, node: ManagedIx, rate: f64) -> f64 {
    let row = &network.managed[node];
    let shared = |link: SupplyLinkIx| -> f64 {
        let joints = network.physics.iter().flat_map(|physics| &physics.joints);
        let of_link = joints.filter(|joint| joint.links.iter().any(|(member, _)| *member == link));
        of_link.map(|joint| joint.fixed_cost / joint.links.len() as f64).sum()
    };
    let fixed = |&link: &SupplyLinkIx| network.supply[link].fixed_order_cost + shared(link);
    let fixed: f64 = row.incoming.iter().map(fixed).sum();
    let fixed = fixed / row.incoming.len().max(1) as f64;
    let quantity = (2.0 * rate * fixed / row.holding_cost).sqrt();
    if quantity.is_finite() { quantity.max(1.0) } else { rate.max(1.0) }
}

/// Demand of each managed node: that of all market links it reaches.
fn rates(problem: &Problem) -> Result<Table<ManagedIx, Rate>, OptimizeError> {
    let network = &*problem.network;
    let reach = Reach::new(network, order_spans(network))?;
    let mut rates: Table<ManagedIx, Rate> = vec![Rate::default(); network.managed.len()].into();
    for link in network.market.indices() {
        let of_link = link_rate(problem, link);
        for &(node, needed) in reach.nodes(link) {
            rates[node].mean += needed * of_link.mean;
            rates[node].variance += needed * needed * of_link.variance;
        }
    }
    Ok(rates)
}

/// Mean demand of a market link over the horizon, without shortages, and its scatter: that of the law, and that of
/// the mean over time.
fn link_rate(problem: &Problem, link: MarketLinkIx) -> Rate {
    let Problem { network, demand, num_periods, .. } = problem;
    let num_periods = *num_periods;
    let stride = num_periods.div_ceil(MOST_PERIODS).max(1);
    let means: Vec<f64> =
        (0..num_periods).step_by(stride).map(|period| demand.expected(network, period, link, 1.0)).collect();
    let count = means.len().max(1) as f64;
    let mean = means.iter().sum::<f64>() / count;
    let over_time = means.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count;
    let middle = num_periods / 2;
    Rate { mean, variance: over_time + demand.variance(network, middle, link, 1.0) }
}
