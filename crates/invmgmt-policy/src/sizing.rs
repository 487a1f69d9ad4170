//! How much safety a node holds, and over how many periods, in the published heuristics.

use invmgmt::network::{ManagedIx, Network, Table};
use statrs::distribution::{ContinuousCDF, Normal};

/// Least cost of a unit short at a node that does not sell to customers [money / unit].
const LEAST_SHORTAGE_COST: f64 = 0.5;
/// Smallest and largest critical ratio used: costs of zero would make levels infinite.
const RATIO_BOUNDS: (f64, f64) = (1e-4, 1.0 - 1e-4);

/// Periods an order has to cover until the next can arrive: the longest lead time of the node's suppliers plus one.
pub(crate) fn order_spans(network: &Network) -> Table<ManagedIx, usize> {
    let spans: Vec<usize> =
        network.managed.indices().map(|node| network.longest_lead_time_of(node) + 1).collect();
    spans.into()
}

/// What a unit short costs a node [money / unit]: the penalty customers' unmet demand carries, averaged over its
/// market links; elsewhere the best price it sells at less the lowest it buys at, at least 0.5.
pub(crate) fn shortage_cost(network: &Network, node: ManagedIx) -> f64 {
    let row = &network.managed[node];
    if !row.markets.is_empty() {
        let penalties: f64 = row.markets.iter().map(|&link| network.market[link].unmet_penalty).sum();
        return penalties / row.markets.len() as f64;
    }
    let selling = row.outgoing.iter().map(|&link| network.supply[link].price);
    let buying = row.incoming.iter().map(|&link| network.supply[link].price);
    let margin = selling.fold(f64::NEG_INFINITY, f64::max) - buying.fold(f64::INFINITY, f64::min);
    margin.max(LEAST_SHORTAGE_COST)
}

/// Share of periods in which a node should not run short, b / (b + h) [1]. Where neither shortage nor stock costs
/// anything it is a half.
pub(crate) fn critical_ratio(shortage_cost: f64, holding_cost: f64) -> f64 {
    let total = shortage_cost + holding_cost;
    if total > 0.0 { (shortage_cost / total).clamp(RATIO_BOUNDS.0, RATIO_BOUNDS.1) } else { 0.5 }
}

/// Standard deviations of safety stock that keep a node from running short in this share of periods [1].
pub(crate) fn safety_factor(ratio: f64) -> f64 {
    Normal::standard().inverse_cdf(ratio)
}

/// The safety factor of every node's critical ratio with its own holding cost.
pub(crate) fn safety_factors(network: &Network) -> Table<ManagedIx, f64> {
    let factor = |node| {
        let holding_cost = network.managed[node].holding_cost;
        safety_factor(critical_ratio(shortage_cost(network, node), holding_cost))
    };
    network.managed.indices().map(factor).collect::<Vec<f64>>().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use invmgmt::network::preset;

    /// The critical ratios published for both networks (benchmark, section 2.1), managed nodes in order of id.
    #[test]
    fn critical_ratios_are_the_published_ones() {
        let published: [(&str, &[f64]); 2] = [
            ("network", &[0.76923, 0.97561, 0.98160, 0.98608, 0.98039, 0.98200]),
            ("serial", &[0.76923, 0.96154, 0.98039]),
        ];
        for (name, ratios) in published {
            let network = preset(name).expect("a preset").compile().expect("a sound network");
            for (node, expected) in network.managed.indices().zip(ratios) {
                let holding_cost = network.managed[node].holding_cost;
                let found = critical_ratio(shortage_cost(&network, node), holding_cost);
                assert!((found - expected).abs() < 5e-6, "{name}: {found} against {expected}");
            }
        }
    }

    #[test]
    fn costs_of_zero_leave_the_safety_factor_finite() {
        assert_eq!(critical_ratio(0.0, 0.0), 0.5);
        assert!(safety_factor(critical_ratio(0.1, 0.0)).is_finite());
        assert!(safety_factor(critical_ratio(0.0, 0.1)).is_finite());
    }

    /// Quantiles of the standard normal distribution as tables give them.
    #[test]
    fn safety_factors_are_normal_quantiles() {
        for (ratio, quantile) in
            [(0.5, 0.0), (0.95, 1.644_853_626_951_472_7), (0.999, 3.090_232_306_167_813_5)]
        {
            assert!((safety_factor(ratio) - quantile).abs() < 1e-14);
        }
    }

    /// Longest lead times published for the nine-node network (benchmark, section 2.1), plus one.
    #[test]
    fn an_order_covers_the_longest_lead_time_and_one_period() {
        let network = preset("network").expect("a preset").compile().expect("a sound network");
        assert_eq!(order_spans(&network).rows(), [6, 12, 13, 1, 3, 1]);
    }
}
