//! Safety stock as part of the plan: what stock at the retailers is worth while demand is uncertain.
//!
//! A plan against mean demand M keeps a net stock x (stock less shortage) at the end of a period. Demand added up
//! until then is about normal with deviation d, so a unit more of x saves a unit short with probability P(Z > x / d):
//! the newsvendor's marginal value. Under goodwill it also makes any shortage less likely, by density(x / d) / d, and
//! a shortage costs a share of all later revenue. The resulting convex cost is cut into steps, one soft target each.

use std::ops::Range;

use statrs::distribution::{Continuous, ContinuousCDF, Normal};

use invmgmt::network::{ManagedIx, MarketLink, Network};
use invmgmt::period::Rules;

use super::Paths;
use super::foresight::{Foresight, revenue};
use super::paths::Buffer;

/// Targets, in deviations of the demand added up from now on.
const TARGETS: [f64; 5] = [0.25, 0.75, 1.25, 1.75, 2.5];
const LAST: usize = TARGETS.len();

/// Chance and density of needing more than so many deviations, at the bounds between targets.
#[derive(Clone, Debug)]
pub(crate) struct SafetySteps {
    /// P(Z > z) [1] and density at z [1], from z = 0 up; beyond the last target nothing is gained.
    bounds: [(f64, f64); LAST + 1],
}

impl SafetySteps {
    pub fn new() -> Self {
        let normal = Normal::standard();
        let bounds = std::array::from_fn(|position| match position {
            0 => (0.5, normal.pdf(0.0)),
            LAST => (0.0, 0.0),
            between => {
                let z = 0.5 * (TARGETS[between - 1] + TARGETS[between]);
                (normal.sf(z), normal.pdf(z))
            }
        });
        Self { bounds }
    }

    /// Writes the soft targets of every retailer and period into the paths, for every scenario alike. None stand in
    /// the paths' outage; it leaves the shelves empty, so after it demand adds up anew.
    pub fn write(&self, network: &Network, rules: &Rules, foresight: &Foresight, paths: &mut Paths) {
        let periods = paths.periods();
        let revenues = later_revenues(network, foresight);
        let outage = paths.outage.clone();
        let longest_way = network.longest_way();
        let last = paths.ends_episode.then(|| periods - 1);
        paths.buffers.clear();
        for _ in 0..paths.scenarios() {
            for (period, later) in revenues.iter().enumerate().take(periods) {
                let at_stake = foresight.goodwill_at_stake * later;
                for node in
                    network.managed.indices().filter(|&node| !network.managed[node].markets.is_empty())
                {
                    let deviation = deviation(network, foresight, node, period, &outage, longest_way);
                    let cost =
                        rules.weight(period) * shortage_cost(network, rules, node, last == Some(period));
                    paths.buffers.extend((0..TARGETS.len()).map(|step| Buffer {
                        level: TARGETS[step] * deviation,
                        cost: self.step_cost(step, cost, at_stake, deviation),
                    }));
                }
            }
        }
    }

    fn step_cost(&self, step: usize, shortage_cost: f64, at_stake: f64, deviation: f64) -> f64 {
        if deviation <= 0.0 {
            return 0.0;
        }
        let value = |(chance, density): (f64, f64)| shortage_cost * chance + at_stake * density / deviation;
        (value(self.bounds[step]) - value(self.bounds[step + 1])).max(0.0)
    }
}

/// Standard deviation of a retailer's demand added up until the end of a period: from now on, and after an outage from
/// its end on, but over no more periods than it takes an order to come all the way: what happens before those, later
/// orders answer. Within an outage nothing is kept [units].
fn deviation(
    network: &Network,
    foresight: &Foresight,
    node: ManagedIx,
    period: usize,
    outage: &Range<usize>,
    longest_way: usize,
) -> f64 {
    if outage.contains(&period) {
        return 0.0;
    }
    let until = |period: usize| -> f64 {
        network.managed[node].markets.iter().map(|&link| foresight.variance_so_far(period, link)).sum()
    };
    let (from, emptied) =
        if outage.is_empty() || period < outage.end { (0, 0.0) } else { (outage.end, until(outage.end - 1)) };
    (until(period.min(from + longest_way)) - emptied).max(0.0).sqrt()
}

/// What a unit short at a retailer costs: the penalty and, as stock need not be held for it, the holding cost. Where
/// the sale is lost also the margin, for the unit can be sold later and need not be bought again; in the last period,
/// after which nobody buys, the price [money / unit].
fn shortage_cost(network: &Network, rules: &Rules, node: ManagedIx, last: bool) -> f64 {
    let row = &network.managed[node];
    let count = row.markets.len() as f64;
    let average = |value: fn(&MarketLink) -> f64| -> f64 {
        row.markets.iter().map(|&link| value(&network.market[link])).sum::<f64>() / count
    };
    let price = average(|link| link.price);
    let cheapest = row.incoming.iter().map(|&link| network.supply[link].price).fold(price, f64::min);
    let lost = match (last, rules.backlog) {
        (true, _) => price,
        (false, true) => 0.0,
        (false, false) => price - cheapest,
    };
    average(|link| link.unmet_penalty) + row.holding_cost + lost
}

/// Revenue expected after each period that is foreseen, on all market links [money].
fn later_revenues(network: &Network, foresight: &Foresight) -> Vec<f64> {
    let mut later = vec![0.0; foresight.periods()];
    for period in (1..later.len()).rev() {
        later[period - 1] = later[period] + revenue(network, foresight, period);
    }
    later
}

#[cfg(test)]
mod tests {
    use invmgmt::network::{MarketLinkIx, TableIndex, preset};

    use super::*;

    #[test]
    fn what_is_further_off_than_an_order_takes_is_left_to_later_orders() {
        let network = preset("serial").expect("a preset").compile().expect("valid");
        let (node, link) = (ManagedIx::from_position(0), MarketLinkIx::from_position(0));
        let mut foresight = Foresight::default();
        foresight.reset(30, 1);
        for period in 0..30 {
            foresight.set(period, link, 20.0, 20.0 * (period + 1) as f64);
        }
        // A chain has one way, all its links.
        let way = network.longest_way();
        assert_eq!(way, network.supply.rows().iter().map(|link| link.lead_time).sum::<usize>());
        let deviation =
            |period, outage: Range<usize>| deviation(&network, &foresight, node, period, &outage, way);
        assert_eq!(deviation(5, 0..0), 120_f64.sqrt());
        assert_eq!(deviation(29, 0..0), (20.0 * (way + 1) as f64).sqrt());
        assert_eq!(deviation(4, 3..6), 0.0, "nothing is kept in an outage");
        assert_eq!(deviation(6, 3..6), 20_f64.sqrt(), "demand adds up anew after it");
        assert_eq!(deviation(29, 3..6), (20.0 * (way + 1) as f64).sqrt());
    }
}
