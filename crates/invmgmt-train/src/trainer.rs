//! Training: episodes are played by a net, played backwards, and the net is moved uphill.

use std::sync::Arc;

use invmgmt::Problem;
use invmgmt::adjoint::{Recording, SIDE_BY_SIDE, Surrogates};
use invmgmt::random::{Pcg64, Stream};
use invmgmt_policy::learned::{
    About, Graph, Inputs, Knows, Learned, Memory, Net, Outputs, Said, Scaling, Trained, World,
};

use crate::adam::Adam;
use crate::batch::{DensePass, Pass};
use crate::course::Course;
#[cfg(test)]
use crate::course::Kind;
use crate::error::TrainError;
use crate::moments::Moments;
use crate::parameters::Parameters;
use crate::shared::SharedPass;
use crate::state::STANDS;
use crate::teacher::Teacher;
use crate::windows::Windows;

/// Seeds of training are drawn above this, so that none is a seed of a benchmark.
const FIRST_SEED: u64 = 1 << 40;

/// The step under whose number the first windows are drawn that scale the inputs; further windows are so far below.
const SCALING: u64 = u64::MAX;
/// See [`SCALING`].
const APART: u64 = 1 << 20;

/// Steps in which the rate grows to its height: the first gradients say little of how large others are.
const WARM_UP: f32 = 100.0;

/// The least that an output stands for, as a share of what there usually is to cover [1].
const LEAST_SCALE: f64 = 0.02;

/// How much more a number of the state may be worth than any was under the untrained net's levels [1].
const GROWTH: f64 = 10.0;

/// How a net is laid out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layout {
    /// Layers that read all of the network at once.
    #[default]
    Dense,
    /// A small net that every node shares, so that the policy plays networks of other sizes, too.
    Shared,
}

/// How training goes.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Seed of the first weights and of every draw.
    pub seed: u64,
    /// Episodes per step; rounded up to a multiple of eight.
    pub episodes: usize,
    /// How the net is laid out.
    pub layout: Layout,
    /// Units of each hidden layer; of a net that nodes share, the first number counts.
    pub hidden: Vec<usize>,
    /// Rate of the first steps behind the hundred in which it grows to that [1].
    pub rate: f32,
    /// Steps after which the rate has fallen to 1/sqrt(2).
    pub halving: f32,
    /// Stand-ins for what has no derivative.
    pub surrogates: Surrogates,
    /// Whom the net imitates before its first step.
    pub teacher: Option<Teacher>,
}

impl Settings {
    /// Seeds of so many episodes of a step.
    pub(crate) fn seeds(&self, step: u64, episodes: usize) -> Vec<u64> {
        let mut stream = Pcg64::seeded(FIRST_SEED ^ self.seed.rotate_left(44) ^ step);
        (0..episodes).map(|_| FIRST_SEED + (stream.next_u64() >> 20)).collect()
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            seed: 0,
            episodes: 128,
            layout: Layout::Dense,
            hidden: vec![64, 64],
            rate: 3e-3,
            halving: 300.0,
            surrogates: Surrogates::default(),
            teacher: None,
        }
    }
}

/// Training under way.
#[derive(Debug)]
pub struct Trainer {
    pub(crate) course: Course,
    pub(crate) settings: Settings,
    pub(crate) inputs: Inputs,
    pub(crate) outputs: Outputs,
    pub(crate) scaling: Scaling,
    pub(crate) parameters: Parameters,
    pub(crate) gradient: Parameters,
    pub(crate) adam: Adam,
    /// The average of the parameters at the best look.
    best: Vec<f32>,
    /// Whether the policy is that one, not what the steps have led to.
    is_at_best: bool,
    pub(crate) recording: Recording,
    pub(crate) windows: Windows,
    pub(crate) pass: Pass,
    /// The most that a number of the state may be worth on the way back [money].
    limit: f64,
    /// Per state: the demand expected over each node's cover.
    pub(crate) covers: Vec<f64>,
    pub(crate) memories: Vec<Memory>,
    /// The same where the next step's window begins.
    kept: Vec<Memory>,
    pub(crate) kinds: Vec<usize>,
    /// Whether there is no teacher, or it was imitated.
    pub(crate) is_taught: bool,
}

impl Trainer {
    /// Makes a net for a course.
    ///
    /// # Errors
    /// [`TrainError`] for a problem whose profit has no derivative, or a teacher that cannot teach it.
    pub fn new(course: Course, settings: Settings) -> Result<Self, TrainError> {
        let problem = course.problem();
        let windows = Windows::new(problem.num_periods, Outputs::new(problem).reach(&problem.network));
        Self::by_windows(course, settings, windows)
    }

    fn by_windows(course: Course, settings: Settings, windows: Windows) -> Result<Self, TrainError> {
        let problem = course.problem();
        if settings.layout == Layout::Shared && problem.network.physics.is_some() {
            return Err(TrainError::SharedSeesLess);
        }
        if let Some(teacher) = &settings.teacher {
            teacher.check(&course)?;
        }
        let inputs = Inputs::new(problem, course.knows, course.known[0].len());
        let outputs = Outputs::new(problem);
        let Settings { episodes, surrogates, .. } = settings;
        let recording = Recording::of_periods(problem, episodes, windows.room(), surrogates)?;
        let demand = course.usual_demand();
        let shapes = match settings.layout {
            Layout::Shared => {
                Graph::new(problem, &inputs, &outputs, &demand).shapes(settings.hidden[0]).to_vec()
            }
            Layout::Dense => {
                let mut widths = vec![inputs.len()];
                widths.extend(&settings.hidden);
                widths.push(outputs.len());
                widths.windows(2).map(|pair| (pair[0], pair[1])).collect()
            }
        };
        let hidden = if settings.layout == Layout::Shared { 2 } else { settings.hidden.len() };
        let parameters = Parameters::random(&shapes, hidden, &mut Pcg64::seeded(settings.seed));
        let scaling = Scaling {
            cover: Self::scales(&course, &outputs, settings.layout),
            demand: demand.clone(),
            mean: vec![0.0; inputs.len()],
            factor: vec![1.0; inputs.len()],
        };
        let episodes = recording.episodes();
        let states = episodes * windows.room();
        let mut trainer = Self {
            gradient: Parameters::zeros(&shapes),
            adam: Adam::new(&parameters.numbers),
            best: parameters.numbers.clone(),
            is_at_best: false,
            pass: Self::room(&course, &settings, (&inputs, &outputs), &demand, &parameters, states),
            limit: f64::INFINITY,
            covers: vec![0.0; states * problem.network.managed.len()],
            memories: vec![Memory::default(); episodes],
            kept: vec![Memory::default(); episodes],
            kinds: vec![0; episodes],
            is_taught: settings.teacher.is_none(),
            course,
            settings,
            inputs,
            outputs,
            scaling,
            parameters,
            recording,
            windows,
        };
        trainer.find_scaling();
        Ok(trainer)
    }

    /// What the outputs of each node are multiples of: how far demand is from what is expected, so that no answer of an
    /// untrained net is so sharp that orders swing wider and wider; of a net that nodes share, what there is to cover.
    fn scales(course: &Course, outputs: &Outputs, layout: Layout) -> Vec<f64> {
        let usual = outputs.scales(&course.usual_demand());
        if layout == Layout::Shared {
            return usual;
        }
        let [drawn, unknown] = course.usual_variance();
        let deviations = outputs.deviations(&drawn, &unknown);
        usual
            .into_iter()
            .zip(deviations)
            .map(|(usual, deviation)| deviation.max(LEAST_SCALE * usual).max(1.0))
            .collect()
    }

    fn room(
        course: &Course,
        settings: &Settings,
        (inputs, outputs): (&Inputs, &Outputs),
        demand: &[f64],
        parameters: &Parameters,
        states: usize,
    ) -> Pass {
        match settings.layout {
            Layout::Dense => Pass::Dense(DensePass::new(parameters, states)),
            Layout::Shared => {
                let graph = Graph::new(course.problem(), inputs, outputs, demand);
                Pass::Shared(Box::new(SharedPass::new(graph, inputs.len(), parameters, states)))
            }
        }
    }

    /// A pass of so many states through the net as it is scaled.
    pub(crate) fn pass_of(&self, states: usize) -> Pass {
        let parts = (&self.inputs, &self.outputs);
        let mut pass =
            Self::room(&self.course, &self.settings, parts, &self.scaling.demand, &self.parameters, states);
        if let (Pass::Shared(pass), Pass::Shared(own)) = (&mut pass, &self.pass) {
            pass.mean.clone_from(&own.mean);
            pass.factor.clone_from(&own.factor);
        }
        pass
    }

    /// Plays episodes by the levels an untrained net stands for, and scales the inputs by what they were.
    fn find_scaling(&mut self) {
        let trained = self.parameters.clone();
        self.parameters.numbers.fill(0.0);
        let kinds = if let Pass::Shared(pass) = &self.pass { pass.mean.len() } else { self.inputs.len() };
        let mut moments = vec![Moments::default(); kinds];
        let mut most = 0.0_f64;
        for window in 0.. {
            self.play(SCALING - window * APART);
            most = most.max(self.reverse());
            self.pass.observe(0..self.windows.learnt() * self.recording.episodes(), &mut moments);
            self.carry();
            if self.windows.first() == 0 {
                break;
            }
        }
        if most > 0.0 {
            self.limit = GROWTH * most;
        }
        self.parameters = trained;
        let (mean, factor) = moments.iter().map(Moments::scaling).unzip();
        if let Pass::Shared(pass) = &mut self.pass {
            (pass.mean, pass.factor) = (mean, factor);
        } else {
            (self.scaling.mean, self.scaling.factor) = (mean, factor);
        }
    }

    /// Plays the window of a step, and what is beyond it; returns the mean profit, as of a whole episode [money].
    fn play(&mut self, step: u64) -> f64 {
        let episodes = self.recording.episodes();
        let seeds = self.seeds(step);
        if self.windows.first() == 0 {
            self.begin(&seeds);
        } else {
            self.recording.reseed(&seeds);
            self.memories.clone_from(&self.kept);
        }
        let periods = self.windows.played();
        for period in 0..periods.len() {
            if period == self.windows.learnt() {
                self.kept.clone_from(&self.memories);
            }
            self.look(period);
            self.pass.apply(&self.parameters, period * episodes..(period + 1) * episodes);
            self.decide(period);
            self.recording.step();
        }
        let profit = self.recording.profits().sum::<f64>() / episodes as f64;
        profit * self.course.problem().num_periods as f64 / periods.len() as f64
    }

    /// Puts every episode at its start, with the kind of demand it meets.
    fn begin(&mut self, seeds: &[u64]) {
        let episodes = self.recording.episodes();
        self.recording.begin(seeds);
        for (episode, &seed) in seeds.iter().enumerate() {
            self.kinds[episode] = self.course.kind_of(episode, seed, episodes);
            self.meet(episode);
            self.inputs.begin(&mut self.memories[episode], &self.scaling.demand);
        }
    }

    /// Lets an episode meet the demand of its kind.
    pub(crate) fn meet(&mut self, episode: usize) {
        self.recording.set_demand(episode, Arc::clone(&self.course.kinds[self.kinds[episode]].demand));
    }

    /// Goes on to the next window.
    fn carry(&mut self) {
        self.recording.carry(self.windows.learnt());
        self.windows.advance();
    }

    /// Seeds of the episodes of a step.
    fn seeds(&self, step: u64) -> Vec<u64> {
        self.settings.seeds(step, self.recording.episodes())
    }

    pub(crate) fn worlds(course: &Course, kind: usize) -> &[World] {
        &course.known[course.kinds[kind].known]
    }

    /// Writes what the net is to read in a period of those played.
    fn look(&mut self, period: usize) {
        let (episodes, nodes) = (self.recording.episodes(), self.scaling.cover.len());
        let first = self.windows.first();
        for episode in 0..episodes {
            let (block, lane) = (episode / SIDE_BY_SIDE, episode % SIDE_BY_SIDE);
            let rows = self.recording.rows(block);
            let row = |position: usize| rows[position][lane];
            let worlds = Self::worlds(&self.course, self.kinds[episode]);
            let memory = &mut self.memories[episode];
            self.inputs.learn(memory, worlds, row);
            let state = period * episodes + episode;
            let inputs = self.pass.inputs_mut(state);
            self.inputs.write(memory, worlds, row, inputs);
            self.scaling.apply(inputs);
            let expected =
                |ahead, market| self.inputs.expected(memory, worlds, first + period + ahead, market);
            self.outputs.cover(expected, &mut self.covers[state * nodes..][..nodes]);
        }
    }

    /// Makes orders of what the net put out.
    fn decide(&mut self, period: usize) {
        let (episodes, nodes) = (self.recording.episodes(), self.scaling.cover.len());
        for episode in 0..episodes {
            let (block, lane) = (episode / SIDE_BY_SIDE, episode % SIDE_BY_SIDE);
            let state = period * episodes + episode;
            let (rows, requests) = self.recording.to_decide(block);
            let said = Said {
                outputs: self.pass.outputs(state),
                cover: &self.covers[state * nodes..][..nodes],
                scales: &self.scaling.cover,
            };
            let order = |link: usize, quantity| requests[link][lane] = quantity;
            self.outputs.orders(&said, |position| rows[position][lane], order);
        }
    }

    /// Plays the episodes backwards and writes the gradient of their mean profit in what was decided in the window;
    /// returns the most that a number of a state was worth [money].
    fn reverse(&mut self) -> f64 {
        let mut most = 0.0_f64;
        let (episodes, nodes) = (self.recording.episodes(), self.scaling.cover.len());
        self.recording.begin_back();
        for period in (0..self.windows.played().len()).rev() {
            let weight = |episode: usize| self.course.kinds[self.kinds[episode]].weight;
            self.recording.step_back(|block| std::array::from_fn(|lane| weight(block * SIDE_BY_SIDE + lane)));
            let states = period * episodes..(period + 1) * episodes;
            for episode in 0..episodes {
                let (block, lane) = (episode / SIDE_BY_SIDE, episode % SIDE_BY_SIDE);
                let state = states.start + episode;
                let (outputs, worth) = self.pass.outputs_and_worth(state);
                let (rows, requests, row_worth) = self.recording.to_decide_back(block);
                let said = Said {
                    outputs,
                    cover: &self.covers[state * nodes..][..nodes],
                    scales: &self.scaling.cover,
                };
                self.outputs.reverse(&said, rows, lane, requests, worth, row_worth);
            }
            self.pass.reverse(&self.parameters, states.clone());
            for episode in 0..episodes {
                let (block, lane) = (episode / SIDE_BY_SIDE, episode % SIDE_BY_SIDE);
                let worth = self.pass.input_worth(states.start + episode);
                let factors = &self.scaling.factor;
                self.inputs.reverse(worth, factors, lane, self.recording.row_worth_mut(block));
            }
            for block in 0..self.recording.blocks() {
                most = most.max(bound(self.recording.row_worth_mut(block), self.limit));
            }
        }
        self.pass.forget(self.windows.learnt() * episodes..self.windows.room() * episodes);
        self.pass.gradient(1.0 / episodes as f32, &mut self.gradient);
        most
    }

    /// Makes a step; returns the mean profit of the episodes it learnt from, of a window as of a whole episode [money].
    pub fn step(&mut self) -> f64 {
        let profit = self.play(self.adam.steps);
        self.reverse();
        self.carry();
        let steps = self.adam.steps as f32;
        let warmth = ((steps + 1.0) / WARM_UP).min(1.0);
        let rate = warmth * self.settings.rate / (1.0 + steps / self.settings.halving).sqrt();
        if self.gradient.numbers.iter().all(|number| number.is_finite()) {
            self.adam.step(rate, &self.gradient.numbers, &mut self.parameters.numbers);
        } else {
            // Other episodes may teach something; of these the net would not recover.
            self.adam.steps += 1;
            self.windows.put(0);
        }
        profit
    }

    /// Steps made.
    pub fn steps(&self) -> u64 {
        self.adam.steps
    }

    /// How it is trained.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// What it is trained on.
    pub fn course(&self) -> &Course {
        &self.course
    }

    /// The policy as it stands, for a problem of the course: the average of the latest steps.
    pub fn policy(&self, problem: &Problem) -> Learned {
        let worlds = match self.course.knows {
            Knows::Informed => vec![World::new(&problem.network, &problem.demand, problem.num_periods)],
            Knows::Family => World::family(&problem.network, &problem.demand, problem.num_periods),
            Knows::Blind => Vec::new(),
        };
        match self.settings.layout {
            Layout::Dense => Learned::new(problem, self.course.knows, worlds, self.scaling(), self.net()),
            Layout::Shared => Learned::shared(problem, self.course.knows, worlds, self.scaling(), self.net()),
        }
    }

    /// How numbers are scaled: inputs, or the features that all nodes have.
    fn scaling(&self) -> Scaling {
        let mut scaling = self.scaling.clone();
        if let Pass::Shared(pass) = &self.pass {
            (scaling.mean, scaling.factor) = (pass.mean.clone(), pass.factor.clone());
        }
        scaling
    }

    fn net(&self) -> Net {
        let mut kept = self.parameters.clone();
        kept.numbers.clone_from(if self.is_at_best { &self.best } else { &self.adam.average });
        kept.to_net()
    }

    /// Lets the policy be that of the best look, or again the one that the steps have led to.
    pub(crate) fn stand_at_best(&mut self, is_at_best: bool) {
        self.is_at_best = is_at_best;
    }

    /// Takes the policy as it stands for the best so far.
    pub(crate) fn remember_best(&mut self) {
        self.best.clone_from(&self.adam.average);
    }

    /// The policy as it stands, as it is written to a file; the names are those of the course's problems.
    pub fn trained(&self, names: Vec<String>) -> Trained {
        let Course { problems, knows, .. } = &self.course;
        let mut about = About::new(problems, names, *knows, self.settings.seed, self.adam.steps);
        about.shared = self.settings.layout == Layout::Shared;
        Trained { about, scaling: self.scaling(), net: self.net() }
    }

    /// What changes from step to step, by name.
    pub(crate) fn rows(&self) -> [(&'static str, &[f32]); 5] {
        [
            ("parameters", &self.parameters.numbers),
            ("mean", &self.adam.first),
            ("square", &self.adam.second),
            ("average", &self.adam.average),
            ("best", &self.best),
        ]
    }

    /// Where the episodes stand between two windows, per episode the same numbers: kind of demand, what is remembered,
    /// and the state row; none at the end of an episode.
    pub(crate) fn carried(&self) -> Vec<f64> {
        let mut numbers = Vec::new();
        if self.windows.first() == 0 {
            return numbers;
        }
        for (episode, memory) in self.kept.iter().enumerate() {
            let (block, lane) = (episode / SIDE_BY_SIDE, episode % SIDE_BY_SIDE);
            numbers.push(self.kinds[episode] as f64);
            numbers.extend(memory.clone().numbers_mut().map(|number| *number));
            numbers.extend(self.recording.rows_of(0, block).iter().map(|numbers| numbers[lane]));
        }
        numbers
    }

    /// Puts the episodes where others stood when they gave [`carried`](Self::carried); returns whether these are as
    /// many numbers, and nothing was changed otherwise.
    pub(crate) fn put_carried(&mut self, first: usize, carried: &[f64]) -> bool {
        let episodes = self.recording.episodes();
        let mut kept = vec![Memory::default(); episodes];
        for memory in &mut kept {
            self.inputs.begin(memory, &self.scaling.demand);
        }
        let remembered = kept[0].numbers_mut().count();
        let len = 1 + remembered + self.recording.rows_of(0, 0).len();
        let fits = if first == 0 { carried.is_empty() } else { carried.len() == episodes * len };
        let known = carried.chunks_exact(len).all(|numbers| (numbers[0] as usize) < self.course.kinds.len());
        if !(fits && known && self.windows.put(first)) {
            return false;
        }
        for (episode, numbers) in carried.chunks_exact(len).enumerate() {
            self.kinds[episode] = numbers[0] as usize;
            self.meet(episode);
            let (memory, row) = numbers[1..].split_at(remembered);
            kept[episode].numbers_mut().zip(memory).for_each(|(to, from)| *to = *from);
            let rows = self.recording.opening_rows_mut(episode / SIDE_BY_SIDE);
            rows.iter_mut().zip(row).for_each(|(to, from)| to[episode % SIDE_BY_SIDE] = *from);
        }
        self.kept = kept;
        true
    }

    /// Puts back what [`rows`](Self::rows) gave, in its order.
    pub(crate) fn put(&mut self, rows: Vec<Vec<f32>>, steps: u64) {
        let Ok([parameters, first, second, average, best]) = <[Vec<f32>; 5]>::try_from(rows) else { return };
        self.parameters.numbers = parameters;
        self.adam = Adam { steps, first, second, average };
        self.best = best;
        self.is_taught = true;
    }

    /// Course and settings in words, and how far it is.
    pub(crate) fn words(&self) -> String {
        let about = self.trained(Vec::new()).about;
        let Settings { seed, episodes, rate, halving, surrogates, teacher, .. } = &self.settings;
        let taught = teacher.as_ref().map(|teacher| format!(", taught by {teacher}")).unwrap_or_default();
        let first = self.windows.first();
        let stands = if first > 0 { format!("{STANDS}{first}") } else { String::new() };
        format!(
            "{} on {} ({}, {} periods), seed {seed}, {episodes} episodes a step, layers {:?}, rate {rate} falling from \
             {halving}, {surrogates:?}{taught}{}; steps {}{stands}",
            self.course.knows.name(),
            about.digest,
            if about.backlog { "waiting" } else { "lost" },
            about.num_periods,
            self.parameters.shapes(),
            self.windows.words(),
            self.adam.steps
        )
    }
}

/// Shortens what the states of episodes are worth, each where a number of it passes a limit, and returns the largest
/// that is left: under a net that answers sharply what a state is worth may grow with every period on the way back,
/// over a long episode beyond all numbers (R. Pascanu, T. Mikolov and Y. Bengio, "On the difficulty of training
/// recurrent neural networks", ICML 2013, where the gradient as a whole is shortened).
fn bound<const W: usize>(worth: &mut [[f64; W]], limit: f64) -> f64 {
    let mut largest = [0.0_f64; W];
    for worth in worth.iter() {
        for (most, worth) in largest.iter_mut().zip(worth) {
            *most = most.max(worth.abs());
        }
    }
    for lane in (0..W).filter(|&lane| largest[lane] > limit) {
        for worth in worth.iter_mut() {
            worth[lane] *= limit / largest[lane];
        }
    }
    largest.into_iter().fold(0.0, f64::max).min(limit)
}

#[cfg(test)]
mod tests;
