//! Policies that were trained: a net that looks at the state and at what it knows of demand, and says how far every
//! node orders up to.
//!
//! Training works with the same parts, many episodes at once: [`Inputs`] and [`Outputs`] also say how money answers the
//! state through them.

mod belief;
mod file;
mod graph;
mod inputs;
mod net;
mod outputs;
mod shipped;

use invmgmt::Problem;
use invmgmt::episode::{DecisionError, Policy};
use invmgmt::period::StateView;

pub use belief::{Belief, Knows, World, family_of};
pub(crate) use file::SCOPE;
pub use file::{About, LearnedError, Trained};
pub use graph::{Graph, Talk};
pub use inputs::{Inputs, Memory};
pub use net::{LEAK, Layer, Net, Scratch, activate};
pub use outputs::{Outputs, Said};
pub(crate) use shipped::shipped;

/// How the numbers a net reads and puts out are scaled.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scaling {
    /// Demand usual in training, per market link [units / period].
    pub demand: Vec<f64>,
    /// What each managed node's output is a multiple of: how far demand over its cover usually is from what is expected
    /// ([`Outputs::deviations`]); of a net that nodes share, what there usually is to cover ([`Outputs::scales`])
    /// [units].
    pub cover: Vec<f64>,
    /// Mean of each input in training.
    pub mean: Vec<f32>,
    /// What each input's distance from its mean is multiplied by.
    pub factor: Vec<f32>,
}

impl Scaling {
    /// Scales inputs.
    pub fn apply(&self, inputs: &mut [f32]) {
        for ((input, mean), factor) in inputs.iter_mut().zip(&self.mean).zip(&self.factor) {
            *input = (*input - mean) * factor;
        }
    }
}

/// A trained policy, ready to play a problem.
#[derive(Clone, Debug)]
pub struct Learned {
    inputs: Inputs,
    outputs: Outputs,
    scaling: Scaling,
    net: Net,
    /// Where all nodes share one net.
    graph: Option<Graph>,
    worlds: Vec<World>,
    /// Whether orders are rounded to whole units: a fraction of a unit serves nobody who wants whole ones.
    whole_units: bool,
    memory: Memory,
    /// The state row as far as it is told.
    row: Vec<f64>,
    numbers: Vec<f32>,
    cover: Vec<f64>,
    scratch: Scratch,
    features: Vec<f32>,
    talk: Talk,
}

impl Learned {
    /// A policy of these parts; the worlds are what it may know of the demand it is to meet.
    pub fn new(problem: &Problem, knows: Knows, worlds: Vec<World>, scaling: Scaling, net: Net) -> Self {
        Self::of_parts(problem, knows, worlds, scaling, net, false)
    }

    /// A policy whose net all nodes share.
    pub fn shared(problem: &Problem, knows: Knows, worlds: Vec<World>, scaling: Scaling, net: Net) -> Self {
        Self::of_parts(problem, knows, worlds, scaling, net, true)
    }

    /// The same, in whole units if that is wanted and customers want whole ones; what is new does so.
    #[must_use]
    pub fn in_whole_units(self, wanted: bool) -> Self {
        Self { whole_units: self.whole_units && wanted, ..self }
    }

    fn of_parts(
        problem: &Problem,
        knows: Knows,
        worlds: Vec<World>,
        scaling: Scaling,
        net: Net,
        is_shared: bool,
    ) -> Self {
        let inputs = Inputs::new(problem, knows, worlds.len());
        let outputs = Outputs::new(problem);
        let (numbers, cover) = (vec![0.0; inputs.len()], vec![0.0; problem.network.managed.len()]);
        let (memory, scratch, row) = (Memory::default(), Scratch::default(), Vec::new());
        let graph = is_shared.then(|| Graph::new(problem, &inputs, &outputs, &scaling.demand));
        let features = vec![0.0; graph.as_ref().map_or(0, Graph::len)];
        let talk = Talk::default();
        Self {
            inputs,
            outputs,
            scaling,
            net,
            graph,
            worlds,
            whole_units: problem.demand.is_whole(&problem.network, problem.num_periods),
            memory,
            row,
            numbers,
            cover,
            scratch,
            features,
            talk,
        }
    }
}

impl Policy for Learned {
    fn reset(&mut self, _seed: Option<u64>) {
        self.inputs.begin(&mut self.memory, &self.scaling.demand);
    }

    fn decide(&mut self, state: &StateView<'_>, orders: &mut [f64]) -> Result<(), DecisionError> {
        self.row.clear();
        self.row.extend(state.observation().chain(state.told()));
        let row = |position: usize| self.row[position];
        let period = state.period();
        if period == 0 {
            self.inputs.begin(&mut self.memory, &self.scaling.demand);
        }
        self.inputs.learn(&mut self.memory, &self.worlds, row);
        self.inputs.write(&self.memory, &self.worlds, row, &mut self.numbers);
        let expected =
            |ahead, market| self.inputs.expected(&self.memory, &self.worlds, period + ahead, market);
        self.outputs.cover(expected, &mut self.cover);
        let outputs = if let Some(graph) = &self.graph {
            graph.write(&self.numbers, &mut self.features);
            graph.scale(&self.scaling.mean, &self.scaling.factor, &mut self.features);
            graph.apply(&self.net, &self.features, &mut self.talk)
        } else {
            self.scaling.apply(&mut self.numbers);
            self.net.apply(&self.numbers, &mut self.scratch)
        };
        let said = Said { outputs, cover: &self.cover, scales: &self.scaling.cover };
        let in_units = |quantity: f64| if self.whole_units { quantity.round() } else { quantity };
        self.outputs.orders(&said, row, |link, quantity| orders[link] = in_units(quantity));
        Ok(())
    }
}
