//! The common programme of all planners: so many periods of play as a linear programme.
//!
//! Per period it chooses the flow on every supply link, sales and shortage on every market link and the stock of
//! every managed node at the end; all continuous. Its rows are the kernel's rules: stock balances, suppliers ship
//! what they held at the start of the period, factories within their capacity, unmet demand waits or is lost. Its
//! cost is the negative of profit. Fixed order costs are left out, stock at the end of the window is worth its salvage
//! value if the episode ends there and else nothing,
//! and what is already on its way costs what it costs (benchmark of gym-invmgmt, common programme of Oracle, DLP and
//! MSSP).

use invmgmt::network::{ManagedIx, ManagedNode, MarketLinkIx, Network, SupplyLinkIx, Table, TableIndex};
use invmgmt::period::{Rules, StateView};

use super::Paths;
use super::surplus::Surplus;
use crate::lp::{
    Column, Method, Programme, Row, RowKind, Simplex, Solution, SolveError, Solver, quantity_unit, size,
    value_unit,
};

/// Most columns of a programme: a solve stays within seconds and within 1 GB.
pub(crate) const MAX_COLUMNS: usize = 2_000_000;

/// What tips the scales between plans that earn the same, in units of the dearest price: too little to outweigh any
/// cost, enough to stand out from a solver's noise.
const PROMPTNESS: f64 = 1e-5;

/// Demand of a market below which it drowns in an interior answer, in units of the programme's scale: a thousand times
/// its noise.
const DROWNING: f64 = 0.1;
/// Most columns of a programme that is wide and solved by the simplex method.
const MOST_FOR_SIMPLEX: usize = 20_000;

/// The programme of a window, with its solver. Only right-hand sides change between solves.
pub(crate) struct Window {
    programme: Programme,
    solver: Box<dyn Solver>,
    /// Stock beyond all use, where there is so much that it was looked for.
    surplus: Option<Surplus>,
    weights: Vec<f64>,
    leaders: Vec<usize>,
    ends_episode: bool,
    /// Per scenario and period, the first of its rows.
    rows: Vec<PeriodRows>,
    /// Flow columns of scenario 0, period by period.
    flows: Vec<Column>,
    /// For each of the paths' safety stocks, what is missing of it and the row that says so.
    buffers: Vec<(Column, Row)>,
    /// Shortage columns with their own cost per unit, scenario by scenario, period by period and link by link.
    shortages: Vec<(Column, f64)>,
    /// Stock columns of the retailers with their own cost per unit, likewise, retailer by retailer.
    stocks: Vec<(Column, f64)>,
    /// Dearest price of a market link [money / unit].
    dearest: f64,
    right: Vec<f64>,
}

/// Rows of one scenario and period, each group in the order of its table.
struct PeriodRows {
    balance: Vec<Row>,
    /// What a node ships against what it held; for nodes that ship to others.
    shipping: Vec<Option<Row>>,
    capacity: Vec<Option<Row>>,
    demand: Vec<Row>,
    /// Stock less shortage against each safety stock, per managed node.
    buffers: Vec<Vec<Row>>,
}

impl PeriodRows {
    /// With so many safety stocks for each node that sells.
    fn add(programme: &mut Programme, network: &Network, levels: usize) -> Self {
        let nodes = network.managed.rows();
        Self {
            balance: nodes.iter().map(|_| programme.add_row(RowKind::Equal)).collect(),
            shipping: nodes
                .iter()
                .map(|node| (!node.outgoing.is_empty()).then(|| programme.add_row(RowKind::AtMost)))
                .collect(),
            capacity: nodes
                .iter()
                .map(|node| {
                    let limited = node.factory.is_some_and(|factory| factory.capacity.is_finite());
                    (limited && !node.outgoing.is_empty()).then(|| programme.add_row(RowKind::AtMost))
                })
                .collect(),
            demand: network.market.rows().iter().map(|_| programme.add_row(RowKind::Equal)).collect(),
            buffers: nodes
                .iter()
                .map(|node| if node.markets.is_empty() { 0 } else { levels })
                .map(|levels| (0..levels).map(|_| programme.add_row(RowKind::AtMost)).collect())
                .collect(),
        }
    }
}

impl Window {
    /// The window for scenarios of these weights that share orders as `paths` says.
    pub fn new(network: &Network, rules: &Rules, paths: &Paths, method: Method) -> Self {
        let mut programme = Programme::default();
        let (scenarios, periods) = (paths.scenarios(), paths.periods());
        let retailers = network.managed.rows().iter().filter(|node| !node.markets.is_empty()).count();
        let levels = paths.buffers.len() / (scenarios * periods * retailers.max(1));
        let rows: Vec<PeriodRows> =
            (0..scenarios * periods).map(|_| PeriodRows::add(&mut programme, network, levels)).collect();
        let builder = Builder { network, rules, paths, rows: &rows };
        let flows = builder.add_flows(&mut programme);
        let (mut buffers, mut shortages, mut stocks) = (Vec::new(), Vec::new(), Vec::new());
        for scenario in 0..scenarios {
            for period in 0..periods {
                builder.add_sales(&mut programme, scenario, period, &mut shortages);
                builder.add_stocks(&mut programme, scenario, period, &mut buffers, &mut stocks);
            }
        }
        Self {
            solver: method.solver(),
            surplus: None,
            weights: paths.weights.clone(),
            leaders: paths.leaders.clone(),
            ends_episode: paths.ends_episode,
            right: vec![0.0; programme.kinds().len()],
            rows,
            flows,
            buffers,
            shortages,
            stocks,
            dearest: dearest(network),
            programme,
        }
    }

    /// Whether the window was made for scenarios like these.
    pub fn fits(&self, paths: &Paths) -> bool {
        self.rows.len() == paths.scenarios() * paths.periods()
            && self.weights == paths.weights
            && self.leaders == paths.leaders
            && self.ends_episode == paths.ends_episode
            && self.buffers.len() == paths.buffers.len()
    }

    /// The best plan from this state against this demand.
    ///
    /// # Errors
    /// [`SolveError`] where there is none, or none was found.
    pub fn solve(&mut self, state: &StateView<'_>, paths: &Paths) -> Result<Solution, SolveError> {
        self.set_right_hand_sides(state, paths, |_| f64::INFINITY);
        self.set_buffers(state.rules, paths);
        if quantity_unit(size(&self.programme, &self.right)) <= 1.0 {
            return self.solver.solve(&self.programme, &self.right);
        }
        let surplus = self.surplus.take().unwrap_or_else(|| Surplus::new(state.network, state.rules, paths));
        let useful = surplus.useful(state, paths);
        self.set_right_hand_sides(state, paths, |node| useful[node]);
        let found = self.solve_whatever_sizes(state.network, paths);
        let plan = found.map(|plan| self.with_surplus(plan, &surplus, state, &useful));
        self.surplus = Some(surplus);
        plan
    }

    /// Solves exactly what is so wide that the noise of other methods would drown the smaller markets.
    fn solve_whatever_sizes(&mut self, network: &Network, paths: &Paths) -> Result<Solution, SolveError> {
        let largest = |link| {
            let of = |scenario| (0..paths.periods()).map(move |period| paths.demand(scenario, period, link));
            (0..paths.scenarios()).flat_map(of).fold(0.0, f64::max)
        };
        let wanted = network.market.indices().map(largest).filter(|&wanted| wanted > 0.0);
        let smallest = wanted.fold(f64::INFINITY, f64::min);
        let is_wide = smallest < DROWNING * quantity_unit(size(&self.programme, &self.right));
        if is_wide && self.programme.costs().len() <= MOST_FOR_SIMPLEX {
            return Simplex.solve(&self.programme, &self.right);
        }
        self.solver.solve(&self.programme, &self.right)
    }

    /// A plan with what becomes of stock beyond what is of use.
    fn with_surplus(
        &self,
        mut plan: Solution,
        surplus: &Surplus,
        state: &StateView<'_>,
        useful: &Table<ManagedIx, f64>,
    ) -> Solution {
        let (network, periods) = (state.network, self.rows.len() / self.weights.len());
        let links = network.supply.len();
        let mut cost = 0.0;
        for (node, row) in network.managed.iter() {
            let mut ship = |period: usize, link: SupplyLinkIx, units: f64| {
                plan.values[self.flows[period * links + link.position()].position()] += units;
            };
            let held = state.on_hand(node);
            for period in 0..periods {
                let extra = arriving(state, row, period) - useful[node];
                if extra > 0.0 {
                    cost += extra * surplus.keeping(node, period)
                        + surplus.send(network, node, period + 1, extra, &mut ship);
                }
            }
            if held > useful[node] {
                cost += surplus.send(network, node, 0, held - useful[node], &mut ship);
            }
        }
        plan.objective += cost;
        plan
    }

    /// What a plan orders on each supply link in a period of scenario 0 [units].
    pub fn orders<'a>(&'a self, plan: &'a Solution, period: usize) -> impl Iterator<Item = f64> + 'a {
        let links = self.flows.len() / (self.rows.len() / self.weights.len());
        self.flows[period * links..(period + 1) * links].iter().map(|column| plan.values[column.position()])
    }

    /// Units a plan leaves unmet at the end of each period of scenario 0, on all market links [units].
    pub fn shortages<'a>(&'a self, plan: &'a Solution) -> impl Iterator<Item = f64> + 'a {
        let periods = self.rows.len() / self.weights.len();
        let markets = self.shortages.len() / self.rows.len();
        let of_period = move |period: usize| {
            let columns = &self.shortages[period * markets..(period + 1) * markets];
            columns.iter().map(|(column, _)| plan.values[column.position()]).sum()
        };
        (0..periods).map(of_period)
    }

    /// Levels and costs of the safety stocks.
    fn set_buffers(&mut self, rules: &Rules, paths: &Paths) {
        if paths.buffers.is_empty() {
            return;
        }
        let per_scenario = paths.buffers.len() / paths.scenarios();
        for (position, (&(column, row), buffer)) in self.buffers.iter().zip(&paths.buffers).enumerate() {
            self.right[row.position()] = -buffer.level;
            self.programme.set_cost(column, self.weights[position / per_scenario] * buffer.cost);
        }
        if !rules.backlog {
            self.set_refusals(paths);
        }
    }

    /// Where unmet demand is lost, the programme could keep a safety stock by refusing a sale once; customers are not
    /// refused, so a shortage costs as much as all later safety stocks. In an outage it does not, but no stock may wait
    /// at a retailer for its end, for it would be sold: it costs the dearest price a period.
    fn set_refusals(&mut self, paths: &Paths) {
        let (per_scenario, per_period) =
            (paths.buffers.len() / paths.scenarios(), paths.buffers_per_period());
        let markets = self.shortages.len() / self.rows.len();
        for (position, &(column, cost)) in self.shortages.iter().enumerate() {
            let (scenario, period) =
                (position / markets / paths.periods(), position / markets % paths.periods());
            let later = scenario * per_scenario + (period + 1) * per_period..(scenario + 1) * per_scenario;
            let extra: f64 = paths.buffers[later].iter().map(|buffer| buffer.cost).sum();
            let extra = if paths.outage.contains(&period) { 0.0 } else { self.weights[scenario] * extra };
            self.programme.set_cost(column, cost + extra);
        }
        let retailers = self.stocks.len() / self.rows.len();
        for (position, &(column, cost)) in self.stocks.iter().enumerate() {
            let period = position / retailers % paths.periods();
            let extra = if paths.outage.contains(&period) { self.dearest } else { 0.0 };
            self.programme.set_cost(column, cost + extra);
        }
    }

    /// Makes a unit short cost so much on top of its penalty, period by period [money / unit].
    pub fn charge_shortages(&mut self, charge: impl Fn(usize) -> f64) {
        let periods = self.rows.len() / self.weights.len();
        let markets = self.shortages.len() / self.rows.len();
        for (position, &(column, cost)) in self.shortages.iter().enumerate() {
            let (scenario, period) = (position / markets / periods, position / markets % periods);
            self.programme.set_cost(column, cost + self.weights[scenario] * charge(period));
        }
    }

    /// Stock and arrivals count as far as they are of use.
    fn set_right_hand_sides(
        &mut self,
        state: &StateView<'_>,
        paths: &Paths,
        useful: impl Fn(ManagedIx) -> f64,
    ) {
        let (network, periods) = (state.network, paths.periods());
        for (position, rows) in self.rows.iter().enumerate() {
            let (scenario, period) = (position / periods, position % periods);
            for (node, row) in network.managed.iter() {
                let arriving = arriving(state, row, period).min(useful(node));
                let held = if period == 0 { state.on_hand(node).min(useful(node)) } else { 0.0 };
                self.right[rows.balance[node.position()].position()] = arriving + held;
                if let Some(shipping) = rows.shipping[node.position()] {
                    self.right[shipping.position()] = held;
                }
                if let (Some(limit), Some(factory)) = (rows.capacity[node.position()], &row.factory) {
                    self.right[limit.position()] = factory.capacity;
                }
            }
            for link in network.market.indices() {
                let owed = if period == 0 && state.rules.backlog { state.unmet(link) } else { 0.0 };
                let wanted = paths.demand(scenario, period, link) + owed;
                self.right[rows.demand[link.position()].position()] = wanted;
            }
        }
    }
}

/// What arrives at a node in a period to come [units].
fn arriving(state: &StateView<'_>, node: &ManagedNode, period: usize) -> f64 {
    let incoming = node.incoming.iter().map(|&link| &state.network.supply[link]);
    incoming.filter_map(|link| state.in_transit(link).nth(period)).sum()
}

/// Highest price of a market link [money / unit].
fn dearest(network: &Network) -> f64 {
    network.market.rows().iter().map(|link| link.price).fold(0.0, f64::max)
}

struct Builder<'a> {
    network: &'a Network,
    rules: &'a Rules,
    paths: &'a Paths,
    rows: &'a [PeriodRows],
}

impl Builder<'_> {
    fn rows(&self, scenario: usize, period: usize) -> Option<&PeriodRows> {
        (period < self.paths.periods()).then(|| &self.rows[scenario * self.paths.periods() + period])
    }

    /// A column per supply link, period and scenario that leads; returns those of scenario 0.
    fn add_flows(&self, programme: &mut Programme) -> Vec<Column> {
        let mut first = Vec::with_capacity(self.paths.periods() * self.network.supply.len());
        for period in 0..self.paths.periods() {
            for leader in (0..self.paths.scenarios()).filter(|&s| self.paths.leader(s, period) == s) {
                for link in self.network.supply.indices() {
                    let (mut entries, mut weight) = (Vec::new(), 0.0);
                    for scenario in 0..self.paths.scenarios() {
                        if self.paths.leader(scenario, period) == leader {
                            self.add_flow_entries(scenario, period, link, &mut entries);
                            weight += self.paths.weights[scenario];
                        }
                    }
                    let cost = weight * self.flow_cost(period, link) - self.promptness(period, link);
                    let column = programme.add_column(cost, &entries);
                    if leader == 0 {
                        first.push(column);
                    }
                }
            }
        }
        first
    }

    fn add_flow_entries(
        &self,
        scenario: usize,
        period: usize,
        link: SupplyLinkIx,
        entries: &mut Vec<(Row, f64)>,
    ) {
        let row = &self.network.supply[link];
        if let Some(arrival) = self.rows(scenario, period + row.lead_time) {
            entries.push((arrival.balance[row.buyer.position()], -1.0));
        }
        let (Some(supplier), Some(now)) = (&row.supplier, self.rows(scenario, period)) else { return };
        let node = supplier.node.position();
        entries.push((now.balance[node], supplier.stock_per_unit));
        entries.extend(now.shipping[node].map(|row| (row, supplier.stock_per_unit)));
        entries.extend(now.capacity[node].map(|row| (row, 1.0)));
    }

    /// What shipping a unit between nodes at once is worth besides, where paths ask for prompt plans [money / unit].
    fn promptness(&self, period: usize, link: SupplyLinkIx) -> f64 {
        let ships_now = period == 0 && self.network.supply[link].supplier.is_some();
        if self.paths.prompt && ships_now { PROMPTNESS * value_unit(dearest(self.network)) } else { 0.0 }
    }

    /// Cost of a unit ordered in a period: its price where money leaves the company, what making it costs, and its way.
    fn flow_cost(&self, period: usize, link: SupplyLinkIx) -> f64 {
        let row = &self.network.supply[link];
        let making = match row.supplier {
            // What the buyer pays, the supplier earns.
            Some(supplier) => {
                self.network.managed[supplier.node].factory.map_or(0.0, |made| made.operating_cost)
            }
            None => row.price,
        };
        let on_its_way = period..(period + row.lead_time).min(self.paths.periods());
        let way: f64 = on_its_way.map(|period| self.rules.weight(period)).sum();
        self.rules.weight(period) * making + way * row.pipeline_holding_cost
    }

    fn add_sales(
        &self,
        programme: &mut Programme,
        scenario: usize,
        period: usize,
        shortages: &mut Vec<(Column, f64)>,
    ) {
        let weight = self.paths.weights[scenario] * self.rules.weight(period);
        let Some(now) = self.rows(scenario, period) else { return };
        for (link, row) in self.network.market.iter() {
            let demand = now.demand[link.position()];
            let made = self.network.managed[row.retailer].factory.map_or(0.0, |made| made.operating_cost);
            let stock = now.balance[row.retailer.position()];
            programme.add_column(weight * (made - row.price), &[(stock, 1.0), (demand, 1.0)]);
            let mut short = vec![(demand, 1.0)];
            short.extend(now.buffers[row.retailer.position()].iter().map(|&buffer| (buffer, 1.0)));
            if self.rules.backlog {
                short.extend(self.next_demand(scenario, period, link).map(|row| (row, -1.0)));
            }
            let cost = weight * row.unmet_penalty;
            shortages.push((programme.add_column(cost, &short), cost));
        }
    }

    fn next_demand(&self, scenario: usize, period: usize, link: MarketLinkIx) -> Option<Row> {
        self.rows(scenario, period + 1).map(|next| next.demand[link.position()])
    }

    fn add_stocks(
        &self,
        programme: &mut Programme,
        scenario: usize,
        period: usize,
        buffers: &mut Vec<(Column, Row)>,
        stocks: &mut Vec<(Column, f64)>,
    ) {
        let weight = self.paths.weights[scenario] * self.rules.weight(period);
        let Some(now) = self.rows(scenario, period) else { return };
        for (node, row) in self.network.managed.iter() {
            let mut entries = vec![(now.balance[node.position()], 1.0)];
            entries.extend(self.carried_over(scenario, period, node));
            for &buffer in &now.buffers[node.position()] {
                entries.push((buffer, -1.0));
                buffers.push((programme.add_column(0.0, &[(buffer, -1.0)]), buffer));
            }
            let last = self.paths.ends_episode && period + 1 == self.paths.periods();
            let salvage = if last { row.salvage_value } else { 0.0 };
            let cost = weight * (row.holding_cost - salvage);
            let column = programme.add_column(cost, &entries);
            if !row.markets.is_empty() {
                stocks.push((column, cost));
            }
        }
    }

    /// Entries of a stock at the end of a period in the rows of the next.
    fn carried_over(
        &self,
        scenario: usize,
        period: usize,
        node: ManagedIx,
    ) -> impl Iterator<Item = (Row, f64)> {
        let next = self.rows(scenario, period + 1);
        let rows = next.map(|next| [Some(next.balance[node.position()]), next.shipping[node.position()]]);
        rows.into_iter().flatten().flatten().map(|row| (row, -1.0))
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use invmgmt::Problem;
    use invmgmt::demand::{DemandConfig, DemandModel};
    use invmgmt::episode::Episode;
    use invmgmt::network::{
        DeclaredDemand, DeclaredLink, DeclaredNetwork, DeclaredNode, MarketLinkIx, layered, preset,
    };
    use invmgmt::random::{Pcg64, Stream};

    use super::*;
    use crate::lp::to_mps;
    use crate::planning::paths::Buffer;

    /// A window over a state in mid-play on a preset or a random network, with its right-hand sides.
    fn instance(seed: u64, method: Method) -> Window {
        let mut stream = Pcg64::seeded(seed);
        let mut below = |limit: f64| (stream.next_f64() * limit).floor();
        let declared = match below(4.0) as u64 {
            0 => preset("base").expect("a preset"),
            1 => preset("serial").expect("a preset"),
            _ => layered(10 + below(40.0) as usize, seed),
        };
        let network = declared.compile().expect("valid");
        let demand = DemandModel::new(DemandConfig::default()).expect("usable");
        let rules = Rules { backlog: below(2.0) > 0.0, discount: 1.0 - 0.01 * below(3.0) };
        let mut episode = Episode::begin(&Problem::new(network.clone(), demand.clone(), rules, 40), seed)
            .expect("an episode");
        for _ in 0..below(8.0) as u64 {
            let orders: Vec<f64> = network.supply.rows().iter().map(|_| below(30.0)).collect();
            episode.step(&orders).expect("playable");
        }
        let mut paths = Paths::default();
        let (scenarios, periods) = (1 + below(3.0) as usize, 2 + below(12.0) as usize);
        paths.reset(scenarios, periods, network.market.len());
        for scenario in 0..scenarios {
            for period in 0..periods {
                for link in 0..network.market.len() {
                    paths.set(scenario, period, MarketLinkIx::from_position(link), below(40.0));
                }
            }
        }
        if below(2.0) > 0.0 {
            let retailers = network.managed.rows().iter().filter(|node| !node.markets.is_empty()).count();
            let buffers = (0..2 * retailers * scenarios * periods)
                .map(|_| Buffer { level: below(30.0), cost: 0.1 * below(10.0) });
            paths.buffers = buffers.collect();
        }
        let mut window = Window::new(&network, &rules, &paths, method);
        window.solve(&episode.view(), &paths).expect("orders of nothing are always feasible");
        window
    }

    /// Ten units at the depot, wanted in the third period, cost the same wherever they wait for it.
    #[test]
    fn of_plans_that_earn_the_same_a_prompt_one_ships_at_once() {
        let nodes = vec![
            DeclaredNode::new("source"),
            DeclaredNode::stocking("depot", 10.0, 0.1),
            DeclaredNode::stocking("shop", 0.0, 0.1),
            DeclaredNode::new("customers"),
        ];
        let links = vec![
            DeclaredLink::supply("source", "depot", 0, 1.0, 0.0),
            DeclaredLink::supply("depot", "shop", 0, 1.5, 0.0),
            DeclaredLink::market("shop", "customers", 2.0, 0.1, DeclaredDemand::poisson(5.0)),
        ];
        let declared = DeclaredNetwork { nodes, links, ..DeclaredNetwork::default() };
        let (network, rules) = (declared.compile().expect("valid"), Rules::default());
        let demand = DemandModel::new(DemandConfig::default()).expect("usable");
        let episode =
            Episode::begin(&Problem::new(network.clone(), demand.clone(), rules, 3), 1).expect("an episode");
        let mut paths = Paths::default();
        paths.reset(1, 3, 1);
        paths.set(0, 2, MarketLinkIx::from_position(0), 10.0);
        let mut shipped_first = |prompt: bool| {
            paths.prompt = prompt;
            let mut window = Window::new(&network, &rules, &paths, Method::InteriorPoint);
            let plan = window.solve(&episode.view(), &paths).expect("solvable");
            window.orders(&plan, 0).nth(1).expect("a second link")
        };
        let (middle, prompt) = (shipped_first(false), shipped_first(true));
        assert!(middle > 0.5 && middle < 9.5, "{middle}");
        assert!((prompt - 10.0).abs() < 1e-3, "{prompt}");
    }

    fn objective(window: &mut Window) -> f64 {
        window.solver.solve(&window.programme, &window.right).expect("solved").objective
    }

    #[test]
    fn two_methods_that_share_no_code_find_the_same_profit() {
        for seed in 0..40 {
            let simplex = objective(&mut instance(seed, Method::Simplex));
            let interior = objective(&mut instance(seed, Method::InteriorPoint));
            let scale = 1.0 + simplex.abs();
            assert!((simplex - interior).abs() < 1e-6 * scale, "{seed}: {simplex} and {interior}");
        }
    }

    /// For `make lp-check`, which gives the same instances to another solver.
    #[test]
    #[ignore = "writes files: make lp-check"]
    fn write_instances_for_another_solver() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/lp-instances");
        std::fs::create_dir_all(folder).expect("a folder");
        let mut table = String::from("instance,simplex,interior_point\n");
        for seed in 1_000..1_400 {
            let mut window = instance(seed, Method::Simplex);
            let text = to_mps(&window.programme, &window.right);
            std::fs::write(format!("{folder}/{seed}.mps"), text).expect("written");
            let (simplex, interior) =
                (objective(&mut window), objective(&mut instance(seed, Method::InteriorPoint)));
            writeln!(table, "{seed},{simplex:?},{interior:?}").expect("a string");
        }
        std::fs::write(format!("{folder}/objectives.csv"), table).expect("written");
    }
}
