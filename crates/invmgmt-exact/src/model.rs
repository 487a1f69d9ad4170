//! A problem as plain tables: what each action earns in each state, and where it leads.

use std::collections::HashMap;

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use rayon::prelude::*;

use invmgmt_policy::table::{Cell, hash};

/// Work of one thread at a time: states or distributions.
const SHARE: usize = 1024;

/// Where an action may lead: a successor and the place of its probability.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Branch {
    /// A state.
    pub to: u32,
    /// Which of the model's probabilities.
    pub weight: u32,
}

impl Cell for Branch {
    fn bits(self) -> u64 {
        u64::from(self.to) << 32 | u64::from(self.weight)
    }
}

/// What an action does in a state.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Choice {
    /// What it earns in the period on average [money].
    pub reward: f64,
    /// Where it leads: one of the model's distributions.
    pub leads: u32,
    /// Which action it is.
    pub action: u32,
}

/// States with their choices. Distributions that are alike are kept once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Model {
    /// Per state where its choices begin, and where the last ones end.
    first_choice: Vec<usize>,
    choices: Vec<Choice>,
    /// Per distribution where its branches begin, and where the last ones end.
    first_branch: Vec<usize>,
    branches: Vec<Branch>,
    weights: Vec<f64>,
    known_weights: HashMap<u64, u32>,
    known_distributions: HashTable<u32>,
}

impl Model {
    pub fn new() -> Self {
        Self { first_choice: vec![0], first_branch: vec![0], ..Self::default() }
    }

    /// States whose choices are known; the first ones.
    pub fn states(&self) -> usize {
        self.first_choice.len() - 1
    }

    pub fn distributions(&self) -> usize {
        self.first_branch.len() - 1
    }

    /// One more than the highest number of a state that anything leads to.
    pub fn successors(&self) -> usize {
        self.branches.iter().map(|branch| branch.to as usize + 1).max().unwrap_or(0)
    }

    /// Successors that a sweep over all choices looks at, were no distribution shared.
    pub fn transitions(&self) -> usize {
        self.choices.iter().map(|choice| self.branches_of(choice.leads).len()).sum()
    }

    pub fn choices(&self) -> usize {
        self.choices.len()
    }

    pub fn choices_of(&self, state: usize) -> &[Choice] {
        &self.choices[self.first_choice[state]..self.first_choice[state + 1]]
    }

    pub fn branches_of(&self, distribution: u32) -> &[Branch] {
        let at = distribution as usize;
        &self.branches[self.first_branch[at]..self.first_branch[at + 1]]
    }

    pub fn weight(&self, branch: Branch) -> f64 {
        self.weights[branch.weight as usize]
    }

    /// Bytes in use.
    pub fn bytes(&self) -> usize {
        self.choices.len() * size_of::<Choice>()
            + self.branches.len() * size_of::<Branch>()
            + (self.first_choice.len() + self.first_branch.len()) * size_of::<usize>()
            + self.distributions() * 6
    }

    /// The place of a probability.
    pub fn weigh(&mut self, probability: f64) -> u32 {
        *self.known_weights.entry(probability.to_bits()).or_insert_with(|| {
            self.weights.push(probability);
            self.weights.len() as u32 - 1
        })
    }

    /// The number of a distribution, a new one if it was not known.
    pub fn distribution(&mut self, branches: &[Branch]) -> u32 {
        let Self { first_branch, branches: all, known_distributions, .. } = self;
        let of = |at: u32| &all[first_branch[at as usize]..first_branch[at as usize + 1]];
        let entry = known_distributions.entry(hash(branches), |&at| of(at) == branches, |&at| hash(of(at)));
        match entry {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(free) => {
                let new = first_branch.len() as u32 - 1;
                free.insert(new);
                all.extend_from_slice(branches);
                first_branch.push(all.len());
                new
            }
        }
    }

    /// Adds a choice to the state whose choices are being listed; one that does what another does adds nothing.
    pub fn add_choice(&mut self, choice: Choice) {
        let begun = self.first_choice[self.first_choice.len() - 1];
        let same = |other: &Choice| other.leads == choice.leads && other.reward == choice.reward;
        if !self.choices[begun..].iter().any(same) {
            self.choices.push(choice);
        }
    }

    /// Ends the list of choices of a state.
    pub fn end_state(&mut self) {
        self.first_choice.push(self.choices.len());
    }

    /// Forgets what only building needed.
    pub fn finish(&mut self) {
        self.known_weights = HashMap::new();
        self.known_distributions = HashTable::new();
        self.choices.shrink_to_fit();
        self.branches.shrink_to_fit();
    }

    /// What a distribution's successors are worth on average.
    fn expected(&self, distribution: u32, values: &[f64]) -> f64 {
        let branches = self.branches_of(distribution).iter();
        branches.map(|&branch| self.weight(branch) * values[branch.to as usize]).sum()
    }

    /// What each distribution is worth.
    pub fn expect_all(&self, values: &[f64], expected: &mut Vec<f64>) {
        expected.resize(self.distributions(), 0.0);
        expected.par_chunks_mut(SHARE).enumerate().for_each(|(share, chunk)| {
            for (place, value) in chunk.iter_mut().enumerate() {
                *value = self.expected((share * SHARE + place) as u32, values);
            }
        });
    }

    /// The best that can be made of each state when distributions are worth `expected`, discounted; and, if asked for,
    /// the place of the choice that makes it among the state's.
    pub fn best(&self, discount: f64, expected: &[f64], best: &mut [f64], chosen: &mut [u32]) {
        let of_share = |(share, (best, chosen)): (usize, (&mut [f64], &mut [u32]))| {
            for (place, (best, chosen)) in best.iter_mut().zip(chosen).enumerate() {
                let choices = self.choices_of(share * SHARE + place);
                (*best, *chosen) = (f64::NEG_INFINITY, 0);
                for (at, choice) in choices.iter().enumerate() {
                    let worth = choice.reward + discount * expected[choice.leads as usize];
                    if worth > *best {
                        (*best, *chosen) = (worth, at as u32);
                    }
                }
            }
        };
        best.par_chunks_mut(SHARE).zip(chosen.par_chunks_mut(SHARE)).enumerate().for_each(of_share);
    }

    /// What each state is worth if the chosen is done once.
    pub fn follow(&self, discount: f64, chosen: &[u32], values: &[f64], worth: &mut [f64]) {
        worth.par_chunks_mut(SHARE).enumerate().for_each(|(share, worth)| {
            for (place, worth) in worth.iter_mut().enumerate() {
                let state = share * SHARE + place;
                let choice = self.choices_of(state)[chosen[state] as usize];
                *worth = choice.reward + discount * self.expected(choice.leads, values);
            }
        });
    }

    /// Among choices within `slack` of the best the first listed: ties fall the same way in every state.
    pub fn settle_ties(&self, discount: f64, expected: &[f64], best: &[f64], slack: f64, chosen: &mut [u32]) {
        for (state, chosen) in chosen.iter_mut().enumerate() {
            let good = |choice: &Choice| {
                choice.reward + discount * expected[choice.leads as usize] >= best[state] - slack
            };
            if let Some(first) = self.choices_of(state).iter().position(good) {
                *chosen = first as u32;
            }
        }
    }

    /// Where the chosen leads from a distribution over states, in one period.
    pub fn move_on(&self, chosen: &[u32], from: &[f64], to: &mut [f64]) {
        to.fill(0.0);
        for (state, &likely) in from.iter().enumerate() {
            if likely > 0.0 {
                let choice = self.choices_of(state)[chosen[state] as usize];
                for &branch in self.branches_of(choice.leads) {
                    to[branch.to as usize] += likely * self.weight(branch);
                }
            }
        }
    }
}
