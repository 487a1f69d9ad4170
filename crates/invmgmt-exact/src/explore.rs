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
use crate::supply::{Fate, Supply};

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
    pub supply: &'a Supply,
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
                absorb(&found?, states, model);
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
                absorb(&found?, next, model);
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
    ) -> Result<Vec<Result<Found, ExactError>>, ExactError> {
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
    /// Column and largest value of what waits without end.
    most_waiting: Vec<(usize, f64)>,
    /// What chance may do in supply in the state looked into, and of draws about units what they are in each play.
    fates: Vec<Fate>,
    drawn: Vec<f64>,
    block: Vec<Play>,
}

/// A period to play from the state looked into.
#[derive(Clone, Copy, Debug)]
struct Play {
    action: usize,
    demand: usize,
    fate: usize,
    /// Where its draws about units begin.
    drawn: usize,
    probability: f64,
    /// Whether it is the first play of its action.
    is_first: bool,
}

/// States about to be looked into. What this calls is compiled once for each kind of vector registers.
struct Expand<'b, 'a> {
    player: &'b mut Player<'a>,
    states: std::ops::Range<usize>,
    from: &'b States,
    known: &'b States,
}

impl WithSimd for Expand<'_, '_> {
    type Output = Result<Found, ExactError>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _registers: S) -> Self::Output {
        let mut found = Found {
            choices_of: Vec::new(),
            choices: Vec::new(),
            successors: Vec::new(),
            new: States::new(self.known.width()),
        };
        for state in self.states {
            self.player.look_into(self.from.get(state as u32), self.known, &mut found)?;
        }
        Ok(found)
    }
}

impl<'a> Player<'a> {
    fn new(explorer: Explorer<'a>, period: Period<'a>) -> Self {
        let network = &*explorer.problem.network;
        let most = |link: MarketLinkIx| {
            let column = explorer.columns.waiting(link)?;
            Some((column, explorer.bounds.most_waiting(link)))
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
            most_waiting: network.market.indices().filter_map(most).collect(),
            fates: Vec::new(),
            drawn: Vec::new(),
            block: Vec::with_capacity(SIDE_BY_SIDE),
        }
    }

    /// Plays every action under every outcome.
    #[inline(always)]
    fn look_into(&mut self, state: &[f64], known: &States, found: &mut Found) -> Result<(), ExactError> {
        let Explorer { problem, columns, bounds, actions, supply, .. } = self.explorer;
        columns.write(state, self.period.number, &mut self.row);
        supply.fates(&self.row, &mut self.fates)?;
        let limits = actions.limits(problem, bounds, &self.row);
        let before = found.choices.len();
        for action in actions.among(&limits) {
            let mut is_first = true;
            for demand in 0..self.period.outcomes.len() {
                for fate in 0..self.fates.len() {
                    let likely = self.period.outcomes.probabilities[demand] * self.fates[fate].probability;
                    let play = Play { action, demand, fate, drawn: 0, probability: likely, is_first };
                    is_first = false;
                    if supply.units().is_empty() {
                        self.add(play, known, found);
                    } else {
                        self.unfold(play, known, found);
                    }
                }
            }
        }
        self.flush_if(true, known, found);
        found.choices_of.push(found.choices.len() - before);
        Ok(())
    }

    /// Adds a play for every number of units that may come through each draw about units.
    fn unfold(&mut self, play: Play, known: &States, found: &mut Found) {
        // What was drawn so far, how many units came through, and how likely that is.
        let mut begun: Vec<(Vec<f64>, Vec<f64>, f64)> = vec![(Vec::new(), Vec::new(), play.probability)];
        for which in 0..self.explorer.supply.units().len() {
            let mut longer = Vec::new();
            for (drawn, through, probability) in begun {
                let units = self.count(which, &play, &drawn, &through);
                for (came, chance, draw) in self.explorer.supply.units()[which].outcomes(units) {
                    let (mut drawn, mut through) = (drawn.clone(), through.clone());
                    drawn.push(draw);
                    through.push(came);
                    longer.push((drawn, through, probability * chance));
                }
            }
            begun = longer;
        }
        for (at, (drawn, _, probability)) in begun.into_iter().enumerate() {
            let place = self.drawn.len();
            self.drawn.extend(drawn);
            let is_first = play.is_first && at == 0;
            self.add(Play { drawn: place, probability, is_first, ..play }, known, found);
        }
    }

    /// How many units a draw is about after those before it.
    fn count(&mut self, which: usize, play: &Play, drawn: &[f64], through: &[f64]) -> f64 {
        let Explorer { problem, supply, .. } = self.explorer;
        let kept = self.drawn.len();
        self.drawn.extend(drawn);
        self.drawn.resize(kept + supply.units().len(), 0.5);
        let _ = self.play_all(&[Play { drawn: kept, ..*play }]);
        self.drawn.truncate(kept);
        supply.count(which, &problem.network, &self.row, &self.flows, through)
    }

    /// Puts a play beside others, and plays them once they are eight.
    #[inline(always)]
    fn add(&mut self, play: Play, known: &States, found: &mut Found) {
        self.block.push(play);
        self.flush_if(self.block.len() == SIDE_BY_SIDE, known, found);
    }

    /// Plays what was put side by side and notes where it leads.
    #[inline(always)]
    fn flush_if(&mut self, is_due: bool, known: &States, found: &mut Found) {
        if !is_due || self.block.is_empty() {
            return;
        }
        let block = std::mem::take(&mut self.block);
        let rewards = self.play_all(&block);
        for (lane, play) in block.iter().enumerate() {
            self.note(lane, play, rewards[lane], known, found);
        }
        self.block = block;
        self.block.clear();
        self.drawn.clear();
    }

    /// Plays up to eight periods side by side; afterwards the rows are where they lead.
    #[inline(always)]
    fn play_all(&mut self, block: &[Play]) -> [f64; SIDE_BY_SIDE] {
        let Explorer { problem, actions, supply, .. } = self.explorer;
        for (numbers, &value) in self.rows.iter_mut().zip(&self.row) {
            *numbers = [value; SIDE_BY_SIDE];
        }
        for lane in 0..SIDE_BY_SIDE {
            let play = &block[lane.min(block.len() - 1)];
            for (requests, &units) in self.requests.iter_mut().zip(actions.requests(play.action)) {
                requests[lane] = units;
            }
            for (demands, &units) in self.demands.iter_mut().zip(self.period.outcomes.demands(play.demand)) {
                demands[lane] = units;
            }
            if !supply.is_certain() {
                let draws = self.flows.draws_mut();
                self.fates[play.fate].put(&mut self.rows, draws, lane);
                for (unit, &draw) in
                    supply.units().iter().zip(self.drawn.get(play.drawn..).unwrap_or_default())
                {
                    draws[unit.draw][lane] = draw;
                }
            }
        }
        play_period(
            &problem.network,
            &[problem.rules; SIDE_BY_SIDE],
            self.period.num_periods,
            &mut self.rows,
            &self.requests,
            &mut Given(&self.demands),
            &mut self.flows,
        )
    }

    /// Notes what a play earned and where it led.
    #[inline(always)]
    fn note(&mut self, lane: usize, play: &Play, reward: f64, known: &States, found: &mut Found) {
        let &Play { action, probability, is_first, .. } = play;
        if is_first {
            found.choices.push((action as u32, 0.0, 0));
        }
        let rows = &self.rows;
        self.explorer.columns.read(|position| rows[position][lane], &mut self.state);
        for &(column, most) in &self.most_waiting {
            self.state[column] = self.state[column].min(most);
        }
        let to = known.find(&self.state).unwrap_or_else(|| NEW | found.new.intern(&self.state));
        let (_, earned, length) = found.choices.last_mut().expect("a choice was begun with its first play");
        *earned += probability * reward;
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
