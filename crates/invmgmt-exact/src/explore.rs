//! From states to the states that may follow, by playing every period there may be.

use invmgmt::Problem;
use invmgmt::interruption::Interruption;
use invmgmt::network::MarketLinkIx;
use invmgmt::period::{Flows, play_period};
use invmgmt_policy::table::States;
use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

use crate::ExactError;
use crate::bounds::{Actions, Bounds};
use crate::columns::Columns;
use crate::model::{Branch, Choice, Model};
use crate::outcomes::{Given, Outcomes};

/// Episodes played side by side.
const SIDE_BY_SIDE: usize = 8;
/// States looked into before what was found is written down, and how many of them a thread takes at a time.
const BATCH: usize = 2048;
const SHARE: usize = 32;
/// Marks a successor that was not known when it was found: it is numbered among the new ones.
const NEW: u32 = 1 << 31;
/// Equal successors of an action are looked for among so many found last.
const LOOK_BACK: usize = 8;

/// Everything that stays the same while a problem is explored.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Explorer<'a> {
    /// The problem, money not discounted.
    pub problem: &'a Problem,
    pub columns: &'a Columns,
    pub bounds: &'a Bounds,
    pub actions: &'a Actions,
    pub interruption: &'a Interruption,
    /// Most bytes of tables.
    pub memory: usize,
}

/// A period to explore.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Period<'a> {
    pub number: usize,
    /// After how many periods the horizon ends.
    pub num_periods: usize,
    pub outcomes: &'a Outcomes,
}

impl Explorer<'_> {
    /// Lists what may be done in every state that can be reached from those in `states`, themselves included; new ones
    /// are added. `watch` is told how many are known and how many of them are done.
    pub fn all(
        &self,
        period: Period<'_>,
        states: &mut States,
        model: &mut Model,
        watch: &mut dyn FnMut(usize, usize),
    ) -> Result<(), ExactError> {
        while model.states() < states.len() {
            self.until(states.len(), period, states, model, watch)?;
        }
        Ok(())
    }

    /// Lists what may be done in the first states, so many; where that leads is added.
    pub fn until(
        &self,
        count: usize,
        period: Period<'_>,
        states: &mut States,
        model: &mut Model,
        watch: &mut dyn FnMut(usize, usize),
    ) -> Result<(), ExactError> {
        while model.states() < count {
            let begin = model.states();
            for found in self.expand(period, begin..count.min(begin + BATCH), states, states)? {
                absorb(&found, states, model);
            }
            watch(states.len(), model.states());
            self.check_size(states, model)?;
        }
        Ok(())
    }

    /// Lists what may be done in the first `count` states of one period; those of the next are added to `next`.
    pub fn layer(
        &self,
        count: usize,
        period: Period<'_>,
        states: &States,
        next: &mut States,
        model: &mut Model,
        used: usize,
    ) -> Result<(), ExactError> {
        while model.states() < count {
            let begin = model.states();
            for found in self.expand(period, begin..count.min(begin + BATCH), states, next)? {
                absorb(&found, next, model);
            }
            if used + next.bytes() + model.bytes() > self.memory {
                return Err(self.too_large(next.len(), count - model.states()));
            }
        }
        Ok(())
    }

    fn expand(
        &self,
        period: Period<'_>,
        range: std::ops::Range<usize>,
        from: &States,
        known: &States,
    ) -> Result<Vec<Found>, ExactError> {
        if self.interruption.is_requested() {
            return Err(ExactError::Interrupted);
        }
        let shares: Vec<usize> = range.clone().step_by(SHARE).collect();
        let found = shares.into_par_iter().map_init(
            || Player::new(*self, period),
            |player, begin| {
                let states = begin..range.end.min(begin + SHARE);
                Arch::new().dispatch(Expand { player, states, from, known })
            },
        );
        Ok(found.collect())
    }

    fn check_size(&self, states: &States, model: &Model) -> Result<(), ExactError> {
        if states.bytes() + model.bytes() <= self.memory && states.len() < NEW as usize {
            return Ok(());
        }
        Err(self.too_large(states.len(), states.len() - model.states()))
    }

    fn too_large(&self, found: usize, open: usize) -> ExactError {
        ExactError::TooLarge {
            found,
            open,
            estimate: self.bounds.estimate(self.problem),
            memory: self.memory,
        }
    }
}

/// What was found about some states.
#[derive(Debug)]
struct Found {
    /// How many choices each state has.
    choices_of: Vec<usize>,
    /// Action, average reward and number of successors of each choice.
    choices: Vec<(u32, f64, usize)>,
    /// Successors and their probabilities.
    successors: Vec<(u32, f64)>,
    /// States that were not known.
    new: States,
}

/// Writes down what was found.
fn absorb(found: &Found, states: &mut States, model: &mut Model) {
    let numbers: Vec<u32> = (0..found.new.len()).map(|at| states.intern(found.new.get(at as u32))).collect();
    let (mut choices, mut successors) = (found.choices.iter(), found.successors.as_slice());
    let mut branches = Vec::new();
    for &count in &found.choices_of {
        for &(action, reward, length) in choices.by_ref().take(count) {
            let (own, rest) = successors.split_at(length);
            successors = rest;
            branches.clear();
            branches.extend(own.iter().map(|&(to, probability)| Branch {
                to: if to < NEW { to } else { numbers[(to - NEW) as usize] },
                weight: model.weigh(probability),
            }));
            let leads = model.distribution(&branches);
            model.add_choice(Choice { reward, leads, action });
        }
        model.end_state();
    }
}

/// One thread's memory for playing periods.
struct Player<'a> {
    explorer: Explorer<'a>,
    period: Period<'a>,
    row: Vec<f64>,
    state: Vec<f64>,
    rows: Vec<[f64; SIDE_BY_SIDE]>,
    requests: Vec<[f64; SIDE_BY_SIDE]>,
    demands: Vec<[f64; SIDE_BY_SIDE]>,
    flows: Flows<SIDE_BY_SIDE>,
    /// Column and largest value of unmet demand that waits.
    most_unmet: Vec<(usize, f64)>,
}

/// States about to be looked into. What this calls is compiled once for each kind of vector registers.
struct Expand<'b, 'a> {
    player: &'b mut Player<'a>,
    states: std::ops::Range<usize>,
    from: &'b States,
    known: &'b States,
}

impl WithSimd for Expand<'_, '_> {
    type Output = Found;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _registers: S) -> Found {
        let mut found = Found {
            choices_of: Vec::new(),
            choices: Vec::new(),
            successors: Vec::new(),
            new: States::new(self.known.width()),
        };
        for state in self.states {
            self.player.look_into(self.from.get(state as u32), self.known, &mut found);
        }
        found
    }
}

impl<'a> Player<'a> {
    fn new(explorer: Explorer<'a>, period: Period<'a>) -> Self {
        let network = &*explorer.problem.network;
        let most = |link: MarketLinkIx| {
            let column = explorer.columns.unmet(link)?;
            Some((column, explorer.bounds.most_unmet(link)))
        };
        Self {
            explorer,
            period,
            row: vec![0.0; network.layout.row()],
            state: vec![0.0; explorer.columns.width()],
            rows: vec![[0.0; SIDE_BY_SIDE]; network.layout.row()],
            requests: vec![[0.0; SIDE_BY_SIDE]; network.supply.len()],
            demands: vec![[0.0; SIDE_BY_SIDE]; network.market.len()],
            flows: Flows::new(network),
            most_unmet: network.market.indices().filter_map(most).collect(),
        }
    }

    /// Plays every action under every outcome.
    #[inline(always)]
    fn look_into(&mut self, state: &[f64], known: &States, found: &mut Found) {
        let Explorer { problem, columns, bounds, actions, .. } = self.explorer;
        columns.write(state, self.period.number, &mut self.row);
        let limits = actions.limits(problem, bounds, &self.row);
        let before = found.choices.len();
        let outcomes = self.period.outcomes.len();
        let mut block: Vec<(usize, usize)> = Vec::with_capacity(SIDE_BY_SIDE);
        for action in actions.among(&limits) {
            for outcome in 0..outcomes {
                block.push((action, outcome));
                if block.len() == SIDE_BY_SIDE {
                    self.play(&block, known, found);
                    block.clear();
                }
            }
        }
        if !block.is_empty() {
            self.play(&block, known, found);
        }
        found.choices_of.push(found.choices.len() - before);
    }

    /// Plays up to eight pairs of an action and an outcome side by side, and notes where they lead.
    #[inline(always)]
    fn play(&mut self, block: &[(usize, usize)], known: &States, found: &mut Found) {
        let Explorer { problem, columns, actions, .. } = self.explorer;
        for (numbers, &value) in self.rows.iter_mut().zip(&self.row) {
            *numbers = [value; SIDE_BY_SIDE];
        }
        for lane in 0..SIDE_BY_SIDE {
            let (action, outcome) = block[lane.min(block.len() - 1)];
            for (requests, &units) in self.requests.iter_mut().zip(actions.requests(action)) {
                requests[lane] = units;
            }
            for (demands, &units) in self.demands.iter_mut().zip(self.period.outcomes.demands(outcome)) {
                demands[lane] = units;
            }
        }
        let rewards = play_period(
            &problem.network,
            &[problem.rules; SIDE_BY_SIDE],
            self.period.num_periods,
            &mut self.rows,
            &self.requests,
            &mut Given(&self.demands),
            &mut self.flows,
        );
        for (lane, &(action, outcome)) in block.iter().enumerate() {
            if outcome == 0 {
                found.choices.push((action as u32, 0.0, 0));
            }
            let probability = self.period.outcomes.probabilities[outcome];
            let rows = &self.rows;
            columns.read(|position| rows[position][lane], &mut self.state);
            for &(column, most) in &self.most_unmet {
                self.state[column] = self.state[column].min(most);
            }
            let to = known.find(&self.state).unwrap_or_else(|| NEW | found.new.intern(&self.state));
            let (_, reward, length) = found.choices.last_mut().expect("a choice was begun with outcome 0");
            *reward += probability * rewards[lane];
            let own = found.successors.len() - *length;
            let last = own.max(found.successors.len().saturating_sub(LOOK_BACK));
            let known = found.successors[last..].iter_mut().rev().find(|(same, _)| *same == to);
            if let Some((_, likely)) = known {
                *likely += probability;
            } else {
                found.successors.push((to, probability));
                *length += 1;
            }
        }
    }
}
