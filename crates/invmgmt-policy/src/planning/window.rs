//! The common programme of all planners: so many periods of play as a linear programme.
//!
//! Per period it chooses the flow on every supply link, sales and shortage on every market link and the stock of
//! every managed node at the end; all continuous. Its rows are the kernel's rules: stock balances, suppliers ship
//! what they held at the start of the period, factories within their capacity, unmet demand waits or is lost. Its
//! cost is the negative of profit. Fixed order costs are left out, stock at the end of the window is worth its salvage
//! value if the episode ends there and else nothing,
//! and what is already on its way costs what it costs (benchmark of gym-invmgmt, common programme of Oracle, DLP and
//! MSSP).

mod mechanisms;
mod relaxation;
mod stand;

use std::ops::Range;

use invmgmt::network::{ManagedIx, MarketLinkIx, Network, SupplyLinkIx, Table, TableIndex};
use invmgmt::period::{Rules, StateView};

use super::Paths;
use super::builder::{Builder, Columns, PeriodRows, dearest};
use super::supply::{DrawnSupply, Supply};
use super::surplus::Surplus;
use super::terms::Terms;
use crate::lp::{Column, Method, Programme, Simplex, Solution, SolveError, Solver, quantity_unit, size};
use mechanisms::working_at;
pub(in crate::planning) use relaxation::Opening;
pub(crate) use stand::Stand;

/// Most columns of a programme: a solve stays within seconds and within 1 GB.
pub(crate) const MAX_COLUMNS: usize = 2_000_000;

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
    /// Per scenario and period, its rows.
    rows: Vec<PeriodRows>,
    columns: Columns,
    terms: Terms,
    /// What is known of chance in supply; else it is planned with as it is on average.
    drawn: Option<DrawnSupply>,
    /// Of each shortage in a period, its market link.
    short_links: Vec<MarketLinkIx>,
    /// Safety stocks per retailer.
    levels: usize,
    /// Of each market link, the place of its node among the retailers.
    retailer_of: Vec<usize>,
    /// What the safety stocks would cost if there were no stock at all [money].
    buffers_cost: f64,
    /// Columns of a period's flows, and of all else in a period of a scenario; of these the first.
    per_period: [usize; 2],
    others: usize,
    /// Dearest price of a market link [money / unit].
    dearest: f64,
    right: Vec<f64>,
    /// Per supply link, what is left of the flow that is requested now and in later periods of the plan, and whether
    /// requests are taken then; none where all works.
    working: Vec<(f64, bool)>,
    /// Per ledger, what is owed at the start [units].
    owed: Vec<f64>,
}

impl Window {
    /// The window for scenarios of these weights that share orders as `paths` says.
    pub fn new(network: &Network, rules: &Rules, paths: &Paths, method: Method) -> Self {
        Self::knowing(network, rules, paths, method, None)
    }

    /// Likewise, for one who knows what was drawn for supply.
    pub fn knowing(
        network: &Network,
        rules: &Rules,
        paths: &Paths,
        method: Method,
        drawn: Option<DrawnSupply>,
    ) -> Self {
        let mut programme = Programme::default();
        let (scenarios, periods) = (paths.scenarios(), paths.periods());
        let retailers = network.managed.rows().iter().filter(|node| !node.markets.is_empty()).count();
        let levels = paths.buffers.len() / (scenarios * periods * retailers.max(1));
        let terms = Terms::of(network, rules);
        let rows: Vec<PeriodRows> =
            (0..scenarios * periods).map(|_| PeriodRows::add(&mut programme, network, &terms)).collect();
        let supply = Supply::new(network, drawn.as_ref());
        let builder = Builder { network, rules, paths, supply, terms: &terms, rows: &rows, levels };
        let mut columns = Columns::default();
        builder.add_flows(&mut programme, &mut columns);
        let others = programme.costs().len();
        for scenario in 0..scenarios {
            for period in 0..periods {
                builder.add_sales(&mut programme, scenario, period, &mut columns);
                builder.add_ledgers(&mut programme, scenario, period, &mut columns);
                builder.add_rooms(&mut programme, scenario, period);
                builder.add_waste(&mut programme, scenario, period);
                builder.add_stocks(&mut programme, scenario, period, &mut columns);
            }
        }
        Self {
            solver: method.solver(),
            surplus: None,
            weights: paths.weights.clone(),
            leaders: paths.leaders.clone(),
            ends_episode: paths.ends_episode,
            right: vec![0.0; programme.kinds().len()],
            per_period: [network.supply.len(), (programme.costs().len() - others) / rows.len().max(1)],
            others,
            rows,
            columns,
            short_links: terms.shortages(),
            terms,
            drawn,
            levels,
            retailer_of: retailer_of(network),
            buffers_cost: 0.0,
            dearest: dearest(network),
            programme,
            working: Vec::new(),
            owed: Vec::new(),
        }
    }

    /// Whether the window was made for scenarios like these.
    pub fn fits(&self, paths: &Paths) -> bool {
        self.rows.len() == paths.scenarios() * paths.periods()
            && self.weights == paths.weights
            && self.leaders == paths.leaders
            && self.ends_episode == paths.ends_episode
            && self.levels * self.columns.stocks.len() == (self.levels + 1) * paths.buffers.len()
    }

    /// The best plan from this state against this demand.
    ///
    /// # Errors
    /// [`SolveError`] where there is none, or none was found.
    pub fn solve(&mut self, state: &StateView<'_>, paths: &Paths) -> Result<Solution, SolveError> {
        self.set_right_hand_sides(state, paths, |_| f64::INFINITY);
        self.set_buffers(paths);
        self.set_limits(state, paths);
        self.set_charges(state.network, paths);
        let mut plan = self.solve_in_parts(state, paths)?;
        plan.objective += self.buffers_cost - self.charged(state.network, paths, &plan);
        Ok(plan)
    }

    /// Solves with stock beyond all use planned apart, where there is any.
    fn solve_in_parts(&mut self, state: &StateView<'_>, paths: &Paths) -> Result<Solution, SolveError> {
        if state.network.physics.is_some() || quantity_unit(size(&self.programme, &self.right)) <= 1.0 {
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
        let (mut cost, arriving) = (0.0, self.arriving(state, periods));
        for node in network.managed.indices() {
            let mut ship = |period: usize, link: SupplyLinkIx, units: f64| {
                plan.values[self.columns.flows[period * links + link.position()].position()] += units;
            };
            let held = state.on_hand(node);
            for period in 0..periods {
                let extra = arriving[period * network.managed.len() + node.position()] - useful[node];
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

    /// Begins anew: what was solved before has no bearing on what is found.
    pub fn forget(&mut self) {
        self.solver.start_from(None);
    }

    /// The best plan that is filled just so much of the orders made now, on the supply links where it is said [units].
    ///
    /// # Errors
    /// [`SolveError`] where there is none, or none was found.
    pub fn solve_with(
        &mut self,
        state: &StateView<'_>,
        paths: &Paths,
        fills: &[Option<f64>],
    ) -> Result<Solution, SolveError> {
        self.set_right_hand_sides(state, paths, |_| f64::INFINITY);
        self.set_buffers(paths);
        self.set_limits(state, paths);
        self.set_charges(state.network, paths);
        let mut cost = self.buffers_cost;
        let decided = |link| Some((self.decided(link, 0)?, fills[SupplyLinkIx::position(link)]?));
        let decided: Vec<(Column, f64)> = state.network.supply.indices().filter_map(decided).collect();
        let mut limits = Vec::with_capacity(decided.len());
        for &(column, fill) in &decided {
            cost += self.programme.costs()[column.position()] * fill;
            for (row, entry) in self.programme.column(column.position()) {
                self.right[row] -= entry * fill;
            }
            limits.push(self.programme.uppers()[column.position()]);
            self.programme.set_upper(column, 0.0);
        }
        let found = self.solver.solve(&self.programme, &self.right);
        for (&(column, _), limit) in decided.iter().zip(limits) {
            self.programme.set_upper(column, limit);
        }
        let mut plan = found?;
        plan.objective += cost;
        for (column, fill) in &decided {
            plan.values[column.position()] += fill;
        }
        Ok(plan)
    }

    /// The flow on a link that an order made in a period of scenario 0 is to bring about; none beyond the plan.
    fn decided(&self, link: SupplyLinkIx, period: usize) -> Option<Column> {
        let delay = self.terms.ledger_of[link].map_or(0, |at| self.terms.ledgers[at].delay);
        let links = self.terms.ledger_of.len();
        self.columns.flows.get((period + delay) * links + link.position()).copied()
    }

    /// The column of the flow on a link in a period of scenario 0.
    #[cfg(test)]
    pub fn flow(&self, period: usize, link: SupplyLinkIx) -> usize {
        self.columns.flows[period * self.terms.ledger_of.len() + link.position()].position()
    }

    /// The programme solved last, with what is whole besides.
    #[cfg(test)]
    pub fn to_mixed_mps(&self, wholes: &[crate::lp::Whole]) -> String {
        crate::lp::to_mixed_mps(&self.programme, &self.right, wholes)
    }

    /// What a plan fills on each supply link of what is ordered in a period of scenario 0 [units].
    pub fn fills<'a>(&'a self, plan: &'a Solution, period: usize) -> impl Iterator<Item = f64> + 'a {
        let fill =
            move |link| self.decided(link, period).map_or(0.0, |column| plan.values[column.position()]);
        self.terms.ledger_of.indices().map(fill)
    }

    /// What a plan orders on each supply link in a period of scenario 0: what it means to be filled of that, less what
    /// is owed already [units].
    pub fn orders<'a>(&'a self, plan: &'a Solution, period: usize) -> impl Iterator<Item = f64> + 'a {
        let order = move |(link, fill): (SupplyLinkIx, f64)| {
            let wanted = match self.terms.ledger_of[link] {
                Some(at) if self.terms.ledgers[at].is_foresighted => self.requested(plan, at, period),
                Some(at) => (fill - self.owed_before(plan, at, period)).max(0.0),
                None => fill,
            };
            let delay = self.terms.ledger_of[link].map_or(0, |at| self.terms.ledgers[at].delay);
            let links = self.terms.ledger_of.len();
            let (factor, _) = working_at(&self.working, links, period + delay, link);
            let (_, open) = working_at(&self.working, links, period, link);
            match (open, factor) {
                (false, _) => 0.0,
                (_, factor) if factor > 0.0 && factor < 1.0 => wanted / factor,
                _ => wanted,
            }
        };
        self.terms.ledger_of.indices().zip(self.fills(plan, period)).map(order)
    }

    /// What a plan requests on the link of a ledger in a period [units].
    fn requested(&self, plan: &Solution, at: usize, period: usize) -> f64 {
        let (read, ledgers) = (period + self.terms.ledgers[at].delay, self.terms.ledgers.len());
        let columns = self.columns.ledgers.get(read * ledgers + at);
        columns.map_or(0.0, |columns| plan.values[columns.requested.position()])
    }

    /// What a plan owes on the link of a ledger when an order made in a period is read [units].
    fn owed_before(&self, plan: &Solution, at: usize, period: usize) -> f64 {
        let ledger = &self.terms.ledgers[at];
        if !ledger.waits {
            return 0.0;
        }
        let (read, links) = (period + ledger.delay, self.terms.ledger_of.len());
        let columns = |period: usize| &self.columns.ledgers[period * self.terms.ledgers.len() + at];
        if read * links >= self.columns.flows.len() {
            return 0.0;
        }
        let value = |column: Column| plan.values[column.position()];
        let before = read.checked_sub(1).map_or(self.owed[at], |before| value(columns(before).unfilled));
        before - value(columns(read).lapsed)
    }

    /// Units a plan leaves unmet at the end of each period of scenario 0, on all market links [units].
    pub fn shortages<'a>(&'a self, plan: &'a Solution) -> impl Iterator<Item = f64> + 'a {
        let periods = self.rows.len() / self.weights.len();
        let per_period = self.short_links.len();
        let of_period = move |period: usize| {
            let columns = &self.columns.shortages[period * per_period..(period + 1) * per_period];
            columns.iter().map(|(column, _)| plan.values[column.position()]).sum()
        };
        (0..periods).map(of_period)
    }

    /// Levels and costs of the safety stocks: the stock that lies below a level is worth what the shortfalls of that
    /// level and all above it cost, so the lowest fills first.
    fn set_buffers(&mut self, paths: &Paths) {
        self.buffers_cost = 0.0;
        if self.levels == 0 {
            return;
        }
        let retailers = self.columns.stocks.len() / (self.levels + 1) / self.rows.len();
        for place in 0..self.columns.stocks.len() / (self.levels + 1) {
            let buffers = &paths.buffers[place * self.levels..(place + 1) * self.levels];
            let period = place / retailers % paths.periods();
            let weight = self.weights[place / retailers / paths.periods()];
            // In an outage no stock may wait at a retailer for its end, for it would be sold.
            let extra = if paths.outage.contains(&period) { self.dearest } else { 0.0 };
            let (mut saved, mut below) =
                (buffers.iter().map(|buffer| weight * buffer.cost).sum::<f64>(), 0.0);
            for (level, &(column, cost)) in
                self.columns.stocks[place * (self.levels + 1)..].iter().enumerate().take(self.levels + 1)
            {
                self.programme.set_cost(column, cost + extra - saved);
                if let Some(buffer) = buffers.get(level) {
                    self.programme.set_upper(column, buffer.level - below);
                    self.buffers_cost += weight * buffer.cost * buffer.level;
                    (saved, below) = (saved - weight * buffer.cost, buffer.level);
                }
            }
        }
        self.set_shortage_costs(paths);
    }

    /// A unit short is missing from every safety stock. Where unmet demand is lost, the programme could keep one by
    /// refusing a sale once; customers are not refused, so a shortage costs as much as all later safety stocks. In an
    /// outage it does not.
    fn set_shortage_costs(&mut self, paths: &Paths) {
        let (per_scenario, per_period) =
            (paths.buffers.len() / paths.scenarios(), paths.buffers_per_period());
        let markets = self.short_links.len();
        for (position, &(column, cost)) in self.columns.shortages.iter().enumerate() {
            let (scenario, period) =
                (position / markets / paths.periods(), position / markets % paths.periods());
            let link = self.short_links[position % markets];
            let first = scenario * per_scenario
                + period * per_period
                + self.retailer_of[link.position()] * self.levels;
            let now = first..first + self.levels;
            let later = scenario * per_scenario + (period + 1) * per_period..(scenario + 1) * per_scenario;
            let cost_of = |buffers: Range<usize>| -> f64 {
                self.weights[scenario] * paths.buffers[buffers].iter().map(|buffer| buffer.cost).sum::<f64>()
            };
            let refused = !self.terms.waits[link] && !paths.outage.contains(&period);
            let extra = cost_of(now) + if refused { cost_of(later) } else { 0.0 };
            self.programme.set_cost(column, cost + extra);
        }
    }

    /// Makes a unit short cost so much on top of its penalty, period by period [money / unit].
    pub fn charge_shortages(&mut self, charge: impl Fn(usize) -> f64) {
        let periods = self.rows.len() / self.weights.len();
        let markets = self.short_links.len();
        for (position, &(column, cost)) in self.columns.shortages.iter().enumerate() {
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
        let arriving = self.arriving(state, periods);
        for (position, rows) in self.rows.iter().enumerate() {
            let (scenario, period) = (position / periods, position % periods);
            for (node, row) in network.managed.iter() {
                let arriving = arriving[period * network.managed.len() + node.position()].min(useful(node));
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
                let owed = if period == 0 && self.terms.waits[link] { state.waiting(link) } else { 0.0 };
                let wanted = paths.demand(scenario, period, link) + owed;
                self.right[rows.demand[link.position()].position()] = wanted;
            }
        }
        if network.physics.is_some() {
            self.set_right_hand_sides_of_mechanisms(state, &arriving, periods);
        }
    }
}

/// Of each market link, the place of its node among those that sell.
fn retailer_of(network: &Network) -> Vec<usize> {
    let sells = |node: &ManagedIx| !network.managed[*node].markets.is_empty();
    let before = |node: ManagedIx| network.managed.indices().take(node.position()).filter(sells).count();
    network.market.rows().iter().map(|link| before(link.retailer)).collect()
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
            // Two levels each, the second higher than the first.
            let buffers = (0..retailers * scenarios * periods).flat_map(|_| {
                let (low, high) = (below(30.0), below(30.0));
                [low, low + high].map(|level| Buffer { level, cost: 0.1 * below(10.0) })
            });
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
            let revised = objective(&mut instance(seed, Method::RevisedSimplex));
            assert!(
                (simplex - revised).abs() < 1e-7 * (1.0 + simplex.abs()),
                "{seed}: {simplex} and {revised}"
            );
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
        let mut table = String::from("instance,simplex,revised_simplex,interior_point\n");
        for seed in 1_000..1_400 {
            let mut window = instance(seed, Method::Simplex);
            let text = to_mps(&window.programme, &window.right);
            std::fs::write(format!("{folder}/{seed}.mps"), text).expect("written");
            let others = [Method::RevisedSimplex, Method::InteriorPoint];
            let [revised, interior] = others.map(|method| objective(&mut instance(seed, method)));
            let simplex = objective(&mut window);
            writeln!(table, "{seed},{simplex:?},{revised:?},{interior:?}").expect("a string");
        }
        std::fs::write(format!("{folder}/objectives.csv"), table).expect("written");
    }
}
