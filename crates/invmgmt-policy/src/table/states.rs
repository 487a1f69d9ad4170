//! Numbered rows of numbers, each kept once.

use std::hash::{DefaultHasher, Hasher};

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

/// What tells two rows apart, for hashing.
pub trait Cell: Copy + PartialEq {
    /// Equal cells give equal bits.
    fn bits(self) -> u64;
}

impl Cell for f64 {
    fn bits(self) -> u64 {
        self.to_bits()
    }
}

/// Rows of the same width, numbered in the order in which they came.
#[derive(Clone, Debug, Default)]
pub struct States {
    width: usize,
    len: usize,
    numbers: Vec<f64>,
    index: HashTable<u32>,
}

impl States {
    /// None yet, of this width.
    pub fn new(width: usize) -> Self {
        Self { width, ..Self::default() }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Numbers of a state.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Every number of every state, one after the other.
    pub fn numbers(&self) -> &[f64] {
        &self.numbers
    }

    /// A state.
    pub fn get(&self, state: u32) -> &[f64] {
        &self.numbers[state as usize * self.width..][..self.width]
    }

    /// The number of a state that is known.
    pub fn find(&self, state: &[f64]) -> Option<u32> {
        self.index.find(hash(state), |&at| self.get(at) == state).copied()
    }

    /// The number of a state, a new one if it was not known.
    pub fn intern(&mut self, state: &[f64]) -> u32 {
        let Self { width, len, numbers, index } = self;
        let row = |at: u32| &numbers[at as usize * *width..][..*width];
        let entry = index.entry(hash(state), |&at| row(at) == state, |&at| hash(row(at)));
        match entry {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(free) => {
                let new = *len as u32;
                free.insert(new);
                numbers.extend_from_slice(state);
                *len += 1;
                new
            }
        }
    }

    /// Bytes in use.
    pub fn bytes(&self) -> usize {
        self.numbers.len() * size_of::<f64>() + self.len * 6
    }
}

/// A hash of a row that is the same in every run.
pub fn hash<T: Cell>(row: &[T]) -> u64 {
    let mut hasher = DefaultHasher::new();
    for cell in row {
        hasher.write_u64(cell.bits());
    }
    hasher.finish()
}
