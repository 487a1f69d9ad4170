//! The factors of a basis: sparse lower and upper triangles, and the exchanges of columns since.
//!
//! Bases of these programmes are nearly triangular: columns, then rows, that have one entry left are pivoted first, and
//! only what remains is eliminated, with the largest entries of a column as candidates for its pivot.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::Range;

/// A pivot is at least so large beside the largest entry of its column [1].
const THRESHOLD: f64 = 0.1;
/// What is smaller counts as nothing, and a pivot is larger, beside entries of about 1.
const NOTHING: f64 = 1e-11;
const SMALLEST_PIVOT: f64 = 1e-7;
const UNPIVOTED: u32 = u32::MAX;

/// A column: positions of rows and values.
pub(super) type Entries = Vec<(u32, f64)>;

/// What stands for the inverse of a basis of as many columns as rows.
#[derive(Clone, Debug, Default)]
pub(super) struct Factors {
    /// Row of each pivot.
    rows: Vec<u32>,
    diagonal: Vec<f64>,
    /// Above each pivot: rows of earlier pivots, and values, and where those of each pivot end.
    upper: Entries,
    upper_ends: Vec<u32>,
    /// Pivots with something below, and that: rows and multipliers.
    lower: Vec<(u32, Entries)>,
    /// Columns exchanged since: where, the entry there, and the others.
    exchanges: Vec<(u32, f64, Entries)>,
    work: Vec<f64>,
}

impl Factors {
    /// Factorises as many of these columns as are independent, and fills up with unit columns. `column` tells the
    /// entries of a column by name; a unit column of a row is called `unit(row)`. Returns the names in order of pivots.
    pub fn factorise<I: Iterator<Item = (usize, f64)>>(
        &mut self,
        rows: usize,
        names: &[u32],
        column: impl Fn(u32) -> I,
        unit: impl Fn(usize) -> u32,
    ) -> Vec<u32> {
        let mut elimination = Elimination::new(rows, names, &column);
        *self = Self { work: vec![0.0; rows], ..Self::default() };
        let mut basis = Vec::with_capacity(rows);
        let mut position_of_row = vec![UNPIVOTED; rows];
        // Where the entries below the pivot of a row are, if there are any.
        let mut below = vec![UNPIVOTED; rows];
        let mut touched = Vec::new();
        while let Some((candidate, forced)) = elimination.next() {
            let name = names[candidate];
            self.eliminate(column(name), &position_of_row, &below, &mut touched);
            let pivot = forced
                .filter(|&row| self.work[row as usize].abs() > SMALLEST_PIVOT)
                .or_else(|| self.choose_pivot(&touched, &position_of_row, &elimination.row_counts));
            let Some(pivot) = pivot else {
                touched.drain(..).for_each(|row: u32| self.work[row as usize] = 0.0);
                continue;
            };
            position_of_row[pivot as usize] = basis.len() as u32;
            self.take(pivot, basis.len(), &mut touched, &position_of_row, &mut below);
            elimination.pivoted(candidate, pivot as usize);
            basis.push(name);
        }
        for (row, &position) in position_of_row.iter().enumerate().take(rows) {
            if position == UNPIVOTED {
                self.rows.push(row as u32);
                self.diagonal.push(1.0);
                self.upper_ends.push(self.upper.len() as u32);
                basis.push(unit(row));
            }
        }
        basis
    }

    /// Writes a column into the workspace, less what the pivots so far take from it.
    fn eliminate(
        &mut self,
        entries: impl Iterator<Item = (usize, f64)>,
        position_of_row: &[u32],
        below: &[u32],
        touched: &mut Vec<u32>,
    ) {
        let mut waiting = BinaryHeap::new();
        for (row, value) in entries {
            self.work[row] = value;
            touched.push(row as u32);
            if below[row] != UNPIVOTED {
                waiting.push(Reverse((position_of_row[row], row as u32)));
            }
        }
        while let Some(Reverse((_, row))) = waiting.pop() {
            let value = self.work[row as usize];
            if value == 0.0 {
                continue;
            }
            for &(other, multiplier) in &self.lower[below[row as usize] as usize].1 {
                let entry = &mut self.work[other as usize];
                if *entry == 0.0 {
                    touched.push(other);
                    if below[other as usize] != UNPIVOTED {
                        waiting.push(Reverse((position_of_row[other as usize], other)));
                    }
                }
                *entry -= multiplier * value;
                if *entry == 0.0 {
                    // Still written to, so that it is not noted twice.
                    *entry = f64::MIN_POSITIVE;
                }
            }
        }
    }

    /// Of the large entries left the one whose row is emptiest.
    fn choose_pivot(&self, touched: &[u32], position_of_row: &[u32], row_counts: &[u32]) -> Option<u32> {
        let left = || touched.iter().filter(|&&row| position_of_row[row as usize] == UNPIVOTED);
        let size = |row: u32| self.work[row as usize].abs();
        let largest = left().map(|&row| size(row)).fold(0.0, f64::max);
        if largest < SMALLEST_PIVOT {
            return None;
        }
        left()
            .filter(|&&row| size(row) >= THRESHOLD * largest)
            .min_by_key(|&&row| (row_counts[row as usize], row))
            .copied()
    }

    /// Moves the column in the workspace into the factors.
    fn take(
        &mut self,
        pivot: u32,
        position: usize,
        touched: &mut Vec<u32>,
        position_of_row: &[u32],
        below: &mut [u32],
    ) {
        let diagonal = self.work[pivot as usize];
        let mut lower = Vec::new();
        for row in touched.drain(..) {
            let value = std::mem::take(&mut self.work[row as usize]);
            if row == pivot || value.abs() < NOTHING {
                continue;
            }
            if position_of_row[row as usize] == UNPIVOTED {
                lower.push((row, value / diagonal));
            } else {
                self.upper.push((row, value));
            }
        }
        self.rows.push(pivot);
        self.diagonal.push(diagonal);
        self.upper_ends.push(self.upper.len() as u32);
        if !lower.is_empty() {
            below[pivot as usize] = self.lower.len() as u32;
            self.lower.push((position as u32, lower));
        }
    }

    fn above(&self, position: usize) -> Range<usize> {
        let start = position.checked_sub(1).map_or(0, |before| self.upper_ends[before]);
        start as usize..self.upper_ends[position] as usize
    }

    /// Columns exchanged since the factors were made.
    pub fn exchanges(&self) -> usize {
        self.exchanges.len()
    }

    /// Solves B x = b: given b by rows, writes x by pivots.
    pub fn solve(&mut self, b: &mut [f64], x: &mut [f64]) {
        for (position, entries) in &self.lower {
            let value = b[self.rows[*position as usize] as usize];
            if value != 0.0 {
                for &(row, multiplier) in entries {
                    b[row as usize] -= multiplier * value;
                }
            }
        }
        for position in (0..self.rows.len()).rev() {
            let value = b[self.rows[position] as usize];
            if value == 0.0 {
                x[position] = 0.0;
                continue;
            }
            let value = value / self.diagonal[position];
            for &(row, entry) in &self.upper[self.above(position)] {
                b[row as usize] -= entry * value;
            }
            x[position] = value;
        }
        for (place, pivot, entries) in &self.exchanges {
            let value = x[*place as usize];
            if value != 0.0 {
                let value = value / pivot;
                for &(position, entry) in entries {
                    x[position as usize] -= entry * value;
                }
                x[*place as usize] = value;
            }
        }
    }

    /// Solves y B = c: given c by pivots, which is used up, writes y by rows.
    pub fn solve_transposed(&mut self, c: &mut [f64], y: &mut [f64]) {
        for (place, pivot, entries) in self.exchanges.iter().rev() {
            let mut value = c[*place as usize];
            for &(position, entry) in entries {
                value -= entry * c[position as usize];
            }
            c[*place as usize] = value / pivot;
        }
        for position in 0..self.rows.len() {
            let mut value = c[position];
            for &(row, entry) in &self.upper[self.above(position)] {
                value -= entry * y[row as usize];
            }
            y[self.rows[position] as usize] = value / self.diagonal[position];
        }
        for (position, entries) in self.lower.iter().rev() {
            let row = self.rows[*position as usize] as usize;
            let taken: f64 = entries.iter().map(|&(row, multiplier)| multiplier * y[row as usize]).sum();
            y[row] -= taken;
        }
    }

    /// Lets a column, solved for by [`Self::solve`], take the place of another.
    pub fn exchange(&mut self, place: usize, solved: &[f64]) {
        let others =
            solved.iter().enumerate().filter(|&(position, value)| position != place && value.abs() > NOTHING);
        let entries = others.map(|(position, &value)| (position as u32, value)).collect();
        self.exchanges.push((place as u32, solved[place], entries));
    }
}

/// The order of pivots: columns with one entry left, rows with one column left, then the rest by their entries.
struct Elimination {
    /// Rows of each candidate, and candidates of each row.
    rows_of: Lists,
    candidates_of: Lists,
    counts: Vec<u32>,
    pub row_counts: Vec<u32>,
    done: Vec<bool>,
    row_done: Vec<bool>,
    single: Vec<u32>,
    single_rows: Vec<u32>,
    rest: Option<Vec<u32>>,
}

impl Elimination {
    fn new<I: Iterator<Item = (usize, f64)>>(rows: usize, names: &[u32], column: impl Fn(u32) -> I) -> Self {
        let mut rows_of = Lists::default();
        let mut row_counts = vec![0; rows];
        for &name in names {
            rows_of.all.extend(column(name).map(|(row, _)| row as u32));
            rows_of.ends.push(rows_of.all.len() as u32);
        }
        rows_of.all.iter().for_each(|&row| row_counts[row as usize] += 1);
        let counts: Vec<u32> = (0..names.len()).map(|at| rows_of.of(at).len() as u32).collect();
        let candidates_of = rows_of.turned(&row_counts);
        let alone =
            |counts: &[u32]| (0..counts.len() as u32).rev().filter(|&at| counts[at as usize] == 1).collect();
        Self {
            single: alone(&counts),
            single_rows: alone(&row_counts),
            done: vec![false; names.len()],
            row_done: vec![false; rows],
            rows_of,
            candidates_of,
            counts,
            row_counts,
            rest: None,
        }
    }

    /// The next candidate, with its pivot where there is no choice. Where columns were eliminated there is one: they
    /// may have left entries in rows that others did not have.
    fn next(&mut self) -> Option<(usize, Option<u32>)> {
        let forced = self.rest.is_none();
        while let Some(candidate) = self.single.pop() {
            let candidate = candidate as usize;
            if !self.done[candidate] && self.counts[candidate] == 1 {
                let row = self.rows_of.of(candidate).iter().find(|&&row| !self.row_done[row as usize]);
                self.done[candidate] = true;
                return Some((candidate, row.copied().filter(|_| forced)));
            }
        }
        while let Some(row) = self.single_rows.pop() {
            if !self.row_done[row as usize] && self.row_counts[row as usize] == 1 {
                let left = self.candidates_of.of(row as usize).iter().find(|&&at| !self.done[at as usize]);
                if let Some(&candidate) = left {
                    self.done[candidate as usize] = true;
                    return Some((candidate as usize, Some(row).filter(|_| forced)));
                }
            }
        }
        let rest = self.rest.get_or_insert_with(|| {
            let mut rest: Vec<u32> =
                (0..self.done.len() as u32).filter(|&at| !self.done[at as usize]).collect();
            rest.sort_by_key(|&at| Reverse((self.counts[at as usize], at)));
            rest
        });
        let candidate = loop {
            let candidate = rest.pop()? as usize;
            if !self.done[candidate] {
                break candidate;
            }
        };
        self.done[candidate] = true;
        Some((candidate, None))
    }

    fn pivoted(&mut self, candidate: usize, row: usize) {
        self.row_done[row] = true;
        for &other in self.candidates_of.of(row) {
            let count = &mut self.counts[other as usize];
            *count -= 1;
            if *count == 1 && !self.done[other as usize] {
                self.single.push(other);
            }
        }
        for &other in self.rows_of.of(candidate) {
            let count = &mut self.row_counts[other as usize];
            *count -= 1;
            if *count == 1 && !self.row_done[other as usize] {
                self.single_rows.push(other);
            }
        }
    }
}

/// Lists of numbers, one behind the other.
#[derive(Default)]
struct Lists {
    all: Vec<u32>,
    /// Where each ends.
    ends: Vec<u32>,
}

impl Lists {
    fn of(&self, at: usize) -> &[u32] {
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.all[start as usize..self.ends[at] as usize]
    }

    /// For each number the lists it is in, where it is known in how many.
    fn turned(&self, counts: &[u32]) -> Self {
        let mut next: Vec<u32> = Vec::with_capacity(counts.len());
        let mut end = 0;
        for count in counts {
            next.push(end);
            end += count;
        }
        let mut all = vec![0; self.all.len()];
        for list in 0..self.ends.len() {
            for &number in self.of(list) {
                all[next[number as usize] as usize] = list as u32;
                next[number as usize] += 1;
            }
        }
        Self { all, ends: next }
    }
}
