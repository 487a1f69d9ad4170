//! What the best plan costs at least, where an order costs something whatever its size.
//!
//! With a part of that cost for a part of an order, a programme orders a little in every period and lies far below any
//! plan. Rows that every plan obeys raise it: of what is ordered for a node in some periods S, no more has been sold by
//! period u than customers beyond the node want from when it can reach them until then, if it was ordered at all, and
//! what they still waited for; the rest is held at the node or beyond (the (l, S) inequalities of I. Barany, T. J. Van
//! Roy and L. A. Wolsey, "Strong formulations for multi-item capacitated lot sizing", 1984, on echelons). Those that an
//! answer breaks are added, until none is.

use invmgmt::network::{ManagedIx, MarketLinkIx, Network, SupplyLinkIx, Table, TableIndex};
use invmgmt::period::StateView;

use super::Window;
use crate::lp::{Basis, Place, Programme, RevisedSimplex, Row, RowKind, SolveError, Solver};
use crate::planning::Paths;

/// Most rounds of rows.
const ROUNDS: usize = 12;
/// Most columns of a programme that a bound is sought for: it is solved once a round.
const MOST_COLUMNS: usize = 5_000;
/// By how much an answer must break a row, in units of the programme's scale.
const BROKEN: f64 = 1e-6;
/// How far from 1 the part of a flow may be that arrives at once [1].
const ALL: f64 = 1e-9;

/// An order that may be made.
#[derive(Clone, Copy, Debug)]
pub(in crate::planning) struct Opening {
    pub link: SupplyLinkIx,
    /// Counted from the present one.
    pub period: usize,
    /// Its cost, whatever its size [money].
    pub cost: f64,
}

/// An order for a node, in columns: its flow, and the part of it that is paid for, in units of the most that is of use.
struct Order {
    flow: usize,
    paid: usize,
    /// Most that is of use within the plan [units].
    most: f64,
    /// The period in which it arrives.
    arrives: usize,
}

/// All orders for a node, and what becomes of them.
struct Echelon {
    orders: Vec<Order>,
    /// Per market beyond the node, the least number of periods that goods take from the node to it.
    markets: Vec<(MarketLinkIx, usize)>,
    /// Per period, columns of what is held at the node or beyond it at the end, and of what is lost until then.
    held: Vec<Vec<(usize, f64)>>,
}

/// A row that every plan obeys: entries that add up to at most a number.
struct Cut {
    entries: Vec<(usize, f64)>,
    right: f64,
}

impl Window {
    /// What a plan costs at least that pays for these orders besides [money]; none where there are several scenarios,
    /// or the programme is too large.
    ///
    /// # Errors
    /// [`SolveError`] where there is no plan, or none was found.
    pub fn least_cost(
        &mut self,
        state: &StateView<'_>,
        paths: &Paths,
        openings: &[Opening],
    ) -> Result<Option<f64>, SolveError> {
        if self.weights.len() > 1 || self.programme.costs().len() > MOST_COLUMNS {
            return Ok(None);
        }
        self.set_right_hand_sides(state, paths, |_| f64::INFINITY);
        self.set_buffers(paths);
        self.set_limits(state, paths);
        self.set_charges(state.network, paths);
        let mut paid: Vec<(f64, f64)> = Vec::new();
        let echelons = self.echelons(state.network, paths, openings, &mut paid);
        let mut cuts: Vec<Cut> = Vec::new();
        let mut known = self.solver.basis();
        let mut rounds = 0..ROUNDS;
        loop {
            let (programme, right) = self.with_cuts(&paid, &cuts);
            if let Some(Basis { columns, rows }) = &mut known {
                columns.resize(programme.costs().len(), Place::Lower);
                rows.resize(right.len(), Place::Basic);
            }
            let mut solver = RevisedSimplex::default();
            solver.start_from(known.take());
            let found = solver.solve(&programme, &right)?;
            known = solver.basis();
            let least = BROKEN * found.scale.quantity;
            let broken = echelons.iter().flat_map(|echelon| {
                (0..paths.periods())
                    .filter_map(|until| self.broken(state, paths, echelon, until, &found.values, least))
            });
            let broken: Vec<Cut> = broken.collect();
            if broken.is_empty() || rounds.next().is_none() {
                return Ok(Some(found.objective + self.buffers_cost));
            }
            cuts.extend(broken);
        }
    }

    /// The programme with columns for what is paid of orders (cost of a unit and most units), and these rows besides.
    fn with_cuts(&self, paid: &[(f64, f64)], cuts: &[Cut]) -> (Programme, Vec<f64>) {
        let (base, mut programme) = (&self.programme, Programme::default());
        let rows: Vec<Row> = base.kinds().iter().map(|&kind| programme.add_row(kind)).collect();
        let columns = base.costs().len();
        let mut further: Vec<Vec<(Row, f64)>> = vec![Vec::new(); columns + paid.len()];
        let mut right = self.right.clone();
        for cut in cuts {
            let row = programme.add_row(RowKind::AtMost);
            cut.entries.iter().for_each(|&(column, value)| further[column].push((row, value)));
            right.push(cut.right);
        }
        for (column, mut entries) in further.into_iter().enumerate() {
            let (cost, most) = match column.checked_sub(columns) {
                Some(at) => paid[at],
                None => (base.costs()[column], base.uppers()[column]),
            };
            if column < columns {
                entries.extend(base.column(column).map(|(row, value)| (rows[row], value)));
            }
            let added = programme.add_column(cost, &entries);
            programme.set_upper(added, most);
        }
        (programme, right)
    }

    /// The orders of each node that pays for them, as far as it can be told what becomes of them; adds a column each.
    fn echelons(
        &self,
        network: &Network,
        paths: &Paths,
        openings: &[Opening],
        paid: &mut Vec<(f64, f64)>,
    ) -> Vec<Echelon> {
        let columns = self.programme.costs().len();
        let mut echelons = Vec::new();
        for node in network.managed.indices() {
            let is_own = |opening: &&Opening| {
                network.supply[opening.link].buyer == node && self.terms.ledger_of[opening.link].is_none()
            };
            let own: Vec<&Opening> = openings.iter().filter(is_own).collect();
            if own.is_empty() {
                continue;
            }
            let ways = self.ways(network, node);
            let Some(held) = self.held(network, &ways, paths.periods()) else { continue };
            let beyond = network.market.iter();
            let markets: Vec<_> =
                beyond.filter_map(|(link, row)| Some((link, ways[row.retailer]?))).collect();
            let mut orders = Vec::new();
            for opening in own {
                let flow =
                    self.columns.flows[opening.period * network.supply.len() + opening.link.position()];
                let Some(arrives) = self.arrival(node, flow.position()) else { continue };
                let most = wanted(paths, &markets, arrives, paths.periods() - 1);
                if most > 0.0 {
                    orders.push(Order { flow: flow.position(), paid: columns + paid.len(), most, arrives });
                    paid.push((opening.cost / most, most));
                }
            }
            echelons.push(Echelon { orders, markets, held });
        }
        echelons
    }

    /// Of each node that goods of a node may come to, the least number of periods that takes.
    fn ways(&self, network: &Network, node: ManagedIx) -> Table<ManagedIx, Option<usize>> {
        let mut ways: Table<ManagedIx, Option<usize>> = vec![None; network.managed.len()].into();
        ways[node] = Some(0);
        for at in network.buyers_first().into_iter().rev() {
            let Some(way) = ways[at] else { continue };
            let waits = usize::from(self.rows[0].shipping[at.position()].is_some());
            for &link in &network.managed[at].outgoing {
                let row = &network.supply[link];
                let least = if row.lead_law.is_some() { 0 } else { row.lead_time };
                let then = way + waits + least;
                ways[row.buyer] = Some(ways[row.buyer].map_or(then, |before| before.min(then)));
            }
        }
        ways
    }

    /// The period in which all of a flow arrives at a node; none if it does not, at once, within the plan.
    fn arrival(&self, node: ManagedIx, flow: usize) -> Option<usize> {
        let mut arrivals = self.programme.column(flow).filter_map(|(row, value)| {
            let of = |rows: &super::PeriodRows| rows.balance[node.position()].position() == row;
            Some((self.rows.iter().position(of)?, value))
        });
        let (period, value) = arrivals.next()?;
        (arrivals.next().is_none() && (value + 1.0).abs() < ALL).then_some(period)
    }

    /// Per period, what these nodes hold at its end, what is on its way between them, and what was lost until then;
    /// none where goods multiply on the way.
    fn held(
        &self,
        network: &Network,
        ways: &Table<ManagedIx, Option<usize>>,
        periods: usize,
    ) -> Option<Vec<Vec<(usize, f64)>>> {
        // The balances of all nodes and periods until then, added up: flows from outside and sales aside.
        let mut balances: Vec<Option<usize>> = vec![None; self.right.len()];
        let mut served = vec![false; self.right.len()];
        for (period, rows) in self.rows.iter().enumerate() {
            for node in network.managed.indices().filter(|&node| ways[node].is_some()) {
                balances[rows.balance[node.position()].position()] = Some(period);
            }
            let waiting = rows.waiting.iter().flatten();
            rows.demand.iter().chain(waiting).for_each(|row| served[row.position()] = true);
        }
        let from_outside = |at: usize| {
            at < self.others && {
                let link = SupplyLinkIx::from_position(at % network.supply.len());
                network.inputs(link).all(|(node, _)| ways[node].is_none())
            }
        };
        let mut held = vec![Vec::new(); periods];
        for column in (0..self.programme.costs().len()).filter(|&column| !from_outside(column)) {
            let entries: Vec<(usize, f64)> = self.programme.column(column).collect();
            if entries.iter().any(|&(row, _)| served[row]) {
                continue;
            }
            let at = |&(row, value): &(usize, f64)| Some((balances[row]?, value));
            let changes: Vec<(usize, f64)> = entries.iter().filter_map(at).collect();
            for (period, held) in held.iter_mut().enumerate().filter(|_| !changes.is_empty()) {
                let until = changes.iter().filter(|(then, _)| *then <= period);
                let sum: f64 = until.map(|(_, value)| value).sum();
                if sum < -ALL {
                    return None;
                }
                if sum > ALL {
                    held.push((column, sum));
                }
            }
        }
        Some(held)
    }

    /// The row on what was ordered for a node and sold until a period that these values break most, if they break one.
    fn broken(
        &self,
        state: &StateView<'_>,
        paths: &Paths,
        echelon: &Echelon,
        until: usize,
        values: &[f64],
        least: f64,
    ) -> Option<Cut> {
        let value = |entries: &[(usize, f64)]| -> f64 {
            entries.iter().map(|&(column, entry)| entry * values[column]).sum()
        };
        let (mut over, mut cut) = (0.0, Cut { entries: Vec::new(), right: 0.0 });
        for order in echelon.orders.iter().filter(|order| order.arrives <= until) {
            let wanted = wanted(paths, &echelon.markets, order.arrives, until);
            let mut entries = vec![(order.flow, 1.0), (order.paid, -wanted / order.most)];
            let reached = echelon.markets.iter().filter(|(_, way)| order.arrives + way <= until);
            let waiting = self.waiting_before(state, reached, order.arrives, &mut entries);
            let by = value(&entries) - waiting;
            if by > least {
                over += by;
                cut.entries.extend(entries);
                cut.right += waiting;
            }
        }
        if over <= value(&echelon.held[until]) + least {
            return None;
        }
        cut.entries.extend(echelon.held[until].iter().map(|&(column, entry)| (column, -entry)));
        Some(cut)
    }

    /// What customers still wait for when goods that reach a node in a period can reach them: adds its columns, less,
    /// and tells what is known of it [units].
    fn waiting_before<'a>(
        &self,
        state: &StateView<'_>,
        markets: impl Iterator<Item = &'a (MarketLinkIx, usize)>,
        arrives: usize,
        entries: &mut Vec<(usize, f64)>,
    ) -> f64 {
        let per_period = self.short_links.len();
        let mut known = 0.0;
        for &(link, way) in markets {
            if !self.terms.waits[link] && self.terms.customers[link].is_none() {
                continue;
            }
            let Some(before) = (arrives + way).checked_sub(1) else {
                known += state.waiting(link);
                continue;
            };
            let columns = &self.columns.shortages[before * per_period..];
            let own = self.short_links.iter().zip(columns).filter(|(short, _)| **short == link);
            entries.extend(own.map(|(_, (column, _))| (column.position(), -1.0)));
        }
        known
    }
}

/// What these customers want from when goods that reach a node in a period can reach them until another [units].
fn wanted(paths: &Paths, markets: &[(MarketLinkIx, usize)], arrives: usize, until: usize) -> f64 {
    let of = |&(link, way): &(MarketLinkIx, usize)| {
        (arrives + way..=until).map(|period| paths.demand(0, period, link)).sum::<f64>()
    };
    markets.iter().map(of).sum()
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use invmgmt::Problem;
    use invmgmt::demand::{DemandConfig, DemandModel};
    use invmgmt::episode::Episode;
    use invmgmt::period::Rules;
    use invmgmt::random::{Pcg64, Stream};

    use super::*;
    use crate::lp::Method;

    /// A network, what is wanted in each period, and the openings of all its links but for their costs.
    struct Case {
        problem: Problem,
        paths: Paths,
        openings: Vec<Opening>,
    }

    impl Case {
        fn new(text: &str, waits: bool, demand: &[f64], fixed: &[f64]) -> Self {
            let network = invmgmt_data::network_from_yaml(text).unwrap_or_else(|error| panic!("{error}"));
            let (links, markets) = (network.supply.len(), network.market.len());
            let mut paths = Paths::default();
            let periods = demand.len() / markets;
            paths.reset(1, periods, markets);
            for (at, &wanted) in demand.iter().enumerate() {
                paths.set(0, at / markets, MarketLinkIx::from_position(at % markets), wanted);
            }
            let model = DemandModel::new(DemandConfig::default()).expect("usable");
            let rules = Rules { backlog: waits, discount: 1.0 };
            let problem = Problem::new(network, model, rules, periods + 20);
            let opening = |at: usize| Opening {
                link: SupplyLinkIx::from_position(at % links),
                period: at / links,
                cost: fixed[at % links],
            };
            Self { problem, paths, openings: (0..periods * links).map(opening).collect() }
        }

        /// The bound with these openings, and what the best plan costs, found by trying all there are.
        fn bound_and_best(&mut self) -> (f64, f64) {
            let episode = Episode::begin(&self.problem, 1).expect("an episode");
            let (state, network) = (episode.view(), &self.problem.network);
            let mut window = Window::new(network, &self.problem.rules, &self.paths, Method::RevisedSimplex);
            let mut best = f64::INFINITY;
            for pattern in 0..1_u32 << self.openings.len() {
                let is_closed = |at: usize| pattern >> at & 1 == 0;
                self.paths.closed = (0..self.openings.len()).map(is_closed).collect();
                let plan = window.solve(&state, &self.paths).expect("solvable").objective;
                let open = self.openings.iter().enumerate().filter(|&(at, _)| !is_closed(at));
                best = best.min(plan + open.map(|(_, opening)| opening.cost).sum::<f64>());
            }
            self.paths.closed.clear();
            let bound = window.least_cost(&state, &self.paths, &self.openings).expect("solvable");
            (bound.expect("small"), best)
        }
    }

    /// A shop alone whose customers are all served: the rows are all there are, and the bound is what Wagner and
    /// Whitin's recursion finds.
    #[test]
    fn the_bound_on_a_single_shop_is_the_cost_of_its_best_lots() {
        let mut stream = Pcg64::seeded(7);
        let mut below = |limit: f64| (stream.next_f64() * limit).floor();
        for _ in 0..20 {
            let (fixed, demand) = (10.0 + below(90.0), (0..8).map(|_| below(20.0)).collect::<Vec<f64>>());
            let text = "nodes: [{id: farm}, {id: shop, I0: 0, h: 1}, {id: town}]\nedges:\n  \
                        - {from: farm, to: shop, L: 0, p: 0, g: 0, K: 1}\n  \
                        - {from: shop, to: town, p: 0, b: 1000, demand_dist: poisson, dist_param: {mu: 5}}";
            let (bound, best) = Case::new(text, false, &demand, &[fixed]).bound_and_best();
            let mut costs = vec![0.0];
            for end in 1..=demand.len() {
                let holds = |from: usize| {
                    let held = demand[from..end].iter().enumerate().map(|(age, units)| age as f64 * units);
                    costs[from]
                        + held.sum::<f64>()
                        + if demand[from..end].iter().any(|&units| units > 0.0) { fixed } else { 0.0 }
                };
                costs.push((0..end).map(holds).fold(f64::INFINITY, f64::min));
            }
            assert!((best - costs[8]).abs() < 1e-6 * best.max(1.0), "{best}, by the recursion {}", costs[8]);
            assert!((bound - best).abs() < 1e-3 * best.max(1.0), "{bound} of {best}: {demand:?}");
        }
    }

    /// A depot and one or two shops, with lead times, stock and customers of all kinds.
    fn network(below: &mut impl FnMut(f64) -> f64, shops: usize) -> String {
        let mut text = format!("nodes:\n  - {{id: farm}}\n  - {{id: depot, I0: {}, h: 0.3}}\n", below(15.0));
        for shop in 0..shops {
            write!(
                text,
                "  - {{id: shop{shop}, I0: {}, h: 0.{}}}\n  - {{id: town{shop}}}\n",
                below(15.0),
                4.0 + below(3.0)
            )
            .expect("a string");
        }
        write!(text, "edges:\n  - {{from: farm, to: depot, L: {}, p: 2, g: 0, K: 1}}\n", below(2.0))
            .expect("a string");
        for shop in 0..shops {
            write!(
                text,
                "  - {{from: depot, to: shop{shop}, L: {}, p: 3, g: 0.1, K: 1}}\n  \
                 - {{from: shop{shop}, to: town{shop}, p: 9, b: {}, demand_dist: poisson, dist_param: {{mu: 9}}}}\n",
                below(2.0),
                1.0 + below(6.0)
            )
            .expect("a string");
        }
        text
    }

    #[test]
    fn no_plan_costs_less_than_the_bound_which_comes_near_the_best_one() {
        let mut stream = Pcg64::seeded(11);
        let mut below = |limit: f64| (stream.next_f64() * limit).floor();
        let (mut left, mut open) = (0.0, 0.0);
        for case in 0..24 {
            let shops = 1 + case % 2;
            let (links, periods) = (1 + shops, if shops == 1 { 5 } else { 3 });
            let text = network(&mut below, shops);
            let fixed: Vec<f64> = (0..links).map(|_| 2.0 + below(40.0)).collect();
            let demand: Vec<f64> = (0..periods * shops).map(|_| below(16.0)).collect();
            let mut case = Case::new(&text, below(2.0) > 0.0, &demand, &fixed);
            let (bound, best) = case.bound_and_best();
            assert!(bound <= best + 1e-6 * best.abs().max(1.0), "{bound} above {best}:\n{text}");
            case.openings.iter_mut().for_each(|opening| opening.cost = 0.0);
            let (free, _) = case.bound_and_best();
            assert!(bound >= free - 1e-6 * free.abs().max(1.0), "{bound} below {free}");
            (left, open) = (left + best - bound, open + best - free);
        }
        assert!(left < 0.2 * open, "of what orders cost {open}, {left} is left open");
    }
}
