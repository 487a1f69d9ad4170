//! From a problem to its optimal policy.

use std::ops::RangeInclusive;
use std::path::PathBuf;

use invmgmt::Problem;
use invmgmt::interruption::{self, Interruption};
use invmgmt::mechanism::{Mechanism, Mechanisms, Scope};
use invmgmt::network::{Cause, Chain};
use invmgmt_policy::table::States;
use invmgmt_policy::{Knowledge, PolicyTable};

use crate::bounds::{Actions, Bounds, Pressure};
use crate::checkpoint::Checkpoint;
use crate::columns::Columns;
use crate::explore::{Explorer, Period};
use crate::iterate::Iteration;
use crate::model::Model;
use crate::outcomes::Outcomes;
use crate::supply::{Supply, openings};
use crate::{Bracket, ExactError, Window, finite};

/// What is solved over all time to come has no end at which stock could be worth something.
const NO_END: (Mechanism, &str) = (Mechanism::Salvage, "gives no worth to stock at an end that never comes");

/// What is reckoned with over a horizon.
pub const FINITE: Scope = Scope { models: MODELLED, simplifies: &[] };
/// What is reckoned with over all time to come.
pub const ENDLESS: Scope =
    Scope { models: MODELLED.without(Mechanisms::of(&[Mechanism::Salvage])), simplifies: &[NO_END] };
/// Sentiment may be any number, and so would be states.
const MODELLED: Mechanisms = Mechanisms::ALL.without(Mechanisms::of(&[Mechanism::Goodwill]));

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
    /// What is told of the policy instead of all it earns, if anything: what it earns in these periods.
    pub window: Option<Window>,
    /// Most threads; the result does not depend on it.
    pub threads: usize,
    /// Most bytes of tables.
    pub memory: usize,
    /// A file that keeps how far the work has come; where it exists the work goes on from there. It is removed when
    /// the work is done.
    pub checkpoint: Option<PathBuf>,
}

impl Settings {
    /// A tail of 1e-12, a tolerance of 1e-8, 6 GB of tables.
    pub fn new(criterion: Criterion, threads: usize) -> Self {
        Self {
            criterion,
            actions: None,
            tail: 1e-12,
            tolerance: 1e-8,
            window: None,
            threads,
            memory: 6_000_000_000,
            checkpoint: None,
        }
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
        if matches!(self.criterion, Criterion::Finite(_)) && self.window.is_some() {
            return Err(ExactError::NoWindow);
        }
        if let Some(window) = self.window.filter(|window| window.periods == 0) {
            return refuse("periods", window.periods as f64, "at least 1");
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
    /// Profit per period, or discounted profit from the opening on; or within the window that was asked for [money].
    pub profit: Bracket,
    /// The window, and what is earned from the opening to its end: all of it, discounted as the criterion has it
    /// [money].
    pub window: Option<(Window, f64)>,
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
    /// Whether customers pay or stock is worth something in the end, so that profits are told; else costs are.
    pub earns: bool,
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
    let supply = Supply::of(&plain)?;
    let work = Work { problem: &plain, settings, supply: &supply, interruption: &interruption };
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
    let network = &problem.network;
    let earns = network.market.rows().iter().any(|link| link.price > 0.0) || network.has_salvage;
    Ok(Solution { earns, simplifies, ..found })
}

/// A problem and how it is to be solved.
#[derive(Clone, Copy)]
pub(crate) struct Work<'a> {
    pub problem: &'a Problem,
    pub settings: &'a Settings,
    pub supply: &'a Supply,
    pub interruption: &'a Interruption,
}

/// What a round of all time to come has found.
#[derive(Clone, Copy)]
struct Round<'a> {
    columns: &'a Columns,
    actions: &'a Actions,
    states: &'a States,
    model: &'a Model,
    iteration: &'a Iteration,
}

impl Work<'_> {
    /// Solves for all time to come.
    fn endless(
        self,
        discount: Option<f64>,
        watch: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Solution, ExactError> {
        check_still(self.problem)?;
        let Self { problem, settings, supply, interruption } = self;
        let outcomes = Outcomes::of(problem, 0, settings.tail)?;
        let columns = Columns::of(problem, false);
        let period = Period { number: 0, num_periods: usize::MAX, outcomes: &outcomes };
        let mut bounds = Bounds::first(problem, &outcomes, settings.actions.as_ref())?;
        let mut known: Option<(States, Vec<f64>)> = None;
        let mut checkpoint = Checkpoint::of(problem, settings);
        let mut begun = None;
        if let Some(reached) = checkpoint.read(&bounds, columns.width())? {
            (bounds, known, begun) = (reached.bounds, reached.known, reached.run);
        }
        for _ in 0..MOST_ROUNDS {
            if begun.is_none() {
                checkpoint.begin(&bounds, known.as_ref())?;
            } else {
                checkpoint.go_on(&bounds, known.as_ref());
            }
            let actions = Actions::within(problem, &bounds)?;
            let explorer = Explorer {
                problem,
                columns: &columns,
                bounds: &bounds,
                actions: &actions,
                supply,
                interruption,
                memory: settings.memory,
            };
            let ((mut states, begins), mut model) = (opening(problem, &columns), Model::new());
            explorer.all(period, &mut states, &mut model, &mut |states, done| {
                watch(Progress::Exploring { states, done });
            })?;
            model.finish();
            let values = guess(&states, known.take());
            let mut iteration = Iteration::new(discount, begins, values);
            let mut first_stage = 0;
            if let Some((values, sweeps, stage)) =
                begun.take().filter(|(values, ..)| values.len() == states.len())
            {
                (iteration.values, iteration.sweeps, first_stage) = (values, sweeps, stage);
            }
            let mut told = |now: &Iteration| {
                let (states, sweeps, bracket) = (now.values.len(), now.sweeps, now.bracket);
                watch(Progress::Improving { states, sweeps, bracket });
            };
            let mut wider = bounds.clone();
            let mut pressure = Pressure::of(problem);
            let mut is_wider = false;
            let stages = [settings.tolerance.max(ROUGH), settings.tolerance];
            for (stage, tolerance) in stages.into_iter().enumerate().skip(first_stage) {
                let mut keep = |now: &Iteration, ends| checkpoint.keep(&now.values, now.sweeps, stage, ends);
                iteration.run(&model, tolerance, interruption, &mut told, &mut keep)?;
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
            checkpoint.end();
            let round = Round {
                columns: &columns,
                actions: &actions,
                states: &states,
                model: &model,
                iteration: &iteration,
            };
            let requests = bounds.requests.clone();
            return Ok(self.solution(&round, &outcomes, pressure.total(), requests));
        }
        Err(ExactError::Unbounded { rounds: MOST_ROUNDS })
    }

    /// What the last round found; bounds were met so often.
    fn solution(
        self,
        round: &Round<'_>,
        outcomes: &Outcomes,
        met: f64,
        requests: Vec<(u32, u32)>,
    ) -> Solution {
        let Self { problem, settings, .. } = self;
        let &Round { columns, actions, states, model, iteration } = round;
        let (cut, excess) = outcomes.cut();
        let periods = iteration.discount.map_or(1.0, |discount| 1.0 / (1.0 - discount));
        let window = settings.window.map(|window| (window, window.of(iteration, model)));
        let profit =
            window.map_or(iteration.bracket, |(_, (within, _))| Bracket { low: within, high: within });
        Solution {
            criterion: settings.criterion,
            profit,
            window: window.map(|(window, (_, in_all))| (window, in_all)),
            head_start: iteration.head_start(model),
            error: periods * ((cut + excess + met) * iteration.span() + excess * dearest(problem)),
            cut,
            states: states.len(),
            choices: model.choices(),
            transitions: model.transitions(),
            sweeps: iteration.sweeps,
            requests,
            earns: false,
            simplifies: Vec::new(),
            policy: policy(problem, columns, states, orders(actions, model, &iteration.chosen)),
        }
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
        self.actions.press(&limits, action as usize, often, pressure);
        for (place, link) in network.market.indices().enumerate() {
            if self
                .columns
                .waiting(link)
                .is_some_and(|column| state[column] >= self.bounds.most_waiting(link))
            {
                pressure.waiting[place] += often;
            }
        }
    }
}

/// The states in which a problem may begin, and how likely each is.
pub(crate) fn opening(problem: &Problem, columns: &Columns) -> (States, Vec<f64>) {
    let (mut states, mut likely) = (States::new(columns.width()), Vec::new());
    let mut state = vec![0.0; columns.width()];
    for (row, probability) in openings(problem, &invmgmt::period::opening_row(&problem.network)) {
        columns.read(|position| row[position], &mut state);
        let at = states.intern(&state) as usize;
        likely.resize(states.len(), 0.0);
        likely[at] += probability;
    }
    (states, likely)
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

/// Refuses what is not the same in every period: demand, and failures at known times.
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
    match problem.network.physics.iter().flat_map(|physics| &physics.chains).find(|chain| is_planned(chain)) {
        Some(chain) => Err(ExactError::Moving { what: format!("disruption of {}: periods", chain.name) }),
        None => Ok(()),
    }
}

/// Whether it fails at known times.
pub(crate) fn is_planned(chain: &Chain) -> bool {
    matches!(&chain.cause, Cause::Periods(spans) if !spans.is_empty())
}
