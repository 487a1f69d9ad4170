//! Policies that are a table: what to request in every state.

mod file;
mod states;

use std::fmt;
use std::sync::Arc;

use invmgmt::episode::{DecisionError, Policy};
use invmgmt::network::Network;
use invmgmt::period::StateView;

pub use file::TableError;
pub use states::{Cell, States, hash};

/// By how much the period counts for more than units, where a state is not in the table and the nearest is looked for.
const PERIOD_COUNTS: f64 = 1e9;
/// Fractions of a unit by which states are told apart, 2^-30: what differs by less is rounding.
const GRAINS: f64 = (1_u64 << 30) as f64;

/// What to request in every state.
///
/// A state is some sums of numbers that policies are told, units on hand and due for one. In a state that is not in the
/// table it requests what is requested in the nearest: the one from which the sums differ least in all, of several the
/// first.
#[derive(Clone)]
pub struct PolicyTable {
    table: Arc<Table>,
    /// The state to decide in -- scratch.
    state: Vec<f64>,
}

struct Table {
    /// What the numbers are that policies are told on the network it is for, and what it requests.
    told: Vec<String>,
    requested: Vec<String>,
    /// Per number of a state which numbers of a row it is the sum of.
    sums: Vec<Vec<usize>>,
    /// How much a difference counts in each.
    scales: Vec<f64>,
    states: States,
    /// Per state the units requested on each supply link.
    orders: Vec<f64>,
}

impl PolicyTable {
    /// Requests `orders`, one per supply link for each of the states [units]. Each number of a state is a sum of
    /// numbers of a row, which stand at the positions in `sums`.
    pub fn new(network: &Network, sums: Vec<Vec<usize>>, states: States, orders: Vec<f64>) -> Self {
        let period = network.layout.start(invmgmt::network::Part::Period);
        let scales = sums.iter().map(|sum| if sum.contains(&period) { PERIOD_COUNTS } else { 1.0 }).collect();
        let state = vec![0.0; sums.len()];
        Self {
            table: Arc::new(Table {
                told: told(network),
                requested: network.action_labels(),
                sums,
                scales,
                states,
                orders,
            }),
            state,
        }
    }

    /// How many states it has.
    pub fn len(&self) -> usize {
        self.table.states.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Which numbers of a row each number of a state is the sum of.
    pub fn sums(&self) -> &[Vec<usize>] {
        &self.table.sums
    }

    /// What each number of a state is, in words.
    pub fn labels(&self) -> Vec<String> {
        let words = |sum: &Vec<usize>| {
            let labels: Vec<&str> = sum.iter().map(|&position| self.table.told[position].as_str()).collect();
            labels.join(" + ")
        };
        self.table.sums.iter().map(words).collect()
    }

    /// What each number it requests is, in words.
    pub fn order_labels(&self) -> &[String] {
        &self.table.requested
    }

    /// Its states.
    pub fn states(&self) -> &States {
        &self.table.states
    }

    /// What is requested in a state, one number per supply link [units].
    pub fn orders(&self, state: u32) -> &[f64] {
        let links = self.table.requested.len();
        &self.table.orders[state as usize * links..][..links]
    }

    /// Everything that is requested, state by state [units].
    pub fn all_orders(&self) -> &[f64] {
        &self.table.orders
    }
}

impl Table {
    /// The state nearest to one that is not in the table.
    fn nearest(&self, state: &[f64]) -> u32 {
        let distance = |other: &[f64]| -> f64 {
            let numbers = other.iter().zip(state).zip(&self.scales);
            numbers.map(|((a, b), scale)| scale * (a - b).abs()).sum()
        };
        let mut best = (f64::INFINITY, 0);
        for at in 0..self.states.len() as u32 {
            let found = distance(self.states.get(at));
            if found < best.0 {
                best = (found, at);
            }
        }
        best.1
    }
}

/// What each number is that policies are told, in words.
fn told(network: &Network) -> Vec<String> {
    network.state_numbers().take(network.layout.told()).map(|number| number.label(network)).collect()
}

/// A sum of numbers of a row as it stands in a state: without what is only rounding.
pub fn grained(sum: f64) -> f64 {
    if sum.fract() == 0.0 { sum + 0.0 } else { (sum * GRAINS).round() / GRAINS + 0.0 }
}

impl fmt::Debug for PolicyTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PolicyTable").field("states", &self.len()).finish_non_exhaustive()
    }
}

impl Policy for PolicyTable {
    fn decide(&mut self, state: &StateView<'_>, orders: &mut [f64]) -> Result<(), DecisionError> {
        let Self { table, state: numbers } = self;
        for (number, sum) in numbers.iter_mut().zip(&table.sums) {
            *number = grained(sum.iter().map(|&position| state.number(position)).sum());
        }
        let at = table.states.find(numbers).unwrap_or_else(|| table.nearest(numbers));
        let links = orders.len();
        orders.copy_from_slice(&table.orders[at as usize * links..][..links]);
        Ok(())
    }
}
