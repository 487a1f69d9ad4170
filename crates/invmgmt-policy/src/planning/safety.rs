//! Safety stock as part of the plan: what stock at the retailers is worth while demand is uncertain.
//!
//! A plan against mean demand M keeps a net stock x (stock less shortage) at the end of a period. Demand added up
//! until then is about normal with deviation d, so a unit more of x saves a unit short with probability P(Z > x / d):
//! the newsvendor's marginal value. Under goodwill it also makes any shortage less likely, by density(x / d) / d, and
//! a shortage costs a share of all later revenue. The resulting convex cost is cut into steps, one soft target each.
//! Where kinds of demand are told apart, demand is normal within each, and the chances are those of their mixture.

use std::ops::Range;

use statrs::distribution::{Continuous, ContinuousCDF, Normal};

use invmgmt::network::{
    LeadTimeLaw, ManagedIx, MarketLink, MarketLinkIx, Network, SupplyLinkIx, TableIndex, YieldLaw,
};
use invmgmt::period::Rules;

use super::Paths;
use super::foresight::{Foresight, revenue};
use super::paths::Buffer;

/// Targets, in deviations of the demand added up from now on.
const TARGETS: [f64; 5] = [0.25, 0.75, 1.25, 1.75, 2.5];
const LAST: usize = TARGETS.len();
/// A kind of demand that does not scatter is taken to, by so much of the deviation of all [1].
const LEAST_DEVIATION: f64 = 1e-3;

/// Which kind of demand is the true one is learnt before an order has come all the way, so that safety stock has to
/// last for so much of that time [1].
const UNTIL_LEARNT: f64 = 0.75;

/// Soft targets of a plan: what a unit of stock more is worth between them.
#[derive(Clone, Debug)]
pub(crate) struct SafetySteps {
    normal: Normal,
}

/// How far the demand added up may be from its mean: of each kind of demand its probability [1], how far its own mean
/// is from that of all, and its deviation [units].
#[derive(Clone, Debug, PartialEq)]
struct Need(Vec<(f64, f64, f64)>);

impl SafetySteps {
    pub fn new() -> Self {
        Self { normal: Normal::standard() }
    }

    /// Writes the soft targets of every retailer and period into the paths, for every scenario alike. None stand in
    /// the paths' outage; it leaves the shelves empty, so after it demand adds up anew.
    pub fn write(&self, network: &Network, rules: &Rules, foresight: &Foresight, paths: &mut Paths) {
        let periods = paths.periods();
        let revenues = later_revenues(network, foresight);
        let outage = paths.outage.clone();
        let longest_way = reach(network, foresight);
        let last = paths.ends_episode.then(|| periods - 1);
        let supply = supply_variances(network);
        paths.buffers.clear();
        for _ in 0..paths.scenarios() {
            for (period, later) in revenues.iter().enumerate().take(periods) {
                let at_stake = foresight.goodwill_at_stake * later;
                for node in
                    network.managed.indices().filter(|&node| !network.managed[node].markets.is_empty())
                {
                    let supply = supply.get(node.position()).copied().unwrap_or(0.0);
                    let need = Need::of(network, foresight, node, period, &outage, longest_way, supply);
                    let deviation = need.deviation();
                    let cost =
                        rules.weight(period) * shortage_cost(network, rules, node, last == Some(period));
                    let worth = |target: usize| self.worth(&need, target, cost, at_stake);
                    paths.buffers.extend((0..LAST).map(|step| Buffer {
                        level: TARGETS[step] * deviation,
                        cost: if deviation > 0.0 { (worth(step) - worth(step + 1)).max(0.0) } else { 0.0 },
                    }));
                }
            }
        }
    }

    /// What a unit of stock more is worth half way to a target from the one before: from a plan without safety stock
    /// up; beyond the last target nothing is gained [money / unit].
    fn worth(&self, need: &Need, target: usize, shortage_cost: f64, at_stake: f64) -> f64 {
        let least = LEAST_DEVIATION * need.deviation();
        let level = match target {
            LAST => return 0.0,
            0 => 0.0,
            between => 0.5 * (TARGETS[between - 1] + TARGETS[between]) * need.deviation(),
        };
        let (mut chance, mut density) = (0.0, 0.0);
        for &(probability, offset, deviation) in &need.0 {
            let deviation = deviation.max(least);
            let z = (level - offset) / deviation;
            chance += probability * self.normal.sf(z);
            density += probability * self.normal.pdf(z) / deviation;
        }
        shortage_cost * chance + at_stake * density
    }
}

/// The periods over which safety stock has to last: as long as an order takes to come all the way from raw material.
fn reach(network: &Network, foresight: &Foresight) -> usize {
    let way = network.longest_way();
    if foresight.worlds().is_empty() { way } else { (UNTIL_LEARNT * way as f64).round() as usize }
}

impl Need {
    /// That of a retailer's demand until the end of a period: from now on, and after an outage from its end on, but
    /// over no more periods than it takes an order to come all the way: what happens before those, later orders answer.
    /// Within an outage nothing is kept. `supply` is what supply scatters by, in squares of a period's demand.
    fn of(
        network: &Network,
        foresight: &Foresight,
        node: ManagedIx,
        period: usize,
        outage: &Range<usize>,
        longest_way: usize,
        supply: f64,
    ) -> Self {
        if outage.contains(&period) {
            return Self(Vec::new());
        }
        let markets = &network.managed[node].markets;
        let emptied = (!outage.is_empty() && period >= outage.end).then_some(outage.end);
        let until = period.min(emptied.unwrap_or(0) + longest_way);
        let rate: f64 = markets.iter().map(|&link| foresight.mean(period, link)).sum();
        let by_supply = rate * rate * supply;
        let between = |sum: &dyn Fn(usize) -> f64| sum(until) - emptied.map_or(0.0, |end| sum(end - 1));
        let deviation = |variance: f64| {
            let variance = variance.max(0.0);
            if variance > 0.0 { (variance + by_supply).sqrt() } else { 0.0 }
        };
        let total = |of: &dyn Fn(MarketLinkIx) -> f64| markets.iter().map(|&link| of(link)).sum::<f64>();
        if foresight.worlds().is_empty() {
            let variance = between(&|period| total(&|link| foresight.variance_so_far(period, link)));
            return Self(vec![(1.0, 0.0, deviation(variance))]);
        }
        let mut parts: Vec<(f64, f64, f64)> = Vec::new();
        for (world, &probability) in foresight.worlds().iter().enumerate().filter(|(_, p)| **p > 0.0) {
            let mean = between(&|period| total(&|link| foresight.sum(world, period, link).0));
            let variance = between(&|period| total(&|link| foresight.sum(world, period, link).1));
            parts.push((probability, mean, deviation(variance)));
        }
        let mean: f64 = parts.iter().map(|(probability, mean, _)| probability * mean).sum();
        for (_, offset, _) in &mut parts {
            *offset -= mean;
        }
        Self(parts)
    }

    /// Standard deviation of all kinds together; 0 where nothing is uncertain [units].
    fn deviation(&self) -> f64 {
        let square = |&(probability, offset, deviation): &(f64, f64, f64)| {
            probability * (deviation * deviation + offset * offset)
        };
        self.0.iter().map(square).sum::<f64>().sqrt()
    }
}

/// Per managed node the variance of the periods until an order for it arrives, and of the share of it that does, on the
/// way where they add up to most: each unit of it is the square of a period's demand. Nothing where nothing is drawn.
fn supply_variances(network: &Network) -> Vec<f64> {
    let Some(physics) = network.physics.as_deref() else { return Vec::new() };
    if physics.leads.is_empty() && physics.yields.is_empty() {
        return Vec::new();
    }
    let of_link = |link: SupplyLinkIx| {
        let lead = physics.lead_of[link].map_or(0.0, |lead| lead_variance(&physics.leads[lead].law));
        lead + physics.link_yield(link).map_or(0.0, |row| yield_variance(row.law))
    };
    let mut variances = vec![0.0; network.managed.len()];
    for node in network.buyers_first().into_iter().rev() {
        let ways = network.managed[node].incoming.iter().map(|&link| {
            let before = network.inputs(link).map(|(supplier, _)| variances[supplier.position()]);
            of_link(link) + before.fold(0.0, f64::max)
        });
        variances[node.position()] = ways.fold(0.0, f64::max);
    }
    variances
}

/// Of a lead time, of orders that arrive [periods^2].
fn lead_variance(law: &LeadTimeLaw) -> f64 {
    let (mean, total) = (law.mean(), law.chances.iter().sum::<f64>());
    let chances = law.chances.iter().enumerate();
    chances.map(|(periods, chance)| chance / total * (periods as f64 - mean).powi(2)).sum()
}

/// Of the share of an order that arrives; where each unit does or does not, next to nothing [1].
fn yield_variance(law: YieldLaw) -> f64 {
    match law {
        YieldLaw::AllOrNothing(share) => share * (1.0 - share),
        YieldLaw::Uniform(low, high) => (high - low).powi(2) / 12.0,
        YieldLaw::Binomial(_) => 0.0,
    }
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
    use invmgmt::network::preset;

    use super::*;

    /// By hand: lead times of 1 and 3, equally likely, have variance 1; shares from 0.4 to 1 have 0.03.
    #[test]
    fn what_supply_scatters_by_adds_up_along_the_way() {
        let text = "nodes: [{id: farm}, {id: depot, I0: 9, h: 0}, {id: shop, I0: 9, h: 0}, {id: town}]\nedges:\n  \
                    - {from: farm, to: depot, L: {values: [1, 3]}, draw: order, crossing: free, p: 1, g: 0}\n  \
                    - {from: depot, to: shop, L: 1, p: 1, g: 0, yield: {uniform: [0.4, 1]}}\n  \
                    - {from: shop, to: town, p: 3, b: 0, demand_dist: poisson, dist_param: {mu: 4}}";
        let network = invmgmt_data::network_from_yaml(text).expect("valid");
        let found = supply_variances(&network);
        assert!((found[0] - 1.0).abs() < 1e-12 && (found[1] - 1.03).abs() < 1e-12, "{found:?}");
        assert!(supply_variances(&preset("serial").expect("a preset").compile().expect("valid")).is_empty());
    }

    /// By hand: with chance 1/10 demand is 100 units above what it else is, each time within a unit or so. Above the
    /// mean of all, 10, a unit more of stock helps in that case and in no other, as far as it goes.
    #[test]
    fn stock_against_a_rare_kind_of_demand_is_worth_the_chance_of_that_kind() {
        let need = Need(vec![(0.9, -10.0, 1.0), (0.1, 90.0, 1.0)]);
        assert!((need.deviation() - 901_f64.sqrt()).abs() < 1e-12);
        let steps = SafetySteps::new();
        let worth: Vec<f64> = (0..=LAST).map(|target| steps.worth(&need, target, 1.0, 0.0)).collect();
        let close = |found: f64, expected: f64| (found - expected).abs() < 1e-9;
        assert!(worth[..LAST].iter().all(|&worth| close(worth, 0.1)), "{worth:?}");
        assert_eq!(worth[LAST], 0.0);
    }

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
        let deviation = |period, outage: Range<usize>| {
            Need::of(&network, &foresight, node, period, &outage, way, 0.0).deviation()
        };
        assert_eq!(deviation(5, 0..0), 120_f64.sqrt());
        assert_eq!(deviation(29, 0..0), (20.0 * (way + 1) as f64).sqrt());
        assert_eq!(deviation(4, 3..6), 0.0, "nothing is kept in an outage");
        assert_eq!(deviation(6, 3..6), 20_f64.sqrt(), "demand adds up anew after it");
        assert_eq!(deviation(29, 3..6), (20.0 * (way + 1) as f64).sqrt());
    }
}
