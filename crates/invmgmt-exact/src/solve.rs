//! From a problem to its optimal policy.

use std::ops::RangeInclusive;

use invmgmt::Problem;
use invmgmt::interruption::{self, Interruption};
use invmgmt::mechanism::Mechanism::{Capacity, FixedOrderCosts, LostSales, Salvage, Yield};
use invmgmt::mechanism::{Mechanism, Scope};
use invmgmt_policy::table::States;
use invmgmt_policy::{Knowledge, PolicyTable};

use crate::bounds::{Actions, Bounds, Pressure};
use crate::columns::Columns;
use crate::explore::{Explorer, Period};
use crate::iterate::Iteration;
use crate::model::Model;
use crate::outcomes::Outcomes;
use crate::{Bracket, ExactError, finite};

/// What is solved over all time to come has no end at which stock could be worth something.
const NO_END: (Mechanism, &str) = (Salvage, "gives no worth to stock at an end that never comes");

/// What is reckoned with over all time to come.
pub const ENDLESS: Scope = Scope::of(&[FixedOrderCosts, Yield, Capacity, LostSales]).simplifying(&[NO_END]);
/// What is reckoned with over a horizon.
pub const FINITE: Scope = Scope::of(&[FixedOrderCosts, Yield, Capacity, LostSales, Salvage]);

/// Bounds are in nobody's way if they are met in fewer periods than this.
const RARELY: f64 = 1e-9;
/// Rounds of widening.
const MOST_ROUNDS: usize = 60;
/// How close the bounds of the value come before the bounds of orders are looked at.
const ROUGH: f64 = 1e-4;

/// What is made as good as possible.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Criterion {
    /// Profit per period, in the long run.
    Average,
    /// All profit to come, each period's weighted by this against the period before.
    Discounted(f64),
    /// All profit up to the horizon, each period's weighted by this against the period before.
    Finite(f64),
}

impl Criterion {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Average => "average",
            Self::Discounted(_) => "discounted",
            Self::Finite(_) => "finite",
        }
    }
}

/// How a problem is to be solved.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// What counts.
    pub criterion: Criterion,
    /// Least and most units requested on each supply link; none: whole units up to a bound that is raised until it is
    /// not in the way.
    pub actions: Option<RangeInclusive<u32>>,
    /// Demand is reckoned with up to a value above which less than this of the probability lies, per market link.
    pub tail: f64,
    /// How close the bounds of the value come, in units of the value where that is above 1.
    pub tolerance: f64,
    /// Most threads; the result does not depend on it.
    pub threads: usize,
    /// Most bytes of tables.
    pub memory: usize,
}

impl Settings {
    /// A tail of 1e-12, a tolerance of 1e-8, 6 GB of tables.
    pub fn new(criterion: Criterion, threads: usize) -> Self {
        Self { criterion, actions: None, tail: 1e-12, tolerance: 1e-8, threads, memory: 6_000_000_000 }
    }

    fn check(&self) -> Result<(), ExactError> {
        let refuse = |name, found, allowed| Err(ExactError::OutOfRange { name, found, allowed });
        match self.criterion {
            Criterion::Discounted(weight) if !(weight > 0.0 && weight < 1.0) => {
                return refuse("discount", weight, "a number above 0 and below 1");
            }
            Criterion::Finite(weight) if !(weight > 0.0 && weight <= 1.0) => {
                return refuse("discount", weight, "a number above 0 and at most 1");
            }
            _ => {}
        }
        if !(self.tail > 0.0 && self.tail <= 0.01) {
            return refuse("tail", self.tail, "a number above 0 and at most 0.01");
        }
        if !(self.tolerance > 0.0 && self.tolerance < 1.0) {
            return refuse("tolerance", self.tolerance, "a number above 0 and below 1");
        }
        Ok(())
    }
}

/// How far a solution has come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Progress {
    /// States are looked for.
    Exploring {
        /// States found.
        states: usize,
        /// Of which what may be done is known.
        done: usize,
    },
    /// Values are improved.
    Improving {
        /// States.
        states: usize,
        /// Sweeps over all of them.
        sweeps: usize,
        /// What is known of the value [money].
        bracket: Bracket,
    },
}

/// An optimal policy, and how much it earns.
#[derive(Clone, Debug)]
pub struct Solution {
    /// What counted.
    pub criterion: Criterion,
    /// Profit per period, or discounted profit from the opening on [money].
    pub profit: Bracket,
    /// What the opening earns in all above the average, on the way into it; 0 for other criteria [money].
    pub head_start: f64,
    /// What demand above what was reckoned with, and bounds of orders that were met rarely, may change of it [money].
    pub error: f64,
    /// Probability per period of demand above what was reckoned with [1].
    pub cut: f64,
    /// States.
    pub states: usize,
    /// Choices in all states together.
    pub choices: usize,
    /// Successors that a sweep over all choices has to do with.
    pub transitions: usize,
    /// Sweeps over all choices.
    pub sweeps: usize,
    /// Least and most units that were tried on each supply link.
    pub requests: Vec<(u32, u32)>,
    /// What is left out of account, in words; mostly nothing.
    pub simplifies: Vec<&'static str>,
    /// The policy.
    pub policy: PolicyTable,
}

/// Finds the policy that earns most.
///
/// The states are rows of the engine, found from the opening row by playing every period there may be; `watch` is told
/// how it goes.
///
/// # Errors
/// [`ExactError`] for a problem that is not modelled or too large, for settings out of range, and where somebody asked
/// for its end.
pub fn solve(
    problem: &Problem,
    settings: &Settings,
    watch: &mut (dyn FnMut(Progress) + Send),
) -> Result<Solution, ExactError> {
    settings.check()?;
    let scope = if matches!(settings.criterion, Criterion::Finite(_)) { FINITE } else { ENDLESS };
    let simplifies = scope.admit(&Knowledge::of(problem).mechanisms())?;
    // Money is weighted here, not by the engine.
    let mut plain = problem.clone();
    plain.rules.discount = 1.0;
    let interruption = interruption::current();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(settings.threads.max(1)).build();
    let work = Work { problem: &plain, settings, interruption: &interruption };
    let mut job = || match settings.criterion {
        Criterion::Average => work.endless(None, watch),
        Criterion::Discounted(weight) => work.endless(Some(weight), watch),
        Criterion::Finite(weight) => finite::solve(work, weight, watch),
    };
    let found = match pool {
        Ok(pool) => pool.install(job),
        // No threads to be had: rayon's own, or the caller's alone.
        Err(_) => job(),
    }?;
    Ok(Solution { simplifies, ..found })
}

/// A problem and how it is to be solved.
#[derive(Clone, Copy)]
pub(crate) struct Work<'a> {
    pub problem: &'a Problem,
    pub settings: &'a Settings,
    pub interruption: &'a Interruption,
}

impl Work<'_> {
    /// Solves for all time to come.
    fn endless(
        self,
        discount: Option<f64>,
        watch: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Solution, ExactError> {
        check_still(self.problem)?;
        let Self { problem, settings, interruption } = self;
        let outcomes = Outcomes::of(problem, 0, settings.tail)?;
        let columns = Columns::of(problem, false);
        let period = Period { number: 0, num_periods: usize::MAX, outcomes: &outcomes };
        let mut bounds = Bounds::first(problem, &outcomes, settings.actions.as_ref());
        let mut known: Option<(States, Vec<f64>)> = None;
        for _ in 0..MOST_ROUNDS {
            let actions = Actions::within(problem, &bounds)?;
            let explorer = Explorer {
                problem,
                columns: &columns,
                bounds: &bounds,
                actions: &actions,
                interruption,
                memory: settings.memory,
            };
            let (mut states, mut model) = (opening(problem, &columns), Model::new());
            explorer.all(period, &mut states, &mut model, &mut |states, done| {
                watch(Progress::Exploring { states, done });
            })?;
            model.finish();
            let values = guess(&states, known.take());
            let mut iteration = Iteration::new(discount, values);
            let mut told = |now: &Iteration| {
                let (states, sweeps, bracket) = (now.values.len(), now.sweeps, now.bracket);
                watch(Progress::Improving { states, sweeps, bracket });
            };
            let mut wider = bounds.clone();
            let mut pressure = Pressure::of(problem);
            let mut is_wider = false;
            for tolerance in [settings.tolerance.max(ROUGH), settings.tolerance] {
                iteration.run(&model, tolerance, interruption, &mut told)?;
                pressure = self.pressure(&explorer, &states, &model, &iteration);
                is_wider = wider.widen(&pressure, RARELY);
                if is_wider {
                    break;
                }
            }
            if is_wider {
                bounds = wider;
                known = Some((states, iteration.values));
                continue;
            }
            let (cut, excess) = outcomes.cut();
            let periods = discount.map_or(1.0, |discount| 1.0 / (1.0 - discount));
            let unit = dearest(problem);
            let span = iteration.span();
            return Ok(Solution {
                criterion: settings.criterion,
                profit: iteration.bracket,
                head_start: iteration.head_start(&model),
                error: periods * ((cut + excess + pressure.total()) * span + excess * unit),
                cut,
                states: states.len(),
                choices: model.choices(),
                transitions: model.transitions(),
                sweeps: iteration.sweeps,
                requests: bounds.requests.clone(),
                simplifies: Vec::new(),
                policy: policy(problem, &columns, &states, orders(&actions, &model, &iteration.chosen)),
            });
        }
        Err(ExactError::Unbounded { rounds: MOST_ROUNDS })
    }

    /// How often the policy stands at the bounds.
    fn pressure(
        self,
        explorer: &Explorer<'_>,
        states: &States,
        model: &Model,
        iteration: &Iteration,
    ) -> Pressure {
        let mut pressure = Pressure::of(self.problem);
        for (state, &often) in iteration.occupancy(model).iter().enumerate() {
            if often > 0.0 {
                let action = model.choices_of(state)[iteration.chosen[state] as usize].action;
                explorer.press(states.get(state as u32), 0, action, often, &mut pressure);
            }
        }
        pressure
    }
}

impl Explorer<'_> {
    /// Adds to `pressure` where a state and what is done in it stand at the bounds, so often.
    pub fn press(&self, state: &[f64], period: usize, action: u32, often: f64, pressure: &mut Pressure) {
        let network = &self.problem.network;
        let mut row = vec![0.0; network.layout.row()];
        self.columns.write(state, period, &mut row);
        let limits = self.actions.limits(self.problem, self.bounds, &row);
        self.actions.press(self.bounds, &limits, action as usize, often, pressure);
        for (place, link) in network.market.indices().enumerate() {
            if self.columns.unmet(link).is_some_and(|column| state[column] >= self.bounds.most_unmet(link)) {
                pressure.unmet[place] += often;
            }
        }
    }
}

/// The states of a problem as far as they are known before anything is played: the one it begins in.
pub(crate) fn opening(problem: &Problem, columns: &Columns) -> States {
    let row = invmgmt::period::opening_row(&problem.network);
    let mut state = vec![0.0; columns.width()];
    columns.read(|position| row[position], &mut state);
    let mut states = States::new(columns.width());
    states.intern(&state);
    states
}

/// Values to begin with: those of the round before, where a state was known in it.
fn guess(states: &States, known: Option<(States, Vec<f64>)>) -> Vec<f64> {
    let Some((before, values)) = known else { return vec![0.0; states.len()] };
    let lowest = values.iter().copied().fold(f64::INFINITY, f64::min);
    let value = |state: u32| before.find(states.get(state)).map_or(lowest, |at| values[at as usize]);
    (0..states.len() as u32).map(value).collect()
}

/// What a unit of demand may bring or cost in its period at most [money / unit].
pub(crate) fn dearest(problem: &Problem) -> f64 {
    problem.network.market.rows().iter().map(|link| link.price + link.unmet_penalty).fold(0.0, f64::max)
}

/// What is requested in every state, link by link [units].
pub(crate) fn orders(actions: &Actions, model: &Model, chosen: &[u32]) -> Vec<f64> {
    let of_state = |(state, &place): (usize, &u32)| {
        actions.requests(model.choices_of(state)[place as usize].action as usize)
    };
    chosen.iter().enumerate().flat_map(of_state).copied().collect()
}

/// The policy that requests this in these states.
pub(crate) fn policy(problem: &Problem, columns: &Columns, states: &States, orders: Vec<f64>) -> PolicyTable {
    let sums = columns.columns().iter().map(|column| column.positions.clone()).collect();
    PolicyTable::new(&problem.network, sums, states.clone(), orders)
}

/// Refuses demand that is not the same in every period.
fn check_still(problem: &Problem) -> Result<(), ExactError> {
    let (network, demand) = (&problem.network, &problem.demand);
    for (link, row) in network.market.iter() {
        let config = demand.config_of(link);
        let mut moves: Vec<&str> = config.effects.names().collect();
        if config.external_series.is_some() {
            moves.push("external_series");
        }
        if demand.replays.series(link).is_some() {
            moves.push("a series that is replayed");
        }
        if !moves.is_empty() {
            let what = format!("link {}: {}", network.link_name(row.link), moves.join(", "));
            return Err(ExactError::Moving { what });
        }
    }
    Ok(())
}
