//! Solutions over a horizon: from its end back to the opening, period by period.

use invmgmt_policy::PolicyTable;
use invmgmt_policy::table::States;

use crate::bounds::{Actions, Bounds, Pressure};
use crate::checkpoint::Checkpoint;
use crate::columns::Columns;
use crate::explore::{Explorer, Period};
use crate::iterate::at_opening;
use crate::model::Model;
use crate::outcomes::Outcomes;
use crate::solve::{Progress, Solution, Work, dearest, is_planned, opening, orders};
use crate::{Bracket, ExactError};

/// Bounds are in nobody's way if they are met in fewer episodes than this.
const RARELY: f64 = 1e-9;
/// Rounds of widening.
const MOST_ROUNDS: usize = 60;

/// One period: how many of the states of its table it may begin in, which table says what may be done in them and what
/// follows, and what is best.
struct Layer {
    table: usize,
    chosen: Vec<u32>,
    values: Vec<f64>,
}

/// States and what may be done in them in some periods.
struct Table {
    /// A period's states are the first ones; those that follow are numbered as in the next period's table.
    states: States,
    model: Model,
}

/// The periods of a horizon.
struct Horizon {
    tables: Vec<Table>,
    layers: Vec<Layer>,
    /// How likely each of the first period's states is.
    opening: Vec<f64>,
}

/// Solves up to the horizon, money weighted by `discount` from period to period.
pub(crate) fn solve(
    work: Work<'_>,
    discount: f64,
    watch: &mut (dyn FnMut(Progress) + Send),
) -> Result<Solution, ExactError> {
    let Work { problem, settings, supply, interruption } = work;
    let horizon = problem.num_periods;
    let outcomes = (0..horizon)
        .map(|period| Outcomes::of(problem, period, settings.tail))
        .collect::<Result<Vec<_>, _>>()?;
    let columns = Columns::of(problem, true);
    let given = settings.actions.as_ref();
    let first = outcomes
        .iter()
        .map(|outcomes| Bounds::first(problem, outcomes, given))
        .collect::<Result<Vec<_>, _>>()?;
    let mut bounds = first.into_iter().reduce(|all, one| all.around(&one)).expect("a horizon has a period");
    let mut checkpoint = Checkpoint::of(problem, settings);
    if let Some(reached) = checkpoint.read(&bounds, columns.width())? {
        bounds = reached.bounds;
    }
    for _ in 0..MOST_ROUNDS {
        checkpoint.begin(&bounds, None)?;
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
        let mut found = explore(&explorer, &outcomes, watch)?;
        found.improve(discount);
        let pressure = found.pressure(&explorer);
        let mut wider = bounds.clone();
        if wider.widen(&pressure, RARELY) {
            bounds = wider;
            continue;
        }
        checkpoint.end();
        let value = at_opening(&found.opening, &found.layers[0].values);
        let (cut, excess) =
            outcomes.iter().map(Outcomes::cut).fold((0.0, 0.0), |a, b| (a.0 + b.0, a.1 + b.1));
        let span = found.layers.iter().map(|layer| span(&layer.values)).fold(0.0, f64::max);
        return Ok(Solution {
            criterion: settings.criterion,
            profit: Bracket { low: value, high: value },
            window: None,
            head_start: 0.0,
            error: (cut + excess + pressure.total()) * span + excess * dearest(problem),
            cut: cut / horizon as f64,
            states: found.layers.iter().map(|layer| layer.values.len()).sum(),
            choices: found.tables.iter().map(|table| table.model.choices()).sum(),
            transitions: found.tables.iter().map(|table| table.model.transitions()).sum(),
            sweeps: 1,
            requests: bounds.requests.clone(),
            earns: false,
            simplifies: Vec::new(),
            policy: found.policy(work, &columns, &actions),
        });
    }
    Err(ExactError::Unbounded { rounds: MOST_ROUNDS })
}

/// Finds the states every period may begin in.
fn explore(
    explorer: &Explorer<'_>,
    outcomes: &[Outcomes],
    watch: &mut (dyn FnMut(Progress) + Send),
) -> Result<Horizon, ExactError> {
    let chains = explorer.problem.network.physics.iter().flat_map(|physics| &physics.chains);
    let is_still = !chains.into_iter().any(is_planned) && outcomes.windows(2).all(|pair| pair[0] == pair[1]);
    if is_still {
        explore_still(explorer, &outcomes[0], watch)
    } else {
        explore_moving(explorer, outcomes, watch)
    }
}

/// Where demand is the same in every period, one table serves all of them but the last, in which stock may have a
/// worth.
fn explore_still(
    explorer: &Explorer<'_>,
    outcomes: &Outcomes,
    watch: &mut (dyn FnMut(Progress) + Send),
) -> Result<Horizon, ExactError> {
    let num_periods = explorer.problem.num_periods;
    let ((mut states, opening), mut model) = (opening(explorer.problem, explorer.columns), Model::new());
    // States that can be reached within so many periods come first.
    let mut counts = vec![states.len()];
    let period = Period { number: 0, num_periods: usize::MAX, outcomes };
    for _ in 1..num_periods {
        let count = states.len();
        explorer.until(count, period, &mut states, &mut model, &mut |states, done| {
            watch(Progress::Exploring { states, done });
        })?;
        counts.push(states.len());
    }
    model.finish();
    let (mut next, mut last) = (States::new(states.width()), Model::new());
    let used = states.bytes() + model.bytes();
    let period = Period { number: num_periods - 1, num_periods, outcomes };
    explorer.layer(states.len(), period, &states, &mut next, &mut last, used)?;
    last.finish();
    let layer = |(number, &count): (usize, &usize)| Layer {
        table: usize::from(number + 1 == num_periods),
        chosen: vec![0; count],
        values: vec![0.0; count],
    };
    let layers = counts.iter().enumerate().map(layer).collect();
    let last = Table { states: states.clone(), model: last };
    Ok(Horizon { tables: vec![Table { states, model }, last], layers, opening })
}

/// Where demand moves, every period has a table of its own.
fn explore_moving(
    explorer: &Explorer<'_>,
    outcomes: &[Outcomes],
    watch: &mut (dyn FnMut(Progress) + Send),
) -> Result<Horizon, ExactError> {
    let (mut states, opening) = opening(explorer.problem, explorer.columns);
    let mut found = Horizon { tables: Vec::new(), layers: Vec::new(), opening };
    let (mut used, mut done) = (0, 0);
    for (number, outcomes) in outcomes.iter().enumerate() {
        let period = Period { number, num_periods: explorer.problem.num_periods, outcomes };
        let (mut next, mut model) = (States::new(states.width()), Model::new());
        explorer.layer(states.len(), period, &states, &mut next, &mut model, used)?;
        model.finish();
        used += states.bytes() + model.bytes();
        done += states.len();
        watch(Progress::Exploring { states: done + next.len(), done });
        let count = states.len();
        found.layers.push(Layer { table: number, chosen: vec![0; count], values: vec![0.0; count] });
        found.tables.push(Table { states, model });
        states = next;
    }
    Ok(found)
}

impl Horizon {
    /// Chooses in every state what is best to the end, from the last period to the first.
    fn improve(&mut self, discount: f64) {
        let mut expected = Vec::new();
        // After the horizon nothing is earned, wherever it ends.
        let ends = self.layers.last().map_or(0, |layer| self.tables[layer.table].model.successors());
        let mut later = vec![0.0; ends];
        for layer in self.layers.iter_mut().rev() {
            let model = &self.tables[layer.table].model;
            // States that only other periods lead to are worth nothing here, and nothing looks at them.
            later.resize(later.len().max(model.successors()), 0.0);
            model.expect_all(&later, &mut expected);
            model.best(discount, &expected, &mut layer.values, &mut layer.chosen);
            let slack = 1e-11 * (1.0 + span(&layer.values));
            model.settle_ties(discount, &expected, &layer.values, slack, &mut layer.chosen);
            later.clone_from(&layer.values);
        }
    }

    /// How often, in an episode, the policy stands at the bounds.
    fn pressure(&self, explorer: &Explorer<'_>) -> Pressure {
        let mut pressure = Pressure::of(explorer.problem);
        let mut likely = self.opening.clone();
        for (period, layer) in self.layers.iter().enumerate() {
            let Table { states, model } = &self.tables[layer.table];
            for (state, &often) in likely.iter().enumerate() {
                if often > 0.0 {
                    let action = model.choices_of(state)[layer.chosen[state] as usize].action;
                    explorer.press(states.get(state as u32), period, action, often, &mut pressure);
                }
            }
            if let Some(next) = self.layers.get(period + 1) {
                let mut moved = vec![0.0; next.values.len()];
                model.move_on(&layer.chosen, &likely, &mut moved);
                likely = moved;
            }
        }
        pressure
    }

    /// The policy of all periods; its states begin with the period.
    fn policy(&self, work: Work<'_>, columns: &Columns, actions: &Actions) -> PolicyTable {
        let network = &work.problem.network;
        let period = columns.period().expect("states of a horizon are told apart by the period");
        let sums = columns.columns().iter().map(|column| column.positions.clone());
        let sums = std::iter::once(vec![period]).chain(sums).collect();
        let (mut all, mut requested) = (States::new(columns.width() + 1), Vec::new());
        for (number, layer) in self.layers.iter().enumerate() {
            let Table { states, model } = &self.tables[layer.table];
            for state in 0..layer.values.len() as u32 {
                let numbers = states.get(state).iter().copied();
                let row: Vec<f64> = std::iter::once(number as f64).chain(numbers).collect();
                all.intern(&row);
            }
            requested.extend(orders(actions, model, &layer.chosen));
        }
        PolicyTable::new(network, sums, all, requested)
    }
}

fn span(values: &[f64]) -> f64 {
    let (low, high) = values
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &value| (low.min(value), high.max(value)));
    high - low
}
