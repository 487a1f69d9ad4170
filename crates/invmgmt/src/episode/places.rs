//! Key figures of single places, gathered period by period: what a node's customers got, what it held, lost and paid.

use super::{History, SHORTAGE_TOLERANCE, Symbol};
use crate::network::{ManagedIx, MarketLinkIx, Network, Part, SupplyLinkIx, Table, TableIndex};
use crate::period::{ExtraCosts, Flows, Lanes, Losses, Rules};

/// Units up to this are no delivery: requests of so little are none [units].
const NOTHING: f64 = 1e-9;

/// What one period was at a managed node, in each of several episodes.
#[derive(Clone, Copy, Debug, Default)]
pub struct NodePeriod<const W: usize> {
    /// Stock at the end [units].
    pub stock: Lanes<W>,
    /// Units that left the stock for buyers, customers and recipes [units of stock].
    pub left: Lanes<W>,
    /// Those of them that recipes used [units of stock].
    pub used: Lanes<W>,
    /// Units made or shipped for buyers [units].
    pub shipped: Lanes<W>,
    /// Units put into stock before customers were served [units].
    pub arrived: Lanes<W>,
    /// Units put into stock after the books were closed [units].
    pub arrived_last: Lanes<W>,
    /// Stock beyond a room that keeps everything, when the books are closed [units].
    pub crowded: Lanes<W>,
    /// Units customers wanted [units].
    pub demand: Lanes<W>,
    /// Units sold to customers [units].
    pub sold: Lanes<W>,
    /// Units sold to customers who came in this period [units].
    pub met_at_once: Lanes<W>,
    /// Units of demand left unmet [units].
    pub unmet: Lanes<W>,
    /// Units customers wait for at the end [units].
    pub waiting: Lanes<W>,
    /// Units that left the books.
    pub losses: Losses<Lanes<W>>,
    /// Costs that only mechanisms have, before discounting [money].
    pub costs: ExtraCosts<Lanes<W>>,
    /// Discounted profit [money].
    pub profit: Lanes<W>,
}

/// What the periods of an episode come to at a managed node, or at all of them together.
///
/// A *cycle* of a node that sells to customers is a row of periods of selling between one delivery and the next; the
/// last one ends with the episode.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct NodeSums<T = f64> {
    /// Stock at the ends of periods [unit periods].
    pub stock: T,
    /// Units that left the stock for buyers, customers and recipes [units of stock].
    pub left: T,
    /// Units made or shipped for buyers [units].
    pub shipped: T,
    /// Units put into stock [units].
    pub arrived: T,
    /// Stock beyond a room that keeps everything [unit periods].
    pub crowded: T,
    /// Units customers wanted [units].
    pub demand: T,
    /// Units sold to customers [units].
    pub sold: T,
    /// Units sold to customers in the period in which they came [units].
    pub met_at_once: T,
    /// Units customers waited for at the ends of periods [unit periods].
    pub waiting: T,
    /// Cycles begun.
    pub cycles: T,
    /// Those of them in which nobody went without.
    pub served_cycles: T,
    /// Units that left the books.
    pub losses: Losses<T>,
    /// Discounted costs that only mechanisms have [money].
    pub costs: ExtraCosts<T>,
    /// Discounted profit [money].
    pub profit: T,
    /// 1 where somebody went without since the last delivery, else 0.
    short: T,
    /// 1 where the next period of selling begins a cycle, else 0.
    delivered: T,
}

impl<const W: usize> NodeSums<Lanes<W>> {
    /// Sums before the first period, which begins a cycle.
    fn begun() -> Self {
        Self { delivered: Lanes::splat(1.0), ..Self::default() }
    }

    /// Adds a period, whose money counts `weight`.
    #[inline(always)]
    fn add(&mut self, period: &NodePeriod<W>, weight: Lanes<W>) {
        self.stock += period.stock;
        self.left += period.left;
        self.shipped += period.shipped;
        self.arrived += period.arrived + period.arrived_last;
        self.crowded += period.crowded;
        self.demand += period.demand;
        self.sold += period.sold;
        self.met_at_once += period.met_at_once;
        self.waiting += period.waiting;
        let delivered = |units: Lanes<W>| Lanes::of(|lane| if units[lane] > NOTHING { 1.0 } else { 0.0 });
        let begins = (self.delivered + delivered(period.arrived)).if_positive(1.0);
        self.delivered = delivered(period.arrived_last);
        let was_short = self.short - self.short * begins;
        let short = Lanes::of(|lane| if period.unmet[lane] > SHORTAGE_TOLERANCE { 1.0 } else { 0.0 });
        self.short = (was_short + short).if_positive(1.0);
        self.cycles += begins;
        self.served_cycles += begins - (self.short - was_short);
        self.losses.add(&period.losses);
        self.costs.add(&period.costs, weight);
        self.profit += period.profit;
    }

    fn lane(&self, lane: usize) -> NodeSums {
        NodeSums::of_numbers(&self.to_numbers().map(|number| number[lane]))
    }
}

impl<T: Copy + Default> NodeSums<T> {
    /// Numbers of [`NodeSums::to_numbers`].
    const NUMBERS: usize = 23;

    /// Every number of it, in the order in which they are kept elsewhere.
    fn numbers_mut(&mut self) -> [&mut T; 23] {
        let (losses, costs) = (&mut self.losses, &mut self.costs);
        [
            &mut self.stock,
            &mut self.left,
            &mut self.shipped,
            &mut self.arrived,
            &mut self.crowded,
            &mut self.demand,
            &mut self.sold,
            &mut self.met_at_once,
            &mut self.waiting,
            &mut self.cycles,
            &mut self.served_cycles,
            &mut losses.wasted,
            &mut losses.overflowed,
            &mut losses.destroyed,
            &mut losses.lost_on_the_way,
            &mut losses.lost_requests,
            &mut costs.late,
            &mut costs.waste,
            &mut costs.overflow,
            &mut costs.joint,
            &mut self.profit,
            &mut self.short,
            &mut self.delivered,
        ]
    }

    fn to_numbers(mut self) -> [T; 23] {
        self.numbers_mut().map(|number| *number)
    }

    fn of_numbers(numbers: &[T; 23]) -> Self {
        let mut sums = Self::default();
        sums.numbers_mut().into_iter().zip(numbers).for_each(|(place, &number)| *place = number);
        sums
    }
}

impl NodeSums {
    /// Demand met in its own period over demand; 1 without demand [1].
    pub fn immediate_fill_rate(&self) -> f64 {
        share(self.met_at_once, self.demand, 1.0)
    }

    /// Units sold after the period they were wanted in over units wanted; 0 without demand [1].
    pub fn late_share(&self) -> f64 {
        share((self.sold - self.met_at_once).max(0.0), self.demand, 0.0)
    }

    /// Periods that a unit wanted waits on average, one met at once counting 0; 0 without demand [periods].
    pub fn mean_wait(&self) -> f64 {
        share(self.waiting, self.demand, 0.0)
    }

    /// Share of cycles in which nobody went without; 1 before the first [1].
    pub fn cycle_service(&self) -> f64 {
        share(self.served_cycles, self.cycles, 1.0)
    }

    /// Units that spoiled over units that left or spoiled; 0 where there were none [1].
    pub fn waste_share(&self) -> f64 {
        share(self.losses.wasted, self.left + self.losses.wasted, 0.0)
    }

    /// Units that found no room: thrown away, or beyond a room that keeps them, added up over periods [units].
    pub fn overflow(&self) -> f64 {
        self.losses.overflowed + self.crowded
    }

    /// Adds another node's, cycles only where it has customers.
    fn add_node(&mut self, other: &Self, has_customers: bool) {
        self.stock += other.stock;
        self.left += other.left;
        self.shipped += other.shipped;
        self.arrived += other.arrived;
        self.crowded += other.crowded;
        self.demand += other.demand;
        self.sold += other.sold;
        self.met_at_once += other.met_at_once;
        self.waiting += other.waiting;
        if has_customers {
            self.cycles += other.cycles;
            self.served_cycles += other.served_cycles;
        }
        self.losses.add(&other.losses);
        self.costs.add(&other.costs, 1.0);
        self.profit += other.profit;
    }
}

/// A part of a whole; `of_nothing` where there is no whole.
pub(super) fn share(part: f64, whole: f64, of_nothing: f64) -> f64 {
    if whole > 0.0 { part / whole } else { of_nothing }
}

/// What the periods of an episode come to, place by place.
#[derive(Clone, Debug, PartialEq)]
pub struct PlaceSums {
    /// Periods played.
    pub periods: usize,
    /// Per managed node.
    pub nodes: Table<ManagedIx, NodeSums>,
    /// Units filled, per supply link [units].
    pub filled: Table<SupplyLinkIx, f64>,
}

impl PlaceSums {
    /// All nodes together. Units shipped between nodes count at each that ships them.
    pub fn together(&self, network: &Network) -> NodeSums {
        let mut all = NodeSums::default();
        for ((_, row), node) in network.managed.iter().zip(self.nodes.rows()) {
            all.add_node(node, !row.markets.is_empty());
        }
        all
    }

    /// What links with a cap carried over what they could have [units]; none without such links.
    pub fn cap_use(&self, network: &Network) -> Option<(f64, f64)> {
        let caps = &network.physics.as_ref()?.caps;
        let carried: f64 = caps.iter().map(|&(link, _)| self.filled[link]).sum();
        let could: f64 = caps.iter().map(|&(_, cap)| self.periods as f64 * cap).sum();
        (!caps.is_empty()).then_some((carried, could))
    }

    /// What a factory made over what it could have [units]; none where it has no limit, or is none.
    pub fn capacity_use(&self, network: &Network, node: ManagedIx) -> Option<(f64, f64)> {
        let capacity = network.managed[node].factory.as_ref()?.capacity;
        capacity.is_finite().then(|| (self.nodes[node].shipped, self.periods as f64 * capacity))
    }
}

/// Sums in the making, of several episodes that play the same periods.
#[derive(Clone, Debug)]
pub struct PlaceAccumulator<const W: usize> {
    periods: usize,
    nodes: Table<ManagedIx, NodeSums<Lanes<W>>>,
    filled: Table<SupplyLinkIx, Lanes<W>>,
    /// Where what customers wait for stands in a state row, per market link that has terms of its own.
    waiting: Table<MarketLinkIx, Option<std::ops::Range<usize>>>,
}

impl<const W: usize> PlaceAccumulator<W> {
    /// Nothing played yet.
    pub fn new(network: &Network) -> Self {
        let first = network.layout.start(Part::Waiting);
        let terms = |link| {
            let physics = network.physics.as_ref()?;
            let terms = &physics.customers[physics.terms_of[link]?];
            Some(first + terms.first..first + terms.first + terms.length())
        };
        Self {
            periods: 0,
            nodes: vec![NodeSums::begun(); network.managed.len()].into(),
            filled: vec![Lanes::ZERO; network.supply.len()].into(),
            waiting: network.market.indices().map(terms).collect::<Vec<_>>().into(),
        }
    }

    /// Forgets every period.
    pub fn clear(&mut self) {
        self.periods = 0;
        self.nodes.rows_mut().fill(NodeSums::begun());
        self.filled.rows_mut().fill(Lanes::ZERO);
    }

    /// Adds the period just played, `rows` being the states after it.
    #[inline(always)]
    pub fn add(&mut self, network: &Network, rules: &Rules, rows: &[[f64; W]], flows: &Flows<W>) {
        let weight = Lanes::splat(rules.weight(self.periods));
        self.periods += 1;
        for node in network.managed.indices() {
            let period = played(network, &self.waiting, &[*rules; W], rows, flows, node);
            self.nodes[node].add(&period, weight);
        }
        for (sum, filled) in self.filled.rows_mut().iter_mut().zip(flows.filled_lanes()) {
            *sum += filled;
        }
    }

    /// Adds the period just played to the sums of the rows of a block that are `playing`, each of an episode of its
    /// own.
    #[inline(always)]
    pub(crate) fn add_to_rows(
        sums: &mut [PlaceAccumulator<1>],
        playing: &[bool; W],
        network: &Network,
        rules: &[Rules; W],
        rows: &[[f64; W]],
        flows: &Flows<W>,
    ) {
        let Some(waiting) = sums.first().map(|first| first.waiting.clone()) else { return };
        let weights: [f64; W] =
            std::array::from_fn(|lane| sums.get(lane).map_or(1.0, |sums| rules[lane].weight(sums.periods)));
        let places = sums.len().min(W);
        for node in network.managed.indices() {
            let period = played(network, &waiting, rules, rows, flows, node);
            for lane in (0..places).filter(|&lane| playing[lane]) {
                sums[lane].nodes[node].add(&period.lane(lane), Lanes::splat(weights[lane]));
            }
        }
        for lane in (0..places).filter(|&lane| playing[lane]) {
            sums[lane].periods += 1;
            for (sum, filled) in sums[lane].filled.rows_mut().iter_mut().zip(flows.filled(lane)) {
                *sum += Lanes::splat(filled);
            }
        }
    }

    /// The sums of one episode.
    pub fn lane(&self, lane: usize) -> PlaceSums {
        let nodes: Vec<NodeSums> = self.nodes.rows().iter().map(|node| node.lane(lane)).collect();
        let filled: Vec<f64> = self.filled.rows().iter().map(|filled| filled[lane]).collect();
        PlaceSums { periods: self.periods, nodes: nodes.into(), filled: filled.into() }
    }
}

impl PlaceAccumulator<1> {
    /// All that was added so far, to be kept elsewhere.
    pub fn to_numbers(&self) -> Vec<f64> {
        let nodes = self.nodes.rows().iter().flat_map(|node| node.lane(0).to_numbers());
        let filled = self.filled.rows().iter().map(|filled| filled[0]);
        std::iter::once(self.periods as f64).chain(nodes).chain(filled).collect()
    }

    /// Puts back what [`PlaceAccumulator::to_numbers`] gave, of a network of the same shape.
    pub fn put_numbers(&mut self, numbers: &[f64]) {
        let Some((&periods, rest)) = numbers.split_first() else { return };
        self.periods = periods as usize;
        let (nodes, filled) = rest.split_at(self.nodes.len() * NodeSums::<f64>::NUMBERS);
        for (node, numbers) in self.nodes.rows_mut().iter_mut().zip(nodes.as_chunks().0) {
            *node = NodeSums::of_numbers(&numbers.map(Lanes::splat));
        }
        for (sum, &filled) in self.filled.rows_mut().iter_mut().zip(filled) {
            *sum = Lanes::splat(filled);
        }
    }
}

/// The period just played at a managed node, `rows` being the states after it.
#[inline(always)]
fn played<const W: usize>(
    network: &Network,
    waiting: &Table<MarketLinkIx, Option<std::ops::Range<usize>>>,
    rules: &[Rules; W],
    rows: &[[f64; W]],
    flows: &Flows<W>,
    node: ManagedIx,
) -> NodePeriod<W> {
    let at = |part: Part, position: usize| Lanes::from(rows[network.layout.start(part) + position]);
    let mut period = flows.node_period(network, node);
    period.stock = at(Part::OnHand, node.position());
    for &link in &network.managed[node].markets {
        let unmet = at(Part::Unmet, link.position());
        period.add_customers(at(Part::Demand, link.position()), unmet);
        match &waiting[link] {
            Some(slots) => rows[slots.clone()].iter().for_each(|&slot| period.waiting += slot.into()),
            None => period.waiting += Lanes::of(|lane| if rules[lane].backlog { unmet[lane] } else { 0.0 }),
        }
    }
    period
}

impl<const W: usize> NodePeriod<W> {
    /// One episode's.
    fn lane(&self, lane: usize) -> NodePeriod<1> {
        let one = |of: Lanes<W>| Lanes::splat(of[lane]);
        let (losses, costs) = (self.losses.lane(lane), self.costs.lane(lane));
        NodePeriod {
            stock: one(self.stock),
            left: one(self.left),
            used: one(self.used),
            shipped: one(self.shipped),
            arrived: one(self.arrived),
            arrived_last: one(self.arrived_last),
            crowded: one(self.crowded),
            demand: one(self.demand),
            sold: one(self.sold),
            met_at_once: one(self.met_at_once),
            unmet: one(self.unmet),
            waiting: one(self.waiting),
            losses: losses.map(Lanes::splat),
            costs: costs.map(Lanes::splat),
            profit: one(self.profit),
        }
    }

    /// Adds what customers of a market link wanted and did not get. Who waits is served first: what is unmet is this
    /// period's demand before any other.
    #[inline(always)]
    fn add_customers(&mut self, demand: Lanes<W>, unmet: Lanes<W>) {
        self.demand += demand;
        self.unmet += unmet;
        self.met_at_once += (demand - unmet).positive();
    }
}

/// The sums of a record.
pub fn places<'a>(network: &Network, history: impl Into<History<'a>>) -> PlaceSums {
    let history = history.into();
    let mut sums = PlaceAccumulator::<1>::new(network);
    for t in 0..history.periods_played {
        for node in network.managed.indices() {
            // The money of a record is discounted already.
            sums.nodes[node].add(&recorded(network, &history, node, t), Lanes::splat(1.0));
        }
        let filled = &history[Symbol::Filled][t * network.supply.len()..];
        for (sum, &filled) in sums.filled.rows_mut().iter_mut().zip(filled) {
            *sum += Lanes::splat(filled);
        }
    }
    sums.periods = history.periods_played;
    sums.lane(0)
}

/// A period of a record at a managed node.
fn recorded(network: &Network, history: &History<'_>, node: ManagedIx, t: usize) -> NodePeriod<1> {
    let row = &network.managed[node];
    let at = |symbol: Symbol, column: usize, row: usize| {
        let width = symbol.width(network);
        if width == 0 { 0.0 } else { history[symbol][row * width + column] }
    };
    let of_node = |symbol: Symbol| Lanes::splat(at(symbol, row.node.position(), t));
    let moved = |link: crate::network::LinkIx| at(Symbol::Moved, link.position(), t);
    // What recipes take is no shipment.
    let sells = |link: &&SupplyLinkIx| network.supply[**link].recipe.is_none();
    let shipped: f64 = row.outgoing.iter().filter(sells).map(|&link| moved(network.supply[link].link)).sum();
    let sold: f64 = row.markets.iter().map(|&link| moved(network.market[link].link)).sum();
    let arrived = match network.physics {
        Some(_) => of_node(Symbol::Arrived),
        None => Lanes::splat(row.incoming.iter().map(|&link| due(history, network, link, t)).sum()),
    };
    let mut period = NodePeriod {
        stock: Lanes::splat(at(Symbol::OnHand, row.node.position(), t + 1)),
        left: row.stock_per_unit * Lanes::splat(shipped) + Lanes::splat(sold) + of_node(Symbol::Used),
        used: of_node(Symbol::Used),
        shipped: Lanes::splat(shipped),
        arrived,
        arrived_last: of_node(Symbol::ArrivedLast),
        crowded: of_node(Symbol::Crowded),
        sold: Lanes::splat(sold),
        losses: Losses {
            wasted: of_node(Symbol::Wasted),
            overflowed: of_node(Symbol::Overflowed),
            destroyed: of_node(Symbol::Destroyed),
            lost_on_the_way: of_node(Symbol::LostOnTheWay),
            lost_requests: of_node(Symbol::LostRequests),
        },
        costs: ExtraCosts {
            late: of_node(Symbol::LatePenalty),
            waste: of_node(Symbol::WasteCost),
            overflow: of_node(Symbol::OverflowCost),
            joint: of_node(Symbol::JointCost),
        },
        profit: of_node(Symbol::Profit),
        ..NodePeriod::default()
    };
    for &link in &row.markets {
        let unmet = at(Symbol::Unmet, link.position(), t);
        period.add_customers(Lanes::splat(at(Symbol::Demand, link.position(), t)), Lanes::splat(unmet));
        let waits = match network.physics.as_ref().and_then(|physics| physics.terms_of[link]) {
            Some(column) => at(Symbol::Waiting, column, t + 1),
            None if history.backlog => unmet,
            None => 0.0,
        };
        period.waiting += Lanes::splat(waits);
    }
    period
}

/// What was received on a link of a plain network: what was filled a lead time before, and not what is on order no
/// longer, since a small delivery drowns in the rounding of a large order book.
fn due(history: &History<'_>, network: &Network, link: SupplyLinkIx, t: usize) -> f64 {
    let shipped = t.checked_sub(network.supply[link].lead_time);
    shipped.map_or(0.0, |shipped| history[Symbol::Filled][shipped * network.supply.len() + link.position()])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(arrived: f64, arrived_last: f64, unmet: f64) -> NodePeriod<1> {
        let one = Lanes::splat;
        NodePeriod {
            arrived: one(arrived),
            arrived_last: one(arrived_last),
            unmet: one(unmet),
            ..NodePeriod::default()
        }
    }

    fn played(periods: &[(f64, f64, f64)]) -> NodeSums {
        let mut sums = NodeSums::begun();
        for &(arrived, arrived_last, unmet) in periods {
            sums.add(&period(arrived, arrived_last, unmet), Lanes::splat(1.0));
        }
        sums.lane(0)
    }

    /// By hand: deliveries before the sale of periods 0, 2 and 5, so cycles 0-1, 2-4 and 5; somebody goes without in
    /// the second one, twice.
    #[test]
    fn a_cycle_goes_from_delivery_to_delivery_and_is_short_once() {
        let periods = [(4.0, 0.0), (0.0, 0.0), (7.0, 1.0), (0.0, 0.0), (0.0, 3.0), (2.0, 0.0)];
        let sums = played(&periods.map(|(arrived, unmet)| (arrived, 0.0, unmet)));
        assert_eq!((sums.cycles, sums.served_cycles, sums.cycle_service()), (3.0, 2.0, 2.0 / 3.0));
    }

    /// A stretch without any delivery is one cycle, and what comes after the books are closed begins the next.
    #[test]
    fn what_is_received_last_begins_the_cycle_of_the_next_period() {
        let sums = played(&[(0.0, 0.0, 0.0), (0.0, 0.0, 2.0), (0.0, 0.0, 1.0)]);
        assert_eq!((sums.cycles, sums.cycle_service()), (1.0, 0.0));
        let sums = played(&[(0.0, 3.0, 0.0), (0.0, 0.0, 1.0), (0.0, 3.0, 1.0), (0.0, 3.0, 0.0)]);
        // Periods 0, 1-2 and 3; the last delivery begins one that nobody sees.
        assert_eq!((sums.cycles, sums.served_cycles), (3.0, 2.0));
    }

    #[test]
    fn without_demand_and_before_the_first_period_all_was_served() {
        let sums = played(&[]);
        assert_eq!((sums.immediate_fill_rate(), sums.cycle_service()), (1.0, 1.0));
        assert_eq!((sums.late_share(), sums.mean_wait(), sums.waste_share()), (0.0, 0.0, 0.0));
    }
}
