//! What a programme cannot decide: when to order where an order costs something, and sizes that orders must have.

use std::ops::Range;

use invmgmt::action::supplier_shares;
use invmgmt::episode::DecisionError;
use invmgmt::network::{MarketLinkIx, Network, OrderSize, SupplyLinkIx, TableIndex};
use invmgmt::period::StateView;

use super::{Plan, PlanAhead};
use crate::planning::foresight::Forecaster;
use crate::planning::horizon::longest_way;
use crate::planning::lots::{COUNTS, Lots, longest_interval};

/// Rounds of one decision in which the costs of orders are spread over the units of the last plan, and before an
/// episode begins.
const ROUNDS: usize = 1;
const FIRST_ROUNDS: usize = 60;
/// Orders of each link that are moved, and most moves tried before an episode begins; and within it, so many for all
/// its decisions together, or plans over so many links and periods where that is more, as long as each decision may try
/// some.
const ORDERS_MOVED: usize = 8;
const MOST_MOVES: usize = 120;
const MOVES_OF_EPISODE: usize = 700;
const WORK_OF_EPISODE: usize = 120_000;
const LEAST_MOVES: usize = 6;
/// A plan reaches at least so far beyond the longest way, so that orders can be weighed against each other [periods].
const LEAST_BEYOND: usize = 4;
/// What another schedule must save, as a share of all cost [1].
const GAIN: f64 = 1e-9;
/// Links of one decision on which orders must have certain sizes and both sizes around what is wanted are planned with.
const MOST_SIZED: usize = 20;

impl<F: Forecaster> PlanAhead<F> {
    /// Finds intervals for the orders on links with a fixed cost.
    pub(super) fn schedule(&mut self, state: &StateView<'_>) -> Result<(), DecisionError> {
        let lots = Lots::of(state.network);
        if lots.0.is_empty() {
            return Ok(());
        }
        let way = longest_way(state.network);
        let longest = longest_interval(way);
        self.lots = lots;
        self.plan(state, 0..0)?;
        let rates = self.rates(state.network);
        self.lots.spread(state.network, |link| rates[link.position()], longest);
        self.reach_over_lots(state, way);
        let plan = self.plan(state, 0..0)?;
        let plan = self.spread_costs(state, plan, FIRST_ROUNDS, true)?;
        self.try_orders(state, plan, MOST_MOVES)?;
        Ok(())
    }

    /// What is wanted on each supply link in a period, on average over what is foreseen: of what a node's buyers and
    /// customers want, the share of each of its suppliers [units / period].
    fn rates(&self, network: &Network) -> Vec<f64> {
        let (shares, periods) = (supplier_shares(network), self.foresight.periods().max(1));
        let mut rates = vec![0.0; network.supply.len()];
        for node in network.buyers_first() {
            let row = &network.managed[node];
            let mean = |&link: &MarketLinkIx| {
                (0..periods).map(|period| self.foresight.mean(period, link)).sum::<f64>() / periods as f64
            };
            let sold: f64 = row.markets.iter().map(mean).sum();
            let taken = |&link: &SupplyLinkIx| {
                let inputs = network.inputs(link).filter(|(input, _)| *input == node);
                inputs.map(|(_, units)| units * rates[link.position()]).sum::<f64>()
            };
            let wanted = sold + row.outgoing.iter().map(taken).sum::<f64>();
            for &link in &row.incoming {
                rates[link.position()] = wanted * shares[link];
            }
        }
        rates
    }

    /// Plans over an interval beyond the longest way; an episode that ends within a further interval is planned to its
    /// end.
    fn reach_over_lots(&mut self, state: &StateView<'_>, way: usize) {
        let interval = self.lots.longest();
        let reach = way + 1 + interval.max(LEAST_BEYOND);
        let is_last = state.num_periods <= reach + interval;
        self.horizon.reach(if is_last { state.num_periods } else { reach });
        self.short.resize(self.horizon.periods(state), 0.0);
        self.lots.reach(self.short.len());
    }

    /// The plan with orders where they cost least, as far as so many plans tell.
    pub(super) fn order_in_lots(&mut self, state: &StateView<'_>, plan: Plan) -> Result<Plan, DecisionError> {
        if self.lots.0.is_empty() {
            return Ok(plan);
        }
        let plan = self.spread_costs(state, plan, ROUNDS, false)?;
        let of_plan = state.network.supply.len() * self.short.len().max(1);
        let moves = MOVES_OF_EPISODE.max(WORK_OF_EPISODE / of_plan) / state.num_periods;
        if moves < LEAST_MOVES {
            return Ok(plan);
        }
        let plan = self.spread_costs(state, plan, ROUNDS, true)?;
        self.try_orders(state, plan, moves)
    }

    /// Charges each unit its part of what orders like the last plan's cost, plans with all links open, and takes the
    /// orders of that plan if with them the best plan costs less; and again.
    fn spread_costs(
        &mut self,
        state: &StateView<'_>,
        mut best: Plan,
        rounds: usize,
        begins_anew: bool,
    ) -> Result<Plan, DecisionError> {
        let (network, periods) = (state.network, self.short.len());
        let links = network.supply.len();
        self.expect(state, periods, &best.outage);
        self.lots.charge(network, &best.ordered, best.counts, begins_anew);
        let mut last = self.lots.clone();
        for _ in 0..rounds {
            self.paths.closed.fill(false);
            self.paths.charges = self.lots.charges(state.rules, links, periods);
            let relaxed = self.plan_as_told(state, best.outage.clone())?;
            self.paths.charges.clear();
            self.lots.charge(network, &relaxed.ordered, relaxed.counts, begins_anew);
            let other = self.lots.as_ordered(network, &relaxed.ordered, relaxed.counts);
            if other.is_same(&last) {
                break;
            }
            last.clone_from(&other);
            best = self.try_lots(state, best, other)?;
        }
        Ok(best)
    }

    /// The best plan with schedules and charges as they stand in the paths.
    fn plan_as_told(&mut self, state: &StateView<'_>, outage: Range<usize>) -> Result<Plan, DecisionError> {
        let (solution, window) = self.programmes.solve(state, &mut self.paths)?;
        Ok(Plan::of(state, &solution, window, &self.lots, &self.foresight, self.short.len(), outage))
    }

    /// Tries the first orders of each link sooner and later, until none is better so or enough was tried.
    fn try_orders(
        &mut self,
        state: &StateView<'_>,
        mut best: Plan,
        most: usize,
    ) -> Result<Plan, DecisionError> {
        let links = self.lots.0.len();
        let places = links * ORDERS_MOVED;
        let (mut tried, mut in_vain, mut place) = (0, 0, 0);
        while in_vain < places && tried < most {
            let before = best.cost;
            for other in self.lots.neighbours(place % links, place / links) {
                best = self.try_lots(state, best, other)?;
                tried += 1;
            }
            in_vain = if best.cost < before { 0 } else { in_vain + 1 };
            place = (place + 1) % places;
        }
        Ok(best)
    }

    /// Takes another schedule if its plan is better.
    fn try_lots(&mut self, state: &StateView<'_>, best: Plan, other: Lots) -> Result<Plan, DecisionError> {
        self.paths.closed = other.closed(state.network.supply.len(), self.short.len());
        let plan = self.plan_as_told(state, best.outage.clone())?;
        if plan.cost < best.cost - GAIN * best.cost.abs() {
            self.lots = other;
            return Ok(plan);
        }
        Ok(best)
    }

    /// The plan with orders of sizes that their links take: link by link, what lies below or above what is wanted,
    /// whichever costs less with the plan that is then best.
    pub(super) fn order_in_sizes(
        &mut self,
        state: &StateView<'_>,
        plan: Plan,
    ) -> Result<Plan, DecisionError> {
        let Some(physics) = state.network.physics.as_deref() else { return Ok(plan) };
        let sized = || physics.sizes.iter().filter(|size| size.least > 0.0 || size.multiple > 0.0);
        if sized().next().is_none() {
            return Ok(plan);
        }
        self.expect(state, self.short.len(), &plan.outage);
        let mut fills: Vec<Option<f64>> = vec![None; state.network.supply.len()];
        let mut best = plan;
        for (place, size) in sized().enumerate() {
            let at = size.link.position();
            let wanted = best.orders[at];
            let choices = [below(size, wanted), size.of_request(wanted)];
            if (choices[1] - wanted).abs() <= COUNTS * wanted.max(1.0) {
                best.orders[at] = choices[1];
                fills[at] = Some(best.fills[at]);
                continue;
            }
            let mut found: Option<Plan> = None;
            for order in choices {
                // Beyond so many, the nearer one is as good a guess as any.
                let is_nearer = (order - wanted).abs() <= (choices[0] + choices[1] - order - wanted).abs();
                if place >= MOST_SIZED && !is_nearer {
                    continue;
                }
                fills[at] = Some(best.fills[at] + order - wanted);
                let Some(mut other) = self.plan_with(state, &fills, best.outage.clone())? else { continue };
                other.orders[at] = order;
                if found.as_ref().is_none_or(|found| other.cost < found.cost) {
                    found = Some(other);
                }
            }
            // Where neither can be filled, the engine makes of the order what it can.
            let Some(found) = found else {
                fills[at] = None;
                continue;
            };
            fills[at] = Some(found.fills[at]);
            let decided: Vec<f64> = best.orders.clone();
            best = found;
            for size in sized().take(place) {
                best.orders[size.link.position()] = decided[size.link.position()];
            }
        }
        Ok(best)
    }

    /// By how much the plan played last may cost more than the best one for the same demand, as a share of its cost
    /// [1]; none where orders cost nothing for themselves and have any size, or where that would take long to tell.
    pub(super) fn gap(&mut self, state: &StateView<'_>) -> Result<Option<f64>, DecisionError> {
        let (network, periods) = (state.network, self.short.len());
        let has_sizes = network.physics.as_deref().is_some_and(|physics| !physics.sizes.is_empty());
        let Some((cost, outage)) = self.decided.clone().filter(|_| !self.lots.0.is_empty() || has_sizes)
        else {
            return Ok(None);
        };
        self.expect(state, periods, &outage);
        self.paths.closed.clear();
        let openings;
        (openings, self.paths.charges) = self.lots.least_cost(network, state.rules, periods);
        let least = self.programmes.least_cost(state, &mut self.paths, &openings);
        self.paths.charges.clear();
        let cost = cost + self.foresight.later_profit(state, periods);
        let share = |least: f64| (cost - least) / cost.abs().max(least.abs()).max(f64::MIN_POSITIVE);
        Ok(least?.map(|least| share(least).max(0.0)))
    }

    /// The best plan that is filled just so much of today's orders, where it is said; none if there is none.
    fn plan_with(
        &mut self,
        state: &StateView<'_>,
        fills: &[Option<f64>],
        outage: Range<usize>,
    ) -> Result<Option<Plan>, DecisionError> {
        let solved = self.programmes.solve_with(state, &mut self.paths, fills)?;
        Ok(solved.map(|(solution, window)| {
            Plan::of(state, &solution, window, &self.lots, &self.foresight, self.short.len(), outage)
        }))
    }
}

/// The largest order of at most this size that a link takes; none, if there is none [units].
fn below(size: &OrderSize, wanted: f64) -> f64 {
    let lots = if size.multiple > 0.0 { (wanted / size.multiple).floor() * size.multiple } else { wanted };
    if lots < size.least { 0.0 } else { lots }
}
