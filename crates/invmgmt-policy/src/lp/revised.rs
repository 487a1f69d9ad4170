//! The revised simplex method, which goes on from the basis of the solve before.
//!
//! A planner solves nearly the same programme in every period. Whatever changed since (costs, bounds, right-hand
//! sides), the dual simplex method restores feasibility from the last basis, with costs shifted where the basis is not
//! dual feasible, and the primal one then restores optimality with the costs as they are. From the first basis, all
//! slacks, the same two steps solve any programme, so there is no other first phase. Fewest pivots come from a basis
//! that is moved along with time ([`Solver::start_from`]).

use super::basis::{Basis, ColumnEntries, Place};
use super::factors::Factors;
use super::{Method, Programme, RowKind, Scale, Solution, SolveError, Solver, accepted};

/// Largest violation of a bound, and of the sign of a reduced cost, in units of the scale.
const FEASIBLE: f64 = 1e-9;
const OPTIMAL: f64 = 1e-9;
/// Smallest entry to pivot on, and largest that counts as nothing.
const PIVOT: f64 = 1e-7;
const NOTHING: f64 = 1e-14;
/// Exchanges after which the basis is factorised anew.
const MOST_EXCHANGES: usize = 60;
/// Pivots per row and column of a programme before another method is asked.
const MOST_PIVOTS: usize = 20;
/// Rounds of dual and primal pivots: rounding may leave a little to mend.
const MOST_ROUNDS: usize = 5;
/// Costs are made to differ by so much while dual pivots are made, so that they do not stall, in units of the scale.
const PERTURBATION: f64 = 1e-6;

/// Solves programmes of one structure, each from the basis of the last.
#[derive(Clone, Debug, Default)]
pub struct RevisedSimplex {
    kept: Option<Tableau>,
    /// Where the first solve begins, if not with all slacks.
    start: Option<Basis>,
}

impl RevisedSimplex {
    /// Pivots made so far.
    pub fn pivots(&self) -> usize {
        self.kept.as_ref().map_or(0, |kept| kept.pivots)
    }
}

impl Solver for RevisedSimplex {
    fn solve(&mut self, programme: &Programme, right: &[f64]) -> Result<Solution, SolveError> {
        let scale = Scale::of_exact(programme, right);
        let start = self.start.take();
        let tableau = self.kept.get_or_insert_with(|| Tableau::new(programme, start));
        tableau.set(programme, right, scale);
        let verdict = tableau.optimise();
        if verdict == Verdict::Optimal {
            let values = tableau.answer();
            if let Ok(found) = accepted(programme, right, scale, Method::RevisedSimplex, values) {
                return Ok(found);
            }
        }
        self.kept = None;
        Method::InteriorPoint.solver().solve(programme, right)
    }

    fn basis(&self) -> Option<Basis> {
        let kept = self.kept.as_ref()?;
        let (columns, rows) = kept.place.split_at(kept.columns);
        Some(Basis { columns: columns.to_vec(), rows: rows.to_vec() })
    }

    fn start_from(&mut self, basis: Option<Basis>) {
        match &mut self.kept {
            Some(kept) => {
                let slacks = || Basis::of_slacks(kept.columns, kept.rows);
                let basis = basis.unwrap_or_else(slacks);
                kept.place = [basis.columns, basis.rows].concat();
                kept.is_factorised = false;
            }
            None => self.start = basis,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Optimal,
    /// No answer, no end, or no progress: for others to judge.
    Unsolved,
}

/// The programme in the units of its scale, with a slack behind its columns for each row, and the state of the method.
#[derive(Clone, Debug)]
struct Tableau {
    rows: usize,
    columns: usize,
    /// Entries by column, and by row.
    starts: Vec<usize>,
    entries: Vec<(u32, f64)>,
    row_starts: Vec<usize>,
    row_entries: Vec<(u32, f64)>,
    right: Vec<f64>,
    /// Costs as they are, and as they are while pivots are made.
    true_costs: Vec<f64>,
    costs: Vec<f64>,
    /// Largest value of each column; the smallest is 0.
    upper: Vec<f64>,
    place: Vec<Place>,
    /// Column at each pivot.
    basis: Vec<u32>,
    /// Whether the factors are those of the basis.
    is_factorised: bool,
    factors: Factors,
    /// Values and bounds of the basis, in order of pivots.
    values: Vec<f64>,
    bounds: Vec<f64>,
    /// Of all columns: reduced costs, their entries in the row of a pivot, and whether they are listed as having one.
    reduced: Vec<f64>,
    pivot_row: Vec<f64>,
    is_listed: Vec<bool>,
    listed: Vec<u32>,
    /// Of rows or pivots.
    ray: Vec<f64>,
    solved: Vec<f64>,
    work: Vec<f64>,
    pivots: usize,
}

impl Tableau {
    fn new(programme: &Programme, start: Option<Basis>) -> Self {
        let (rows, columns) = (programme.kinds().len(), programme.costs().len());
        let (mut starts, mut entries) = (vec![0], Vec::new());
        let mut by_row: Vec<Vec<(u32, f64)>> = vec![Vec::new(); rows];
        for column in 0..columns {
            for (row, value) in programme.column(column) {
                entries.push((row as u32, value));
                by_row[row].push((column as u32, value));
            }
            starts.push(entries.len());
        }
        let mut row_starts = vec![0];
        let mut row_entries = Vec::with_capacity(entries.len());
        for row in by_row {
            row_entries.extend(row);
            row_starts.push(row_entries.len());
        }
        let all = columns + rows;
        let mut upper = vec![f64::INFINITY; all];
        for (row, kind) in programme.kinds().iter().enumerate() {
            if *kind == RowKind::Equal {
                upper[columns + row] = 0.0;
            }
        }
        let start = start.unwrap_or_else(|| Basis::of_slacks(columns, rows));
        Self {
            place: [start.columns, start.rows].concat(),
            basis: (columns as u32..all as u32).collect(),
            is_factorised: false,
            factors: Factors::default(),
            right: vec![0.0; rows],
            true_costs: vec![0.0; all],
            costs: vec![0.0; all],
            values: vec![0.0; rows],
            bounds: vec![0.0; rows],
            is_listed: vec![false; all],
            listed: Vec::new(),
            reduced: vec![0.0; all],
            pivot_row: vec![0.0; all],
            ray: vec![0.0; rows],
            solved: vec![0.0; rows],
            work: vec![0.0; rows],
            pivots: 0,
            rows,
            columns,
            starts,
            entries,
            row_starts,
            row_entries,
            upper,
        }
    }

    fn set(&mut self, programme: &Programme, right: &[f64], scale: Scale) {
        for (to, from) in self.right.iter_mut().zip(right) {
            *to = from / scale.quantity;
        }
        for (to, from) in self.true_costs.iter_mut().zip(programme.costs()) {
            *to = from / scale.value;
        }
        for (to, from) in self.upper.iter_mut().zip(programme.uppers()) {
            *to = from / scale.quantity;
        }
    }

    fn column(&self, name: u32) -> ColumnEntries<'_> {
        if let Some(row) = (name as usize).checked_sub(self.columns) {
            ColumnEntries { entries: &[], unit: Some(row) }
        } else {
            let range = self.starts[name as usize]..self.starts[name as usize + 1];
            ColumnEntries { entries: &self.entries[range], unit: None }
        }
    }

    /// Factorises the basis and computes all values from it.
    fn refactorise(&mut self) {
        let names: Vec<u32> = (0..self.place.len() as u32)
            .rev()
            .filter(|&at| self.place[at as usize] == Place::Basic)
            .collect();
        let mut factors = std::mem::take(&mut self.factors);
        let unit = |row: usize| (self.columns + row) as u32;
        let basis = factors.factorise(self.rows, &names, |name| self.column(name), unit);
        self.factors = factors;
        for &name in &names {
            self.place[name as usize] = Place::Lower;
        }
        for &name in &basis {
            self.place[name as usize] = Place::Basic;
        }
        self.basis = basis;
        self.is_factorised = true;
        self.compute_values();
    }

    fn compute_values(&mut self) {
        let mut left = std::mem::take(&mut self.work);
        left.copy_from_slice(&self.right);
        for at in 0..self.place.len() {
            if self.place[at] == Place::Basic {
                continue;
            }
            // A bound may have gone since.
            if self.place[at] == Place::Upper && self.upper[at].is_infinite() {
                self.place[at] = Place::Lower;
            }
            if self.place[at] == Place::Upper && self.upper[at] != 0.0 {
                let value = self.upper[at];
                self.column(at as u32).for_each(|(row, entry)| left[row] -= entry * value);
            }
        }
        self.factors.solve(&mut left, &mut self.values);
        self.work = left;
        for (bound, &name) in self.bounds.iter_mut().zip(&self.basis) {
            *bound = self.upper[name as usize];
        }
    }

    /// The values of the programme's columns, in units of the scale.
    fn answer(&self) -> Vec<f64> {
        let mut values: Vec<f64> = (0..self.columns)
            .map(|at| if self.place[at] == Place::Upper { self.upper[at] } else { 0.0 })
            .collect();
        for (&name, &value) in self.basis.iter().zip(&self.values) {
            if let Some(to) = values.get_mut(name as usize) {
                *to = value;
            }
        }
        values
    }

    /// Reduced costs of all columns at the costs in force.
    fn price(&mut self) {
        let mut costs = std::mem::take(&mut self.work);
        let mut prices = std::mem::take(&mut self.ray);
        for (cost, &name) in costs.iter_mut().zip(&self.basis) {
            *cost = self.costs[name as usize];
        }
        self.factors.solve_transposed(&mut costs, &mut prices);
        for at in 0..self.place.len() {
            self.reduced[at] = if self.place[at] == Place::Basic {
                0.0
            } else {
                self.column(at as u32).fold(self.costs[at], |cost, (row, entry)| cost - prices[row] * entry)
            };
        }
        (self.work, self.ray) = (costs, prices);
    }

    fn optimise(&mut self) -> Verdict {
        let most = self.pivots + MOST_PIVOTS * (self.rows + self.columns) + 100;
        if self.is_factorised {
            self.compute_values();
        } else {
            self.refactorise();
        }
        for _ in 0..MOST_ROUNDS {
            if !self.is_feasible() {
                self.perturb();
                if !self.restore_feasibility(most) {
                    return Verdict::Unsolved;
                }
            }
            self.costs.copy_from_slice(&self.true_costs);
            self.price();
            if !self.restore_optimality(most) {
                return Verdict::Unsolved;
            }
            // Exact to rounding, however many exchanges there were.
            self.compute_values();
            if self.is_feasible() {
                return Verdict::Optimal;
            }
            self.refactorise();
        }
        Verdict::Unsolved
    }

    fn violation(&self, position: usize) -> f64 {
        let value = self.values[position];
        (-value).max(value - self.bounds[position])
    }

    fn is_feasible(&self) -> bool {
        (0..self.rows).all(|position| self.violation(position) <= FEASIBLE)
    }

    /// The basic column that is farthest from its bounds.
    fn most_violated(&self) -> Option<usize> {
        let (mut most, mut found) = (FEASIBLE, None);
        for position in 0..self.rows {
            let violation = self.violation(position);
            if violation > most {
                (most, found) = (violation, Some(position));
            }
        }
        found
    }

    /// Costs that differ a little, and are shifted where the basis is not dual feasible.
    fn perturb(&mut self) {
        for (at, (cost, &own)) in self.costs.iter_mut().zip(&self.true_costs).enumerate() {
            // The fractional parts of multiples of the golden ratio are evenly spread.
            let spread = 1.0 + (at as f64 * 0.618_033_988_749_895).fract();
            *cost = own + PERTURBATION * spread;
        }
        self.price();
        let mut flipped = false;
        for at in 0..self.place.len() {
            let (reduced, upper) = (self.reduced[at], self.upper[at]);
            let is_wrong = match self.place[at] {
                Place::Basic => false,
                Place::Lower => reduced < 0.0 && upper > 0.0,
                Place::Upper => reduced > 0.0,
            };
            if !is_wrong {
                continue;
            }
            if upper.is_finite() {
                self.place[at] = if self.place[at] == Place::Lower { Place::Upper } else { Place::Lower };
                flipped = true;
            } else {
                self.costs[at] -= reduced;
                self.reduced[at] = 0.0;
            }
        }
        if flipped {
            self.compute_values();
        }
    }

    /// Dual pivots until all values are within their bounds.
    fn restore_feasibility(&mut self, most: usize) -> bool {
        while let Some(leaving) = self.most_violated() {
            if self.pivots >= most {
                return false;
            }
            self.compute_pivot_row(leaving);
            let is_below = self.values[leaving] < 0.0;
            let Some(entering) = self.dual_ratio_test(is_below) else {
                // Rounding since the last factors may have hidden the pivot.
                if self.factors.exchanges() == 0 {
                    return false;
                }
                self.refactorise();
                self.price();
                continue;
            };
            if !self.pivot(leaving, entering, is_below) {
                self.refactorise();
                self.price();
            }
        }
        true
    }

    /// The row of the tableau at a pivot, for all columns that are not basic.
    fn compute_pivot_row(&mut self, position: usize) {
        let (mut unit, mut ray) = (std::mem::take(&mut self.work), std::mem::take(&mut self.ray));
        unit.fill(0.0);
        unit[position] = 1.0;
        self.factors.solve_transposed(&mut unit, &mut ray);
        for at in self.listed.drain(..) {
            self.pivot_row[at as usize] = 0.0;
            self.is_listed[at as usize] = false;
        }
        for (row, &weight) in ray.iter().enumerate() {
            if weight.abs() < NOTHING {
                continue;
            }
            let slack = (self.columns + row) as u32;
            let entries = &self.row_entries[self.row_starts[row]..self.row_starts[row + 1]];
            for &(column, entry) in entries.iter().chain(&[(slack, 1.0)]) {
                if self.place[column as usize] == Place::Basic {
                    continue;
                }
                self.pivot_row[column as usize] += weight * entry;
                if !self.is_listed[column as usize] {
                    self.is_listed[column as usize] = true;
                    self.listed.push(column);
                }
            }
        }
        (self.work, self.ray) = (unit, ray);
    }

    /// The column that enters so that all reduced costs keep their signs; of those within a tolerance the one with the
    /// largest pivot (P. M. J. Harris, "Pivot selection methods of the Devex LP code", 1973).
    fn dual_ratio_test(&self, is_below: bool) -> Option<usize> {
        let towards = |at: usize| {
            let entry = if is_below { -self.pivot_row[at] } else { self.pivot_row[at] };
            match self.place[at] {
                Place::Lower if self.upper[at] > 0.0 => entry,
                Place::Basic | Place::Lower => 0.0,
                Place::Upper => -entry,
            }
        };
        let mut bound = f64::INFINITY;
        for &at in &self.listed {
            let entry = towards(at as usize);
            if entry > PIVOT {
                bound = bound.min((self.reduced[at as usize].abs() + OPTIMAL) / entry);
            }
        }
        let (mut largest, mut found) = (PIVOT, None);
        for &at in &self.listed {
            let entry = towards(at as usize);
            if entry > largest && self.reduced[at as usize].abs() <= bound * entry {
                (largest, found) = (entry, Some(at as usize));
            }
        }
        found
    }

    /// Lets a column enter for the one at a pivot, which leaves to a bound. False if the two ways to compute the pivot
    /// differ by more than rounding.
    fn pivot(&mut self, position: usize, entering: usize, to_lower: bool) -> bool {
        self.solve_column(entering);
        let (by_row, by_column) = (self.pivot_row[entering], self.solved[position]);
        if (by_row - by_column).abs() > 1e-6 * (1.0 + by_column.abs()) && self.factors.exchanges() > 0 {
            return false;
        }
        let bound = if to_lower { 0.0 } else { self.bounds[position] };
        let step = (self.values[position] - bound) / by_column;
        self.go(step);
        let start = if self.place[entering] == Place::Upper { self.upper[entering] } else { 0.0 };
        self.change_reduced(position, entering, to_lower);
        self.values[position] = start + step;
        self.exchange(position, entering);
        self.keep_signs();
        true
    }

    /// Moves along the column solved for.
    fn go(&mut self, step: f64) {
        for (value, &entry) in self.values.iter_mut().zip(&self.solved) {
            *value -= step * entry;
        }
    }

    /// Reduced costs after a column has entered for the one at a pivot, and the place of that.
    fn change_reduced(&mut self, position: usize, entering: usize, to_lower: bool) {
        let leaving = self.basis[position] as usize;
        let ratio = self.reduced[entering] / self.solved[position];
        if ratio != 0.0 {
            for &at in &self.listed {
                self.reduced[at as usize] -= ratio * self.pivot_row[at as usize];
            }
        }
        self.reduced[leaving] = -ratio;
        self.place[leaving] = if to_lower { Place::Lower } else { Place::Upper };
    }

    /// Shifts the costs of columns whose reduced costs have the wrong sign by rounding.
    fn keep_signs(&mut self) {
        for &at in &self.listed {
            let at = at as usize;
            let reduced = self.reduced[at];
            let is_wrong = match self.place[at] {
                Place::Basic => false,
                Place::Lower => reduced < 0.0 && self.upper[at] > 0.0,
                Place::Upper => reduced > 0.0,
            };
            if is_wrong {
                self.costs[at] -= reduced;
                self.reduced[at] = 0.0;
            }
        }
    }

    fn exchange(&mut self, position: usize, entering: usize) {
        self.reduced[entering] = 0.0;
        self.place[entering] = Place::Basic;
        self.basis[position] = entering as u32;
        self.bounds[position] = self.upper[entering];
        self.pivots += 1;
        if self.factors.exchanges() + 1 >= MOST_EXCHANGES {
            self.refactorise();
            self.price();
        } else {
            self.factors.exchange(position, &self.solved);
        }
    }

    fn solve_column(&mut self, name: usize) {
        let mut entries = std::mem::take(&mut self.work);
        entries.fill(0.0);
        self.column(name as u32).for_each(|(row, value)| entries[row] = value);
        self.factors.solve(&mut entries, &mut self.solved);
        self.work = entries;
    }

    /// Primal pivots until no reduced cost has the wrong sign.
    fn restore_optimality(&mut self, most: usize) -> bool {
        while let Some(entering) = self.most_promising() {
            if self.pivots >= most {
                return false;
            }
            self.solve_column(entering);
            let rises = self.place[entering] == Place::Lower;
            let Some((step, leaving)) = self.primal_ratio_test(rises, self.upper[entering]) else {
                return false;
            };
            let change = if rises { step } else { -step };
            self.go(change);
            let Some(position) = leaving else {
                self.place[entering] = if rises { Place::Upper } else { Place::Lower };
                self.pivots += 1;
                continue;
            };
            self.compute_pivot_row(position);
            let to_lower = self.values[position] < 0.5 * self.bounds[position];
            self.change_reduced(position, entering, to_lower);
            self.values[position] = change + if rises { 0.0 } else { self.upper[entering] };
            self.exchange(position, entering);
        }
        true
    }

    /// The column whose reduced cost is most on the wrong side.
    fn most_promising(&self) -> Option<usize> {
        let wrong = |at: usize| match self.place[at] {
            Place::Lower if self.upper[at] > 0.0 => -self.reduced[at],
            Place::Basic | Place::Lower => 0.0,
            Place::Upper => self.reduced[at],
        };
        let all = (0..self.place.len()).map(|at| (wrong(at), at)).filter(|&(wrong, _)| wrong > OPTIMAL);
        all.max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1))).map(|(_, at)| at)
    }

    /// How far a column can go, and the pivot that stops it: none where it reaches its own other bound. Nothing at all
    /// where it can go without end.
    fn primal_ratio_test(&self, rises: bool, own: f64) -> Option<(f64, Option<usize>)> {
        let towards = |position: usize| if rises { self.solved[position] } else { -self.solved[position] };
        // Room left for what falls to 0 and what rises to its bound.
        let room = |position: usize, entry: f64| {
            let value = self.values[position];
            if entry > 0.0 { value } else { self.bounds[position] - value }
        };
        let mut bound = own;
        for position in 0..self.rows {
            let entry = towards(position);
            if entry.abs() > PIVOT {
                bound = bound.min((room(position, entry).max(0.0) + FEASIBLE) / entry.abs());
            }
        }
        if bound.is_infinite() {
            return None;
        }
        let within =
            (0..self.rows).map(|position| (towards(position), position)).filter(|&(entry, position)| {
                entry.abs() > PIVOT && room(position, entry).max(0.0) <= bound * entry.abs()
            });
        let stops = within.max_by(|a, b| a.0.abs().total_cmp(&b.0.abs()).then(b.1.cmp(&a.1)));
        match stops {
            Some((entry, position)) => {
                let step = room(position, entry).max(0.0) / entry.abs();
                if own <= step { Some((own, None)) } else { Some((step, Some(position))) }
            }
            None => Some((own, None)),
        }
    }
}
