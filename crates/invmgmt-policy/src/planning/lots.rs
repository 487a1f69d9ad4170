//! When to order, where an order costs something whatever its size.
//!
//! Left out of the programme, fixed costs make it order a little in every period. With them it is one over integers,
//! too slow to solve in every period. So orders on a link with a fixed cost follow a schedule: the next one in so many
//! periods, then one in every interval. In all other periods the link is closed, and the programme finds the quantities
//! for all links at once. Intervals begin with those of the economic order quantity on echelon holding costs, which
//! with demand that is certain and constant, rounded to whole periods that fit, cost at most 6 percent more than the
//! best there are (R. Roundy, "98%-effective integer-ratio lot-sizing for one-warehouse multi-retailer systems", 1985),
//! and are then tried longer and shorter. In every period the next orders are tried sooner and later, link by link.

use invmgmt::network::{ManagedIx, Network, SupplyLinkIx, TableIndex};
use invmgmt::period::Rules;

/// Longest interval, in multiples of the longest way: what is further off says nothing of today.
const MOST_WAYS: usize = 4;
/// Least holding cost saved by holding a unit a stage earlier, as a share of the later stage's [1].
const LEAST_SAVED: f64 = 0.05;
/// An order that counts, in units of the programme's scale.
pub(super) const COUNTS: f64 = 1e-6;

/// The schedule of a link's orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Schedule {
    pub link: SupplyLinkIx,
    /// Periods from now until the next order.
    pub next: usize,
    /// Periods from one order to the next, at least 1.
    pub interval: usize,
    /// Periods since the last order.
    pub since: usize,
    /// Whether the next order was due before, and nothing could be ordered.
    pub is_overdue: bool,
}

impl Schedule {
    fn is_open(&self, period: usize) -> bool {
        // What is overdue is ordered as soon as it can be.
        self.is_overdue && period < self.interval
            || period >= self.next && (period - self.next).is_multiple_of(self.interval)
    }
}

/// The schedules of all links with a fixed cost.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Lots(pub Vec<Schedule>);

impl Lots {
    /// Orders in every period, on each link with a fixed cost; those nearest to the customers first.
    pub fn of(network: &Network) -> Self {
        let nodes = network.buyers_first();
        let links = nodes.into_iter().flat_map(|node| network.managed[node].incoming.clone());
        let dear = links.filter(|&link| network.supply[link].fixed_order_cost > 0.0);
        Self(dear.map(|link| Schedule { link, next: 0, interval: 1, since: 0, is_overdue: false }).collect())
    }

    /// Intervals for these flows [units / period], none longer than this [periods].
    pub fn spread(&mut self, network: &Network, flow: impl Fn(SupplyLinkIx) -> f64, longest: usize) {
        for schedule in &mut self.0 {
            let row = &network.supply[schedule.link];
            let holding = |node: ManagedIx| network.managed[node].holding_cost;
            let (after, before) =
                (holding(row.buyer), row.supplier.map_or(0.0, |supplier| holding(supplier.node)));
            let saved = (after - before).max(LEAST_SAVED * after);
            let periods = (2.0 * row.fixed_order_cost / (saved * flow(schedule.link))).sqrt();
            schedule.interval = if periods.is_finite() { periods.round() as usize } else { longest };
            schedule.interval = schedule.interval.clamp(1, longest);
        }
    }

    /// A period later: who was to order, and did, does so again after an interval; who did not is due.
    pub fn move_on(&mut self, ordered: &[f64]) {
        for schedule in &mut self.0 {
            let is_due = schedule.next == 0;
            let is_ordered = is_due && ordered[schedule.link.position()] > 0.0;
            schedule.since = if is_ordered { 0 } else { schedule.since + 1 };
            schedule.is_overdue = is_due && !is_ordered;
            schedule.next = match schedule.next.checked_sub(1) {
                Some(next) => next,
                None if is_ordered => schedule.interval - 1,
                None => 0,
            };
        }
    }

    /// Whether each link is closed, period by period.
    pub fn closed(&self, links: usize, periods: usize) -> Vec<bool> {
        let mut closed = vec![false; links * periods];
        for schedule in &self.0 {
            for period in (0..periods).filter(|&period| !schedule.is_open(period)) {
                closed[period * links + schedule.link.position()] = true;
            }
        }
        closed
    }

    /// Fixed costs of the orders in a plan; of the last one as much as its interval lies within the plan [money].
    pub fn cost(
        &self,
        network: &Network,
        rules: &Rules,
        periods: usize,
        is_ordered: impl Fn(usize, SupplyLinkIx) -> bool,
    ) -> f64 {
        let of = |schedule: &Schedule| -> f64 {
            let orders = (0..periods).filter(|&at| schedule.is_open(at) && is_ordered(at, schedule.link));
            let share = |at: usize| (periods - at).min(schedule.interval) as f64 / schedule.interval as f64;
            let fixed = network.supply[schedule.link].fixed_order_cost;
            orders.map(|at| rules.weight(at) * fixed * share(at)).sum()
        };
        self.0.iter().map(of).sum()
    }

    /// These with the next order of a link sooner or later: now, in the next period, in half the time, a period sooner.
    pub fn neighbours(&self, place: usize) -> Vec<Self> {
        let Schedule { next, interval, since, .. } = self.0[place];
        // Put off a period at a time, an order would never be made.
        let may_wait = since + next < 2 * interval;
        let other = match next {
            0 if may_wait => vec![1],
            0 => vec![],
            1 if may_wait => vec![0, 2],
            1 => vec![0],
            later => vec![0, later / 2, later - 1],
        };
        let with = |next: usize| {
            let mut changed = self.clone();
            changed.0[place].next = next;
            changed
        };
        other.into_iter().map(with).collect()
    }

    /// These with another interval of a link: half, double, one less or more.
    pub fn other_intervals(&self, place: usize, longest: usize) -> Vec<Self> {
        let now = self.0[place].interval;
        let mut others = vec![now / 2, 2 * now, now - 1, now + 1];
        others.retain(|&interval| interval != now && (1..=longest).contains(&interval));
        others.dedup();
        let with = |interval: usize| {
            let mut changed = self.clone();
            changed.0[place].interval = interval;
            changed
        };
        others.into_iter().map(with).collect()
    }

    /// The longest interval.
    pub fn longest(&self) -> usize {
        self.0.iter().map(|schedule| schedule.interval).max().unwrap_or(0)
    }
}

/// The longest interval there may be, for goods that take so long all the way [periods].
pub(super) fn longest_interval(way: usize) -> usize {
    MOST_WAYS * (way + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lots() -> Lots {
        let link = SupplyLinkIx::from_position(0);
        Lots(vec![Schedule { link, next: 2, interval: 4, since: 0, is_overdue: false }])
    }

    #[test]
    fn a_link_is_open_when_an_order_is_due_and_then_once_in_every_interval() {
        let open = |lots: &Lots| -> Vec<usize> {
            let closed = lots.closed(1, 9);
            (0..9).filter(|&period| !closed[period]).collect()
        };
        let mut lots = lots();
        assert_eq!(open(&lots), [2, 6]);
        lots.move_on(&[0.0]);
        lots.move_on(&[0.0]);
        assert_eq!(open(&lots), [0, 4, 8]);
        // Nothing could be ordered: from now on in every period, until it can.
        lots.move_on(&[0.0]);
        assert_eq!(open(&lots), [0, 1, 2, 3, 4, 8]);
        lots.move_on(&[5.0]);
        assert_eq!(open(&lots), [3, 7]);
    }

    #[test]
    fn an_order_is_put_off_for_two_intervals_at_most() {
        let mut lots = lots();
        lots.0[0].next = 0;
        for _ in 0..20 {
            if let Some(later) = lots.neighbours(0).into_iter().find(|other| other.0[0].next == 1) {
                lots = later;
            }
            lots.move_on(&[0.0]);
        }
        assert_eq!((lots.0[0].next, lots.0[0].is_overdue), (0, true));
    }
}
