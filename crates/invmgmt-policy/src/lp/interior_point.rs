//! An interior-point method, by clarabel.

use clarabel::algebra::CscMatrix;
use clarabel::solver::{DefaultSettings, DefaultSolver, IPSolver, SolverStatus, SupportedConeT};

use super::{Programme, RowKind, Solution, SolveError, Solver, checked};

/// Answers from the inside of the feasible set. Keeps the factorisation's structure: a solver serves one programme,
/// and every solve after the first only changes its right-hand sides.
#[derive(Default)]
pub struct InteriorPoint {
    prepared: Option<Prepared>,
}

impl std::fmt::Debug for InteriorPoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InteriorPoint").field("prepared", &self.prepared.is_some()).finish()
    }
}

struct Prepared {
    solver: DefaultSolver<f64>,
    /// Where each row of the programme stands among the solver's, which come in groups of a kind.
    position: Vec<usize>,
    right: Vec<f64>,
}

impl Prepared {
    fn new(programme: &Programme, right: &[f64]) -> Result<Self, String> {
        let (columns, rows) = (programme.costs().len(), programme.kinds().len());
        let equal = programme.kinds().iter().filter(|kind| **kind == RowKind::Equal).count();
        let (mut next_equal, mut next_other) = (0, equal);
        let position: Vec<usize> = programme
            .kinds()
            .iter()
            .map(|kind| {
                let next = if *kind == RowKind::Equal { &mut next_equal } else { &mut next_other };
                *next += 1;
                *next - 1
            })
            .collect();
        let (mut starts, mut entries, mut coefficients) = (vec![0], Vec::new(), Vec::new());
        for column in 0..columns {
            let mut column_entries: Vec<(usize, f64)> =
                programme.column(column).map(|(row, value)| (position[row], value)).collect();
            column_entries.sort_by_key(|(row, _)| *row);
            // The last rows say -x <= 0.
            column_entries.push((rows + column, -1.0));
            entries.extend(column_entries.iter().map(|(row, _)| *row));
            coefficients.extend(column_entries.iter().map(|(_, value)| *value));
            starts.push(entries.len());
        }
        let matrix = CscMatrix::new(rows + columns, columns, starts, entries, coefficients);
        let cones =
            [SupportedConeT::ZeroConeT(equal), SupportedConeT::NonnegativeConeT(rows - equal + columns)];
        let nothing = CscMatrix::zeros((columns, columns));
        let settings = DefaultSettings {
            verbose: false,
            max_threads: 1,
            // Rows would be dropped that other right-hand sides need.
            presolve_enable: false,
            ..DefaultSettings::default()
        };
        let mut prepared = Self {
            right: vec![0.0; rows + columns],
            position,
            solver: DefaultSolver::new(
                &nothing,
                programme.costs(),
                &matrix,
                &vec![0.0; rows + columns],
                &cones,
                settings,
            )
            .map_err(|error| error.to_string())?,
        };
        prepared.set(right)?;
        Ok(prepared)
    }

    fn set(&mut self, right: &[f64]) -> Result<(), String> {
        for (&position, &value) in self.position.iter().zip(right) {
            self.right[position] = value;
        }
        self.solver.update_b(&self.right).map_err(|error| error.to_string())
    }
}

impl Solver for InteriorPoint {
    fn solve(&mut self, programme: &Programme, right: &[f64]) -> Result<Solution, SolveError> {
        let failed = |reason: String| SolveError::failed(reason, programme, right);
        let prepared = match &mut self.prepared {
            Some(prepared) => {
                prepared.set(right).map_err(failed)?;
                prepared
            }
            empty => empty.insert(Prepared::new(programme, right).map_err(failed)?),
        };
        prepared.solver.solve();
        let found = &prepared.solver.solution;
        match found.status {
            SolverStatus::Solved | SolverStatus::AlmostSolved => checked(programme, right, found.x.clone()),
            SolverStatus::PrimalInfeasible | SolverStatus::AlmostPrimalInfeasible => {
                Err(SolveError::infeasible(programme, right))
            }
            SolverStatus::DualInfeasible | SolverStatus::AlmostDualInfeasible => {
                Err(SolveError::unbounded(programme, right))
            }
            status => Err(failed(format!("{status:?}"))),
        }
    }
}
