//! When to order, where an order costs something whatever its size.
//!
//! Left out of the programme, fixed costs make it order a little in every period. With them it is one over integers,
//! too slow to solve in every period. So each unit is charged its part of the fixed cost, if its order is as large as
//! it was in the plan before (D. Kim and P. M. Pardalos, "A solution approach to the fixed charge network flow problem
//! using a dynamic slope scaling procedure", 1999), and where that plan orders, links are open and closed elsewhere;
//! the programme then finds the quantities for all links at once. It begins with intervals of the economic order
//! quantity on echelon holding costs (R. Roundy, "98%-effective integer-ratio lot-sizing for one-warehouse
//! multi-retailer systems", 1985).

use invmgmt::network::{Joint, ManagedIx, Network, SupplyLinkIx, TableIndex};
use invmgmt::period::Rules;

use super::window::Opening;

/// Longest interval, in multiples of the longest way: what is further off says nothing of today.
const MOST_WAYS: usize = 4;
/// Least holding cost saved by holding a unit a stage earlier, as a share of the later stage's [1].
const LEAST_SAVED: f64 = 0.05;
/// What may lack to a full truck because of rounding, as a share of it [1].
const FULL: f64 = 1e-9;
/// An order that counts, in units of the programme's scale.
pub(super) const COUNTS: f64 = 1e-6;

/// When to order on a link.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Schedule {
    pub link: SupplyLinkIx,
    /// Periods from one order to the next where nothing else is known, at least 1.
    pub interval: usize,
    /// Cost of an order: its own, and its part of what orders of its group cost together [money].
    fixed: f64,
    /// Whether the link is open, period by period from now.
    open: Vec<bool>,
    /// What a unit is charged of the cost of an order, likewise [money / unit].
    slopes: Vec<f64>,
    /// Where nothing else is known [money / unit].
    slope: f64,
}

impl Schedule {
    /// Beyond what is planned the link is open once in an interval.
    fn is_open(&self, period: usize) -> bool {
        let planned = |&open: &bool| open;
        self.open.get(period).copied().unwrap_or_else(|| {
            let last = self.open.iter().rposition(planned);
            last.map_or(period - self.open.len(), |last| period - last).is_multiple_of(self.interval)
        })
    }

    fn slope(&self, period: usize) -> f64 {
        self.slopes.get(period).copied().unwrap_or(self.slope)
    }

    /// What of an order is paid for within so many periods: as much of its interval as lies within them [1].
    fn share(&self, period: usize, periods: usize) -> f64 {
        (periods - period).min(self.interval) as f64 / self.interval as f64
    }
}

/// Whether orders of a network cost something whatever their size, alone or together with others.
pub(super) fn orders_cost(network: &Network) -> bool {
    network.has_fixed_costs || !joints(network).is_empty()
}

/// Groups of links that share what an order or a truck costs.
fn joints(network: &Network) -> &[Joint] {
    network.physics.as_deref().map_or(&[], |physics| &physics.joints)
}

/// The schedules of all links with a fixed cost.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Lots(pub Vec<Schedule>);

impl Lots {
    /// Orders in every period, on each link with a fixed cost; those nearest to the customers first.
    pub fn of(network: &Network) -> Self {
        let nodes = network.buyers_first();
        let links = nodes.into_iter().flat_map(|node| network.managed[node].incoming.clone());
        let fixed = |link: SupplyLinkIx| {
            let groups = joints(network).iter().filter(|joint| joint.links.iter().any(|row| row.0 == link));
            let shared: f64 = groups.map(|joint| joint.fixed_cost / joint.links.len() as f64).sum();
            network.supply[link].fixed_order_cost + shared
        };
        let of = |link| Schedule {
            link,
            interval: 1,
            fixed: fixed(link),
            open: Vec::new(),
            slopes: Vec::new(),
            slope: 0.0,
        };
        Self(links.map(of).filter(|schedule| schedule.fixed > 0.0).collect())
    }

    /// Intervals for these flows [units / period], none longer than this [periods].
    pub fn spread(&mut self, network: &Network, flow: impl Fn(SupplyLinkIx) -> f64, longest: usize) {
        for schedule in &mut self.0 {
            let row = &network.supply[schedule.link];
            let holding = |node: ManagedIx| network.managed[node].holding_cost;
            let (after, before) =
                (holding(row.buyer), row.supplier.map_or(0.0, |supplier| holding(supplier.node)));
            let saved = (after - before).max(LEAST_SAVED * after);
            let flow = flow(schedule.link);
            let periods = (2.0 * schedule.fixed / (saved * flow)).sqrt();
            schedule.interval = if periods.is_finite() { periods.round() as usize } else { longest };
            schedule.interval = schedule.interval.clamp(1, longest);
            let slope = schedule.fixed / (schedule.interval as f64 * flow);
            schedule.slope = if slope.is_finite() { slope } else { 0.0 };
            schedule.open.clear();
            schedule.slopes.clear();
        }
    }

    /// A period later.
    pub fn move_on(&mut self) {
        for schedule in &mut self.0 {
            schedule.open.drain(..schedule.open.len().min(1));
            schedule.slopes.drain(..schedule.slopes.len().min(1));
        }
    }

    /// Plans so many periods.
    pub fn reach(&mut self, periods: usize) {
        for schedule in &mut self.0 {
            schedule.open = (0..periods).map(|period| schedule.is_open(period)).collect();
            schedule.slopes = (0..periods).map(|period| schedule.slope(period)).collect();
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

    /// What a unit is charged of the cost of an order, period by period and link by link [money / unit].
    pub fn charges(&self, rules: &Rules, links: usize, periods: usize) -> Vec<f64> {
        let mut charges = vec![0.0; links * periods];
        for schedule in &self.0 {
            for period in 0..periods {
                charges[period * links + schedule.link.position()] =
                    rules.weight(period) * schedule.slope(period);
            }
        }
        charges
    }

    /// Spreads the cost of each order over what was ordered, period by period and link by link [units]. Where nothing
    /// was, the charge is what it was, or that of a usual order.
    pub fn charge(&mut self, network: &Network, ordered: &[f64], counts: f64, begins_anew: bool) {
        let (links, periods) = (network.supply.len(), ordered.len() / network.supply.len());
        for schedule in &mut self.0 {
            for period in 0..periods {
                let order = ordered[period * links + schedule.link.position()];
                if order > counts {
                    schedule.slopes[period] = schedule.fixed * schedule.share(period, periods) / order;
                } else if begins_anew {
                    schedule.slopes[period] = schedule.slope;
                }
            }
        }
    }

    /// These, open where something was ordered.
    pub fn as_ordered(&self, network: &Network, ordered: &[f64], counts: f64) -> Self {
        let (mut changed, links) = (self.clone(), network.supply.len());
        for schedule in &mut changed.0 {
            for (open, row) in schedule.open.iter_mut().zip(ordered.chunks(links)) {
                *open = row[schedule.link.position()] > counts;
            }
        }
        changed
    }

    /// Whether the same links are open in the same periods.
    pub fn is_same(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).all(|(one, other)| one.open == other.open)
    }

    /// Fixed costs of the orders in a plan, alone and together; of the last one as much as its interval lies within the
    /// plan [money]. `ordered` is told period by period and link by link, as is what counts as an order [units].
    pub fn cost(&self, network: &Network, rules: &Rules, ordered: &[f64], counts: f64) -> f64 {
        let links = network.supply.len();
        let periods = ordered.len() / links;
        let units = |period: usize, link: SupplyLinkIx| ordered[period * links + link.position()];
        let of = |schedule: &Schedule| -> f64 {
            let orders = (0..periods).filter(|&at| units(at, schedule.link) > counts);
            let fixed = network.supply[schedule.link].fixed_order_cost;
            orders.map(|at| rules.weight(at) * fixed * schedule.share(at, periods)).sum()
        };
        let of_group = |joint: &Joint, at: usize| -> f64 {
            let sent = |&&(link, _): &&(SupplyLinkIx, f64)| units(at, link) > counts;
            let volume: f64 =
                joint.links.iter().filter(sent).map(|&(link, volume)| volume * units(at, link)).sum();
            let trucks = joint.truck.map_or(1.0, |truck| (volume / truck - FULL).ceil().max(1.0));
            let shares =
                self.0.iter().filter(|schedule| joint.links.iter().any(|row| row.0 == schedule.link));
            let share = shares.filter(|schedule| units(at, schedule.link) > counts);
            let share = share.map(|schedule| schedule.share(at, periods)).fold(0.0, f64::max);
            rules.weight(at) * joint.fixed_cost * trucks * share
        };
        let together =
            joints(network).iter().map(|joint| (0..periods).map(|at| of_group(joint, at)).sum::<f64>());
        self.0.iter().map(of).sum::<f64>() + together.sum::<f64>()
    }

    /// What orders of a plan of so many periods cost at least, however they share it: each its own cost and its part of
    /// what all of a group pay for one; and for room in a truck so much a unit, period by period and link by link
    /// [money / unit].
    pub fn least_cost(&self, network: &Network, rules: &Rules, periods: usize) -> (Vec<Opening>, Vec<f64>) {
        let (mut openings, mut charges) = (Vec::new(), vec![0.0; network.supply.len() * periods]);
        for schedule in &self.0 {
            let link = schedule.link;
            let of_truck = |joint: &Joint| {
                let volume = joint.links.iter().find(|row| row.0 == link)?.1;
                Some(joint.fixed_cost * volume / joint.truck?)
            };
            let of_group = |joint: &Joint| {
                let is_of_it = joint.truck.is_none() && joint.links.iter().any(|row| row.0 == link);
                is_of_it.then(|| joint.fixed_cost / joint.links.len() as f64)
            };
            let slope: f64 = joints(network).iter().filter_map(of_truck).sum();
            let fixed: f64 = joints(network).iter().filter_map(of_group).sum();
            let fixed = fixed + network.supply[link].fixed_order_cost;
            for period in 0..periods {
                let weight = rules.weight(period) * schedule.share(period, periods);
                charges[period * network.supply.len() + link.position()] = weight * slope;
                openings.push(Opening { link, period, cost: weight * fixed });
            }
        }
        (openings, charges)
    }

    /// These with one order of a link sooner or later, or not at all; and with one more now.
    pub fn neighbours(&self, place: usize, order: usize) -> Vec<Self> {
        let open = &self.0[place].open;
        let mut times = (0..open.len()).filter(|&period| open[period]);
        let Some(at) = times.nth(order) else { return Vec::new() };
        let next = times.next();
        let with = |to: Option<usize>| {
            let mut changed = self.clone();
            let open = &mut changed.0[place].open;
            open[at] = false;
            if let Some(to) = to {
                open[to] = true;
            }
            changed
        };
        let mut to = vec![None];
        if at > 0 {
            to.extend([Some(0), Some(at / 2), Some(at - 1)]);
            to.dedup();
        }
        if at + 1 < next.unwrap_or(open.len()) {
            to.push(Some(at + 1));
        }
        let more = (order == 0 && at > 0).then(|| {
            let mut changed = self.clone();
            changed.0[place].open[0] = true;
            changed
        });
        to.into_iter().map(with).chain(more).collect()
    }

    /// The longest interval.
    pub fn longest(&self) -> usize {
        self.0.iter().map(|schedule| schedule.interval).max().unwrap_or(0)
    }
}

/// Fills trucks that leave full or not at all: so many as what is wanted needs.
pub(super) fn fill_trucks(network: &Network, orders: &mut [f64], counts: f64) {
    let is_whole = network.physics.as_deref().is_some_and(|physics| physics.whole_units);
    for joint in joints(network).iter().filter(|joint| joint.whole_trucks) {
        let Some(truck) = joint.truck else { continue };
        let wanted: f64 = joint.links.iter().map(|&(link, volume)| volume * orders[link.position()]).sum();
        if wanted <= counts {
            continue;
        }
        let factor = (wanted / truck - FULL).ceil() * truck / wanted;
        for &(link, _) in &joint.links {
            let order = &mut orders[link.position()];
            *order *= factor;
            if is_whole {
                *order = (*order - FULL).ceil();
            }
        }
    }
}

/// The longest interval there may be, for goods that take so long all the way [periods].
pub(super) fn longest_interval(way: usize) -> usize {
    MOST_WAYS * (way + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lots(open: &[bool]) -> Lots {
        let link = SupplyLinkIx::from_position(0);
        let slopes = vec![0.5; open.len()];
        Lots(vec![Schedule { link, interval: 3, fixed: 20.0, open: open.to_vec(), slopes, slope: 0.5 }])
    }

    fn times(lots: &Lots, periods: usize) -> Vec<usize> {
        let closed = lots.closed(1, periods);
        (0..periods).filter(|&period| !closed[period]).collect()
    }

    #[test]
    fn a_link_is_open_as_planned_and_then_once_in_every_interval() {
        let mut lots = lots(&[true, false, true, false]);
        assert_eq!(times(&lots, 9), [0, 2, 5, 8]);
        lots.move_on();
        lots.reach(6);
        assert_eq!(times(&lots, 9), [1, 4, 7]);
    }

    #[test]
    fn a_neighbour_has_one_order_moved_left_out_or_added() {
        let found: Vec<Vec<usize>> = lots(&[false, false, true, false, true])
            .neighbours(0, 0)
            .iter()
            .map(|other| times(other, 5))
            .collect();
        assert_eq!(found, [vec![4], vec![0, 4], vec![1, 4], vec![3, 4], vec![0, 2, 4]]);
        assert!(lots(&[false, true]).neighbours(0, 1).is_empty(), "there is no second order");
    }

    /// By hand: two links whose orders cost 75 a truck of 6, and 10 each. In period 0, 5 and 4 units need two trucks:
    /// 170; in period 1, 3 units of one a truck: 85.
    #[test]
    fn orders_together_cost_their_trucks_once() {
        let network = invmgmt_data::network_from_yaml(
            "products: [red, blue]\nnodes: [{id: works}, {id: shop, I0: {red: 6, blue: 4}, h: 1}, {id: town}]\nedges:\n  \
             - {from: works, to: shop, products: [red, blue], L: 0, p: 0, g: 0, K: 10}\n  \
             - {from: shop, to: town, p: 0, b: 19, demand_dist: poisson, dist_param: {mu: 2}}\n\
             joint: [{links: ['works -> shop'], K: 75, truck: 6, whole_trucks: true}]",
        )
        .unwrap_or_else(|error| panic!("{error}"));
        let lots = Lots::of(&network);
        assert_eq!(lots.0.iter().map(|schedule| schedule.fixed).collect::<Vec<f64>>(), [47.5, 47.5]);
        let cost = |ordered: &[f64]| lots.cost(&network, &Rules::default(), ordered, COUNTS);
        assert!((cost(&[5.0, 4.0, 0.0, 3.0]) - 255.0).abs() < 1e-9);
        assert_eq!(cost(&[0.0; 4]), 0.0);
        let mut orders = [2.0, 1.0];
        fill_trucks(&network, &mut orders, COUNTS);
        assert!((orders[0] - 4.0).abs() < 1e-9 && (orders[1] - 2.0).abs() < 1e-9, "a full truck: {orders:?}");
    }

    /// By hand: an order of 10 at a cost of 20 charges 2 a unit; one in the last period, with a third of its interval
    /// within the plan, a third of that.
    #[test]
    fn units_are_charged_the_cost_of_the_order_they_came_with() {
        let text = "nodes: [{id: farm}, {id: shop, I0: 9, h: 0.1}, {id: town}]\nedges:\n  \
                    - {from: farm, to: shop, L: 1, p: 1, g: 0, K: 20}\n  \
                    - {from: shop, to: town, p: 3, b: 0, demand_dist: poisson, dist_param: {mu: 4}}";
        let network = invmgmt_data::network_from_yaml(text).expect("valid");
        let mut lots = lots(&[true, false, true, true]);
        lots.charge(&network, &[10.0, 0.0, 0.0, 10.0], COUNTS, false);
        let charges = lots.charges(&Rules::default(), 1, 4);
        assert_eq!(charges, [2.0, 0.5, 0.5, 2.0 / 3.0]);
    }
}
