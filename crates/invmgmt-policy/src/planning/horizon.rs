//! How far to plan: as far as today's orders can matter.
//!
//! At first that is twice the longest way of goods. Where factories cannot keep up with a season, goods are made ahead,
//! so a plan reaches from the first period in which they are to the last; and in regular intervals today's orders are
//! compared with those of a plan twice as long. What is beyond a plan has no worth in it: the stock that is needed then
//! can be ordered later.

use invmgmt::network::{ManagedIx, MarketLinkIx, Network, SupplyLinkIx, Table, TableIndex};
use invmgmt::period::StateView;

use super::foresight::Foresight;

/// A plan reaches so many times as far as the longest way of goods at first.
const WAYS: usize = 2;
/// What today's orders may lose beside those of a plan twice as long, as a share of the revenue expected today [1].
const TOLERATED: f64 = 5e-4;

/// The number of periods planned.
#[derive(Clone, Debug, Default)]
pub(super) struct Horizon {
    /// Periods planned; none before the first look -- state.
    planned: usize,
    /// The period in which to look again whether it is enough -- state.
    next_look: usize,
}

impl Horizon {
    /// One that never ends before the episode.
    #[cfg(test)]
    pub fn endless() -> Self {
        Self { planned: usize::MAX / 4, next_look: usize::MAX }
    }

    /// The number of periods to plan from this state.
    pub fn periods(&mut self, state: &StateView<'_>) -> usize {
        if self.planned == 0 {
            self.planned = WAYS * (longest_way(state.network) + 1);
        }
        self.planned.min(state.num_periods - state.period())
    }

    /// Whether it is time to look, and there is something beyond.
    pub fn is_to_look(&self, state: &StateView<'_>) -> bool {
        state.period() >= self.next_look && self.planned < state.num_periods - state.period()
    }

    /// Reaches at least so far.
    pub fn reach(&mut self, periods: usize) {
        self.planned = self.planned.max(periods);
    }

    /// Reaches as far as goods are made ahead from now on; until others have to be, nothing is looked at again.
    pub fn reach_over(&mut self, state: &StateView<'_>, foresight: &Foresight) {
        let way = longest_way(state.network) + 1;
        let mut next = state.period() + self.planned;
        for (from, to) in made_ahead(state.network, foresight) {
            if from <= way {
                self.reach(to + way);
            } else {
                next = next.min(state.period() + from - way);
            }
        }
        self.next_look = next.max(state.period() + 1);
    }

    /// The number of periods to compare with, where there are more.
    pub fn farther(&self, state: &StateView<'_>) -> Option<usize> {
        let remaining = state.num_periods - state.period();
        (self.planned < remaining).then(|| (2 * self.planned).min(remaining))
    }

    /// Judges a comparison: the money today's orders lose, beside the revenue expected today. Whether they lose too
    /// much, so that plans reach twice as far from now on.
    pub fn is_too_near(&mut self, loss: f64, revenue: f64) -> bool {
        let too_near = loss > TOLERATED * revenue;
        if too_near {
            self.planned *= 2;
        }
        too_near
    }
}

/// Periods from an order at a source of goods until it can be sold: a node that is no retailer ships in the period
/// after the arrival.
pub(super) fn longest_way(network: &Network) -> usize {
    let mut ways: Table<ManagedIx, usize> = vec![0; network.managed.len()].into();
    let mut longest = 0;
    for node in network.buyers_first() {
        let row = &network.managed[node];
        let takes = |link: SupplyLinkIx| network.supply[link].lead_time + network.order_delay(link);
        let onward = row.outgoing.iter().map(|&link| takes(link) + 1 + ways[network.supply[link].buyer]);
        ways[node] = onward.max().unwrap_or(0);
        let supplied = row.incoming.iter().map(|&link| takes(link)).max();
        longest = longest.max(supplied.unwrap_or(0) + ways[node]);
    }
    longest
}

/// The stretches of periods, counted from the present one, in which goods are made that are sold later in them, because
/// demand outgrows what the factories can make. All limited factories that reach a market of one count together.
fn made_ahead(network: &Network, foresight: &Foresight) -> Vec<(usize, usize)> {
    let mut markets: Table<ManagedIx, Vec<MarketLinkIx>> = vec![Vec::new(); network.managed.len()].into();
    for node in network.buyers_first() {
        let row = &network.managed[node];
        let mut reached = row.markets.clone();
        reached.extend(row.outgoing.iter().flat_map(|&link| markets[network.supply[link].buyer].clone()));
        reached.sort_by_key(|link| link.position());
        reached.dedup();
        markets[node] = reached;
    }
    let limit = |node: ManagedIx| network.managed[node].factory.map_or(f64::INFINITY, |made| made.capacity);
    let limited: Vec<ManagedIx> = network.managed.indices().filter(|&node| limit(node).is_finite()).collect();
    let mut stretches = Vec::new();
    for &node in &limited {
        let shares = |other: ManagedIx| markets[other].iter().any(|link| markets[node].contains(link));
        let together: Vec<ManagedIx> = limited.iter().copied().filter(|&other| shares(other)).collect();
        let most: f64 = together.iter().map(|&node| limit(node)).sum();
        let served =
            network.market.indices().filter(|link| together.iter().any(|&n| markets[n].contains(link)));
        let served: Vec<MarketLinkIx> = served.collect();
        let (mut ahead, mut end) = (0.0, 0);
        for period in (0..foresight.periods()).rev() {
            let wanted: f64 = served.iter().map(|&link| foresight.mean(period, link)).sum();
            if ahead == 0.0 {
                end = period;
            }
            ahead = f64::max(ahead + wanted - most, 0.0);
            // Only a period with capacity to spare makes something ahead: where there is none, too little is made.
            if ahead == 0.0 || wanted >= most {
                continue;
            }
            match stretches.last_mut() {
                Some((from, to)) if *to == end => *from = period,
                _ => stretches.push((period, end)),
            }
        }
    }
    stretches
}
