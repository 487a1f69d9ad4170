//! Training: episodes are played by a net, played backwards, and the net is moved uphill.

use std::sync::Arc;

use invmgmt::Problem;
use invmgmt::adjoint::{Recording, SIDE_BY_SIDE, Surrogates};
use invmgmt::random::{Pcg64, Stream};
use invmgmt_policy::learned::{
    About, Inputs, Knows, Learned, Memory, Net, Outputs, Said, Scaling, Trained, World,
};

use crate::adam::Adam;
use crate::batch::Pass;
use crate::course::Course;
#[cfg(test)]
use crate::course::Kind;
use crate::error::TrainError;
use crate::parameters::Parameters;

/// Seeds of training are drawn above this, so that none is a seed of a benchmark.
const FIRST_SEED: u64 = 1 << 40;

/// How training goes.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Seed of the first weights and of every draw.
    pub seed: u64,
    /// Episodes per step; rounded up to a multiple of eight.
    pub episodes: usize,
    /// Units of each hidden layer.
    pub hidden: Vec<usize>,
    /// Rate of the first steps [1].
    pub rate: f32,
    /// Steps after which the rate has fallen to 1/sqrt(2).
    pub halving: f32,
    /// Stand-ins for what has no derivative.
    pub surrogates: Surrogates,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            seed: 0,
            episodes: 128,
            hidden: vec![64, 64],
            rate: 3e-3,
            halving: 300.0,
            surrogates: Surrogates::default(),
        }
    }
}

/// Training under way.
#[derive(Debug)]
pub struct Trainer {
    course: Course,
    settings: Settings,
    inputs: Inputs,
    outputs: Outputs,
    scaling: Scaling,
    parameters: Parameters,
    gradient: Parameters,
    adam: Adam,
    recording: Recording,
    pass: Pass,
    /// Per state: the demand expected over each node's cover.
    covers: Vec<f64>,
    memories: Vec<Memory>,
    kinds: Vec<usize>,
}

impl Trainer {
    /// Makes a net for a course.
    ///
    /// # Errors
    /// [`TrainError`] for a problem whose profit has no derivative.
    pub fn new(course: Course, settings: Settings) -> Result<Self, TrainError> {
        let problem = course.problem();
        let recording = Recording::new(problem, settings.episodes, settings.surrogates)?;
        let inputs = Inputs::new(problem, course.knows, course.known[0].len());
        let outputs = Outputs::new(problem);
        let mut widths = vec![inputs.len()];
        widths.extend(&settings.hidden);
        widths.push(outputs.len());
        let parameters = Parameters::random(&widths, &mut Pcg64::seeded(settings.seed));
        let demand = course.usual_demand();
        let scaling = Scaling {
            cover: outputs.scales(&demand),
            demand,
            mean: vec![0.0; inputs.len()],
            factor: vec![1.0; inputs.len()],
        };
        let episodes = recording.episodes();
        let states = episodes * problem.num_periods;
        let mut trainer = Self {
            gradient: Parameters::zeros(&widths),
            adam: Adam::new(&parameters.numbers),
            pass: Pass::new(&parameters, states),
            covers: vec![0.0; states * problem.network.managed.len()],
            memories: vec![Memory::default(); episodes],
            kinds: vec![0; episodes],
            course,
            settings,
            inputs,
            outputs,
            scaling,
            parameters,
            recording,
        };
        trainer.find_scaling();
        Ok(trainer)
    }

    /// Plays episodes by the levels an untrained net stands for, and scales the inputs by what they were.
    fn find_scaling(&mut self) {
        let trained = self.parameters.clone();
        self.parameters.numbers.fill(0.0);
        self.play(u64::MAX);
        self.parameters = trained;
        let states = self.recording.episodes() * self.course.problem().num_periods;
        for input in 0..self.inputs.len() {
            let numbers = || (0..states).map(|state| f64::from(self.pass.inputs(state)[input]));
            let mean = numbers().sum::<f64>() / states as f64;
            let variance = numbers().map(|number| (number - mean).powi(2)).sum::<f64>() / states as f64;
            self.scaling.mean[input] = mean as f32;
            self.scaling.factor[input] = if variance > 1e-12 { variance.sqrt().recip() as f32 } else { 0.0 };
        }
    }

    /// Plays the episodes of a step; returns their mean profit [money].
    fn play(&mut self, step: u64) -> f64 {
        let episodes = self.recording.episodes();
        let seeds = self.seeds(step);
        self.recording.begin(&seeds);
        let kinds = self.course.kinds.len();
        for (episode, seed) in seeds.iter().enumerate() {
            // Every kind as often as any other, as far as the number of episodes allows.
            let which = if kinds > episodes { *seed as usize % kinds } else { episode % kinds };
            self.kinds[episode] = which;
            self.recording.set_demand(episode, Arc::clone(&self.course.kinds[which].demand));
            self.inputs.begin(&mut self.memories[episode], &self.scaling.demand);
        }
        for period in 0..self.course.problem().num_periods {
            self.look(period);
            self.pass.apply(&self.parameters, period * episodes..(period + 1) * episodes);
            self.decide(period);
            self.recording.step();
        }
        self.recording.profits().sum::<f64>() / episodes as f64
    }

    /// Seeds of the episodes of a step.
    fn seeds(&self, step: u64) -> Vec<u64> {
        let mut stream = Pcg64::seeded(FIRST_SEED ^ self.settings.seed.rotate_left(44) ^ step);
        (0..self.recording.episodes()).map(|_| FIRST_SEED + (stream.next_u64() >> 20)).collect()
    }

    fn worlds(course: &Course, kind: usize) -> &[World] {
        &course.known[course.kinds[kind].known]
    }

    /// Writes what the net is to read in a period.
    fn look(&mut self, period: usize) {
        let (episodes, nodes) = (self.recording.episodes(), self.scaling.cover.len());
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
            let expected = |ahead, market| self.inputs.expected(memory, worlds, period + ahead, market);
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

    /// Plays the episodes backwards and writes the gradient of their mean profit.
    fn reverse(&mut self) {
        let (episodes, nodes) = (self.recording.episodes(), self.scaling.cover.len());
        self.recording.begin_back();
        for period in (0..self.course.problem().num_periods).rev() {
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
        }
        self.pass.gradient(1.0 / episodes as f32, &mut self.gradient);
    }

    /// Makes a step; returns the mean profit of the episodes it learnt from [money].
    pub fn step(&mut self) -> f64 {
        let profit = self.play(self.adam.steps);
        self.reverse();
        let rate = self.settings.rate / (1.0 + self.adam.steps as f32 / self.settings.halving).sqrt();
        self.adam.step(rate, &self.gradient.numbers, &mut self.parameters.numbers);
        profit
    }

    /// Steps made.
    pub fn steps(&self) -> u64 {
        self.adam.steps
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
        Learned::new(problem, self.course.knows, worlds, self.scaling.clone(), self.net())
    }

    fn net(&self) -> Net {
        let mut average = self.parameters.clone();
        average.numbers.clone_from(&self.adam.average);
        average.to_net()
    }

    /// The policy as it stands, as it is written to a file; the names are those of the course's problems.
    pub fn trained(&self, names: Vec<String>) -> Trained {
        let Course { problems, knows, .. } = &self.course;
        let about = About::new(problems, names, *knows, self.settings.seed, self.adam.steps);
        Trained { about, scaling: self.scaling.clone(), net: self.net() }
    }

    /// What changes from step to step, by name.
    pub(crate) fn rows(&self) -> [(&'static str, &[f32]); 4] {
        [
            ("parameters", &self.parameters.numbers),
            ("mean", &self.adam.first),
            ("square", &self.adam.second),
            ("average", &self.adam.average),
        ]
    }

    /// Puts back what [`rows`](Self::rows) gave, in its order.
    pub(crate) fn put(&mut self, rows: Vec<Vec<f32>>, steps: u64) {
        let Ok([parameters, first, second, average]) = <[Vec<f32>; 4]>::try_from(rows) else { return };
        self.parameters.numbers = parameters;
        self.adam = Adam { steps, first, second, average };
    }

    /// Course and settings in words, and how far it is.
    pub(crate) fn words(&self) -> String {
        let about = self.trained(Vec::new()).about;
        let Settings { seed, episodes, rate, halving, surrogates, .. } = &self.settings;
        format!(
            "{} on {} ({}, {} periods), seed {seed}, {episodes} episodes a step, layers {:?}, rate {rate} falling from \
             {halving}, {surrogates:?}; steps {}",
            self.course.knows.name(),
            about.digest,
            if about.backlog { "waiting" } else { "lost" },
            about.num_periods,
            self.parameters.widths(),
            self.adam.steps
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use invmgmt::batch::rollout;
    use invmgmt::demand::{DemandConfig, DemandModel};
    use invmgmt::network::preset;
    use invmgmt::period::Rules;

    /// How far the net's parameters are moved to measure a slope.
    const REACH: f32 = 1e-4;

    fn steps(trainer: &mut Trainer, steps: usize) {
        for _ in 0..steps {
            trainer.step();
        }
    }

    fn problem(network: &str) -> Problem {
        let network = preset(network).expect("a preset").compile().expect("valid");
        let demand = DemandModel::new(DemandConfig::default()).expect("usable");
        Problem::new(network, demand, Rules::default(), 12)
    }

    fn trainer(network: &str, knows: Knows) -> Trainer {
        let course = Course::new(vec![problem(network)], knows, &mut Pcg64::seeded(3));
        let settings = Settings { episodes: 16, hidden: vec![8], seed: 3, ..Settings::default() };
        Trainer::new(course, settings).expect("has a derivative")
    }

    /// The mean profit, each kind of demand with its weight.
    fn worth(trainer: &mut Trainer) -> f64 {
        trainer.play(7);
        let weights: Vec<f64> = trainer.kinds.iter().map(|&kind| trainer.course.kinds[kind].weight).collect();
        let profits = trainer.recording.profits();
        profits.zip(&weights).map(|(profit, weight)| profit * weight).sum::<f64>() / weights.len() as f64
    }

    /// Along the gradient itself, where whatever is wrong in a part of it is missing in the difference; single
    /// precision and kinks blur what is compared.
    #[test]
    fn the_gradient_in_the_nets_parameters_is_the_difference_of_what_is_earned() {
        for network in ["serial", "network"] {
            for knows in Knows::ALL {
                let mut trainer = trainer(network, knows);
                steps(&mut trainer, 3);
                worth(&mut trainer);
                trainer.reverse();
                let here = trainer.parameters.numbers.clone();
                let gradient = trainer.gradient.numbers.clone();
                let length = gradient.iter().map(|number| number * number).sum::<f32>().sqrt();
                let slope = f64::from(length * REACH);
                let mut at = |side: f32| {
                    let moved = here
                        .iter()
                        .zip(&gradient)
                        .map(|(number, along)| number + side * REACH * along / length);
                    trainer.parameters.numbers = moved.collect();
                    worth(&mut trainer)
                };
                let difference = (at(1.0) - at(-1.0)) / 2.0;
                let error = (slope - difference).abs() / difference.abs();
                assert!(error < 0.02, "{network}, {knows:?}: {slope} against {difference}");
            }
        }
    }

    #[test]
    fn a_policy_plays_as_it_was_trained() {
        for knows in Knows::ALL {
            let mut trainer = trainer("network", knows);
            steps(&mut trainer, 3);
            trainer.adam.average.clone_from(&trainer.parameters.numbers);
            let problem = trainer.course.problem().clone();
            if knows != Knows::Informed {
                // Of the kinds of demand met in training, the problem's own.
                let kind = Kind { demand: Arc::clone(&problem.demand), known: 0, weight: 1.0 };
                trainer.course.kinds = vec![kind];
            }
            trainer.play(5);
            let trained: f64 = trainer.recording.profits().sum();
            let seeds = trainer.seeds(5);
            let figures = rollout(&problem, &seeds, 1, || trainer.policy(&problem)).expect("plays");
            let played: f64 = figures.iter().map(|figures| figures.kpis.total_profit).sum();
            assert!((trained - played).abs() < 1e-3 * trained.abs(), "{knows:?}: {trained} against {played}");
        }
    }

    #[test]
    fn a_training_is_the_same_again_and_goes_on_where_it_was_left() {
        let mut straight = trainer("serial", Knows::Family);
        steps(&mut straight, 6);
        let mut first = trainer("serial", Knows::Family);
        steps(&mut first, 4);
        let mut second = trainer("serial", Knows::Family);
        second.resume(&first.state()).expect("the same course and settings");
        assert_eq!(second.steps(), 4);
        steps(&mut second, 2);
        assert_eq!(second.rows(), straight.rows());
        assert_eq!(second.trained(Vec::new()).to_bytes(), straight.trained(Vec::new()).to_bytes());
    }

    #[test]
    fn a_state_of_another_training_is_refused_and_changes_nothing() {
        let first = trainer("serial", Knows::Family);
        let mut other = trainer("serial", Knows::Blind);
        other.step();
        let before = other.rows().map(|(_, row)| row.to_vec());
        let message = other.resume(&first.state()).expect_err("refused").to_string();
        assert!(message.contains("it was trained with family"), "{message}");
        let message = other.resume(b"{}").expect_err("refused").to_string();
        assert!(message.starts_with("training cannot go on from it"), "{message}");
        assert_eq!(other.rows().map(|(_, row)| row.to_vec()), before);
        assert_eq!(other.steps(), 1);
    }
}
