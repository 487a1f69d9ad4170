//! Ours: plan as far as today's orders can matter against what is foreseen, with safety stock that is worth its cost.

mod integers;

use std::ops::Range;

use invmgmt::episode::{DecisionError, Policy};
use invmgmt::period::StateView;

use super::Paths;
use super::branches::branch;
use super::foresight::{Forecaster, Foresight, revenue};
use super::horizon::Horizon;
use super::lots::{COUNTS, Lots, fill_trucks};
use super::outage::{SHORTAGE, last_stretch, neighbours, short_periods};
use super::rolling::{Programmes, check_size, playable};
use super::safety::SafetySteps;
use super::window::Window;
use crate::lp::{Method, Solution};

/// Plans anew in every period against mean demand as somebody foresees it, with soft targets for the retailers' stock,
/// and plays the first orders.
pub(crate) struct PlanAhead<F> {
    forecaster: F,
    foresight: Foresight,
    steps: SafetySteps,
    paths: Paths,
    programmes: Programmes,
    horizon: Horizon,
    /// When to order where an order costs something -- state.
    lots: Lots,
    /// How surely demand is left unmet, period by period from the present one [1] -- state.
    short: Vec<f64>,
    /// Periods from the present one in which customers are to be left unserved -- state.
    outage: Range<usize>,
    /// Periods for which no better outage was found than to serve while stock lasts -- state.
    accepted: usize,
    /// The period the last plan was made in -- state.
    planned_in: usize,
    /// Cost and outage of the plan that was played last [money; periods] -- state.
    decided: Option<(f64, Range<usize>)>,
}

/// A plan for one decision.
struct Plan {
    /// What to order now, per supply link [units].
    orders: Vec<f64>,
    /// What of that is to be filled, at once or when it is read [units].
    fills: Vec<f64>,
    /// What is left unmet at the end of each period to come, in units of the programme's scale.
    shortages: Vec<f64>,
    /// Expected cost less revenue to the end of the episode [money].
    cost: f64,
    /// The outage it reckons with, in periods from the present one.
    outage: Range<usize>,
    /// What is ordered in each period of the plan, period by period and link by link, where an order costs something
    /// whatever its size; and what counts as an order [units].
    ordered: Vec<f64>,
    counts: f64,
}

/// How far belief in a shortage follows each plan [1]: all the way, plans would take turns.
const STEP: f64 = 0.5;
/// Belief that moved no more than this calls for no other plan [1].
const SETTLED: f64 = 0.3;
/// Most plans made for one decision where belief has to settle.
const MOST_PLANS: usize = 3;
/// Most plans made for one decision to find an outage, and to look whether the one found is still the best.
const MOST_TO_FIND: usize = 10;
const MOST_TO_LOOK: usize = 4;

/// An outage must be so many periods shorter than the stretches that end short without it [periods]: stock may last
/// longer than expected, an outage is certain.
const WORTH_IT: usize = 2;

const METHOD: Method = Method::RevisedSimplex;

impl<F: Forecaster> PlanAhead<F> {
    pub fn new(forecaster: F) -> Self {
        Self {
            forecaster,
            foresight: Foresight::default(),
            steps: SafetySteps::new(),
            paths: Paths::default(),
            programmes: Programmes::new(METHOD),
            horizon: Horizon::default(),
            lots: Lots::default(),
            short: Vec::new(),
            outage: 0..0,
            accepted: 0,
            planned_in: 0,
            decided: None,
        }
    }

    fn forget(&mut self) {
        self.forecaster.reset();
        self.programmes.forget();
        self.horizon = Horizon::default();
        self.lots = Lots::default();
        self.foresight = Foresight::default();
        self.short.clear();
        self.outage = 0..0;
        self.accepted = 0;
        self.decided = None;
    }

    /// Lets what was believed of a period stay with that period.
    fn move_on(&mut self, state: &StateView<'_>) {
        let passed = state.period().saturating_sub(self.planned_in);
        self.short.drain(..passed.min(self.short.len()));
        self.short.resize(self.horizon.periods(state), 0.0);
        self.lots.reach(self.short.len());
        self.outage = self.outage.start.saturating_sub(passed)..self.outage.end.saturating_sub(passed);
        self.accepted = self.accepted.saturating_sub(passed);
        self.planned_in = state.period();
    }

    /// A plan that leaves demand unmet lowers the demand to expect: each plan moves belief half way to what it found.
    /// What it cannot serve is likely still out of reach in the next period.
    fn settle(&mut self, state: &StateView<'_>) -> Result<Plan, DecisionError> {
        let mut made = 0;
        loop {
            let plan = self.plan(state, 0..0)?;
            made += 1;
            let mut change: f64 = 0.0;
            for (short, units) in self.short.iter_mut().zip(&plan.shortages) {
                let moved = STEP * (f64::from(u8::from(*units > SHORTAGE)) - *short);
                *short += moved;
                change = change.max(moved.abs());
            }
            if made == MOST_PLANS || self.foresight.goodwill_at_stake == 0.0 || change <= SETTLED {
                return Ok(plan);
            }
        }
    }

    /// A plan that leaves customers unserved as seldom as can be, where that is worth it.
    fn serve_often(&mut self, state: &StateView<'_>) -> Result<Plan, DecisionError> {
        if !self.outage.is_empty() {
            let plan = self.plan_outage(state, self.outage.clone())?;
            let best = self.improve(state, plan, MOST_TO_LOOK)?;
            self.outage = best.outage.clone();
            return Ok(best);
        }
        let settled = self.settle(state)?;
        let short = short_periods(&settled.shortages).count();
        if self.foresight.goodwill_at_stake == 0.0 || self.accepted > 0 || short <= WORTH_IT {
            return Ok(settled);
        }
        let beliefs = self.short.clone();
        let start = self.plan_outage(state, last_stretch(&settled.shortages))?;
        let best = self.improve(state, start, MOST_TO_FIND)?;
        let outage = &best.outage;
        let accounted = short_periods(&best.shortages).all(|period| outage.contains(&period));
        if accounted && outage.len() + WORTH_IT <= short {
            self.outage = outage.clone();
            return Ok(best);
        }
        self.accepted = last_stretch(&settled.shortages).end;
        self.short = beliefs;
        Ok(settled)
    }

    /// The best plan found by changing its outage little by little, with so many plans at most.
    fn improve(&mut self, state: &StateView<'_>, mut best: Plan, most: usize) -> Result<Plan, DecisionError> {
        let mut tried = vec![best.outage.clone()];
        while tried.len() < most {
            let near = neighbours(&best.outage, &best.shortages);
            let Some(outage) = near.into_iter().find(|outage| !tried.contains(outage)) else { break };
            tried.push(outage.clone());
            let plan = self.plan_outage(state, outage)?;
            if plan.cost < best.cost {
                best = plan;
            }
        }
        Ok(best)
    }

    fn plan_outage(&mut self, state: &StateView<'_>, outage: Range<usize>) -> Result<Plan, DecisionError> {
        for (period, short) in self.short.iter_mut().enumerate() {
            *short = f64::from(u8::from(outage.contains(&period)));
        }
        self.plan(state, outage)
    }

    fn plan(&mut self, state: &StateView<'_>, outage: Range<usize>) -> Result<Plan, DecisionError> {
        self.expect(state, self.short.len(), &outage);
        let (solution, window) = self.programmes.solve(state, &mut self.paths)?;
        Ok(Plan::of(state, &solution, window, &self.lots, &self.foresight, self.short.len(), outage))
    }

    fn foresee(&mut self, state: &StateView<'_>, periods: usize) {
        let mut short = self.short.clone();
        short.resize(periods, 0.0);
        self.foresight.reset(periods, state.network.market.len());
        self.forecaster.foresee(state, &short, &mut self.foresight);
    }

    /// Writes what to plan for in so many periods.
    fn expect(&mut self, state: &StateView<'_>, periods: usize, outage: &Range<usize>) {
        let network = state.network;
        // Shortages cost a share of all revenue that comes after them.
        let remaining = state.num_periods - state.period();
        self.foresee(state, if self.foresight.goodwill_at_stake > 0.0 { remaining } else { periods });
        if self.foresight.goodwill_at_stake > 0.0 && self.foresight.periods() < remaining {
            self.foresee(state, remaining);
        }
        self.paths.reset(1, periods, network.market.len());
        for period in 0..periods {
            for link in network.market.indices() {
                self.paths.set(0, period, link, self.foresight.mean(period, link));
            }
        }
        self.paths.outage = outage.clone();
        if !self.lots.0.is_empty() {
            self.paths.closed = self.lots.closed(network.supply.len(), periods);
        }
        self.paths.ends_episode = periods == remaining;
        if !branch(state, &self.foresight, &self.steps, &mut self.paths) {
            self.steps.write(network, state.rules, &self.foresight, &mut self.paths);
        }
    }

    /// Where it is time to look whether plans reach far enough: plans twice as far, and farther for as long as today's
    /// orders lose by it.
    fn look_farther(&mut self, state: &StateView<'_>) -> Result<(), DecisionError> {
        if !self.horizon.is_to_look(state) {
            return Ok(());
        }
        self.foresee(state, state.num_periods - state.period());
        self.horizon.reach_over(state, &self.foresight);
        self.short.resize(self.horizon.periods(state), 0.0);
        while let Some(farther) = self.horizon.farther(state) {
            if check_size(state.network, farther, 1, METHOD).is_err() {
                break;
            }
            let plan = self.plan(state, 0..0)?;
            self.expect(state, farther, &(0..0));
            let best = self.programmes.solve(state, &mut self.paths)?.0.objective;
            let fills: Vec<Option<f64>> = plan.fills.iter().copied().map(Some).collect();
            let with = self.programmes.solve_with(state, &mut self.paths, &fills)?;
            let with = with.map_or(f64::INFINITY, |(plan, _)| plan.objective);
            let revenue = revenue(state.network, &self.foresight, 0);
            if !self.horizon.is_too_near(with - best, revenue) {
                break;
            }
            self.short.resize(self.horizon.periods(state), 0.0);
        }
        Ok(())
    }
}

impl Plan {
    /// What a solution of a window says.
    fn of(
        state: &StateView<'_>,
        solution: &Solution,
        window: &Window,
        lots: &Lots,
        foresight: &Foresight,
        periods: usize,
        outage: Range<usize>,
    ) -> Self {
        let flows: Vec<f64> = if lots.0.is_empty() {
            Vec::new()
        } else {
            (0..periods).flat_map(|period| window.orders(solution, period)).collect()
        };
        let counts = COUNTS * solution.scale.quantity;
        let fixed = lots.cost(state.network, state.rules, &flows, counts);
        let orders = window.orders(solution, 0);
        Self {
            orders: orders.map(|order| playable(order, solution.method, solution.scale)).collect(),
            fills: window.fills(solution, 0).collect(),
            shortages: window.shortages(solution).map(|short| short / solution.scale.quantity).collect(),
            cost: solution.objective + fixed - foresight.later_profit(state, periods),
            outage,
            ordered: flows,
            counts,
        }
    }
}

impl<F: Forecaster> Policy for PlanAhead<F> {
    fn reset(&mut self, _seed: Option<u64>) {
        self.forget();
    }

    fn decide(&mut self, state: &StateView<'_>, orders: &mut [f64]) -> Result<(), DecisionError> {
        if state.period() >= state.num_periods {
            orders.fill(0.0);
            return Ok(());
        }
        if state.period() == 0 {
            self.forget();
        }
        self.go_on(state, orders)
    }

    fn plan_gap(&mut self, state: &StateView<'_>) -> Option<f64> {
        self.gap(state).ok().flatten()
    }
}

impl<F: Forecaster> PlanAhead<F> {
    /// Decides in the course of an episode.
    fn go_on(&mut self, state: &StateView<'_>, orders: &mut [f64]) -> Result<(), DecisionError> {
        self.move_on(state);
        if state.period() == 0 {
            self.schedule(state)?;
        }
        // How far is enough is judged without schedules, which end with the plan.
        let lots = std::mem::take(&mut self.lots);
        let looked = self.look_farther(state);
        self.lots = lots;
        looked?;
        self.lots.reach(self.short.len());
        let plan = if state.rules.backlog { self.settle(state)? } else { self.serve_often(state)? };
        let plan = self.order_in_lots(state, plan)?;
        let plan = self.order_in_sizes(state, plan)?;
        orders.copy_from_slice(&plan.orders);
        fill_trucks(state.network, orders, plan.counts);
        self.lots.move_on();
        self.decided = Some((plan.cost, plan.outage));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use invmgmt::Problem;
    use invmgmt::demand::{DemandConfig, DemandModel};
    use invmgmt::episode::{Episode, kpis};
    use invmgmt::network::{DeclaredNetwork, preset};
    use invmgmt::period::Rules;

    use super::*;
    use crate::planning::KnownParameters;

    /// What is earned with plans of the length that is found, and with plans to the end of the episode.
    fn found_and_endless(declared: &DeclaredNetwork, config: DemandConfig, periods: usize) -> [f64; 2] {
        let network = declared.clone().compile().expect("valid");
        let demand = DemandModel::new(config).expect("usable");
        let problem = Problem::new(network, demand.clone(), Rules::default(), periods);
        [Horizon::default(), Horizon::endless()].map(|horizon| {
            let mut planner = PlanAhead::new(KnownParameters::new(&demand));
            let mut episode = Episode::begin(&problem, 5).expect("an episode");
            let mut orders = vec![0.0; problem.network.supply.len()];
            while !episode.is_over() {
                let state = episode.view();
                if state.period() == 0 {
                    planner.forget();
                    planner.horizon = horizon.clone();
                }
                planner.go_on(&state, &mut orders).expect("a plan");
                episode.step(&orders).expect("playable");
            }
            kpis(&problem.network, episode.trajectory()).total_profit
        })
    }

    #[test]
    fn plans_that_reach_as_far_as_needed_lose_next_to_nothing_beside_plans_to_the_end() {
        let chain = preset("serial").expect("a preset");
        let [found, endless] = found_and_endless(&chain, DemandConfig::default(), 120);
        assert!(found > endless - 0.002 * endless.abs(), "{found}, to the end {endless}");
    }

    /// The factory makes 15 units a period; for fifteen periods 30 are wanted, so goods are made ahead for long.
    #[test]
    fn goods_are_made_ahead_of_a_season_that_no_factory_keeps_up_with() {
        let mut chain = preset("serial").expect("a preset");
        for node in &mut chain.nodes {
            node.capacity = node.capacity.map(|_| 15.0);
        }
        let season = (0..110).map(|period| if (80..95).contains(&period) { 30.0 } else { 10.0 });
        let config = DemandConfig {
            external_series: Some(season.collect::<Vec<f64>>().into()),
            noise_scale: 0.0,
            ..DemandConfig::default()
        };
        let [found, endless] = found_and_endless(&chain, config, 110);
        assert!(found > endless - 0.002 * endless.abs(), "{found}, to the end {endless}");
    }
}
