//! An interior-point method, by clarabel.

use clarabel::algebra::CscMatrix;
use clarabel::solver::{DefaultSettings, DefaultSolver, IPSolver, SolverStatus, SupportedConeT};

use super::{Method, Programme, RowKind, Scale, Simplex, Solution, SolveError, Solver, accepted};

/// Gap and residual aimed at, relative to the answer's size: near enough to tell plans that earn almost the same.
const AIM: f64 = 1e-9;
/// Largest gap and residual accepted where the aim is out of reach.
const TOLERANCE: f64 = 1e-7;

/// How exact a proof that there is no answer must be. Over thousands of periods rounding looks like a rougher one.
const PROOF: f64 = 1e-13;
/// A last attempt is made in units this much larger: what piles up over many periods is then of the usual size.
const LARGER_UNIT: f64 = 1024.0;
/// Most columns of a programme that the simplex method is asked to judge.
const MOST_FOR_SIMPLEX: usize = 5_000;

/// Answers from the inside of the feasible set. Keeps the factorisation's structure: a solver serves one programme,
/// and every solve after the first only changes its costs and right-hand sides.
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
    /// The columns that have a bound above, whose rows stand last.
    bounded: Vec<usize>,
    right: Vec<f64>,
}

impl Prepared {
    /// `refined` answers are corrected step by step: twice the time, and rarely needed.
    fn new(programme: &Programme, right: &[f64], scale: Scale, refined: bool) -> Result<Self, String> {
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
        let bounded: Vec<usize> = (0..columns).filter(|&at| programme.uppers()[at].is_finite()).collect();
        let mut next_bounded = 0;
        let (mut starts, mut entries, mut coefficients) = (vec![0], Vec::new(), Vec::new());
        for column in 0..columns {
            let mut column_entries: Vec<(usize, f64)> =
                programme.column(column).map(|(row, value)| (position[row], value)).collect();
            column_entries.sort_by_key(|(row, _)| *row);
            // The last rows say -x <= 0, and x <= its bound.
            column_entries.push((rows + column, -1.0));
            if bounded.get(next_bounded) == Some(&column) {
                column_entries.push((rows + columns + next_bounded, 1.0));
                next_bounded += 1;
            }
            entries.extend(column_entries.iter().map(|(row, _)| *row));
            coefficients.extend(column_entries.iter().map(|(_, value)| *value));
            starts.push(entries.len());
        }
        let all = rows + columns + bounded.len();
        let matrix = CscMatrix::new(all, columns, starts, entries, coefficients);
        let cones = [SupportedConeT::ZeroConeT(equal), SupportedConeT::NonnegativeConeT(all - equal)];
        let nothing = CscMatrix::zeros((columns, columns));
        let settings = DefaultSettings {
            verbose: false,
            max_threads: 1,
            // Rows would be dropped that other right-hand sides need.
            presolve_enable: false,
            tol_gap_abs: AIM,
            tol_gap_rel: AIM,
            tol_feas: AIM,
            reduced_tol_gap_abs: TOLERANCE,
            reduced_tol_gap_rel: TOLERANCE,
            reduced_tol_feas: TOLERANCE,
            tol_infeas_abs: PROOF,
            tol_infeas_rel: PROOF,
            reduced_tol_infeas_abs: PROOF,
            reduced_tol_infeas_rel: PROOF,
            iterative_refinement_enable: refined,
            ..DefaultSettings::default()
        };
        let mut prepared = Self {
            right: vec![0.0; all],
            position,
            bounded,
            solver: DefaultSolver::new(
                &nothing,
                &scale.costs(programme),
                &matrix,
                &vec![0.0; all],
                &cones,
                settings,
            )
            .map_err(|error| error.to_string())?,
        };
        prepared.set(programme, right, scale)?;
        Ok(prepared)
    }

    /// Whether the same columns are bounded.
    fn fits(&self, programme: &Programme) -> bool {
        let bounded = (0..programme.costs().len()).filter(|&at| programme.uppers()[at].is_finite());
        bounded.eq(self.bounded.iter().copied())
    }

    fn set(&mut self, programme: &Programme, right: &[f64], scale: Scale) -> Result<(), String> {
        for (&position, value) in self.position.iter().zip(scale.right(right)) {
            self.right[position] = value;
        }
        let first = self.right.len() - self.bounded.len();
        for (value, &column) in self.right[first..].iter_mut().zip(&self.bounded) {
            *value = programme.uppers()[column] / scale.quantity;
        }
        self.solver.update_b(&self.right).map_err(|error| error.to_string())?;
        self.solver.update_q(&scale.costs(programme)).map_err(|error| error.to_string())
    }
}

impl Prepared {
    /// What the solver found, if it satisfies every row; else its verdict.
    fn answer(
        &mut self,
        programme: &Programme,
        right: &[f64],
        scale: Scale,
    ) -> Result<Solution, SolverStatus> {
        self.solver.solve();
        let found = &self.solver.solution;
        match found.status {
            SolverStatus::Solved | SolverStatus::AlmostSolved => {
                accepted(programme, right, scale, Method::InteriorPoint, found.x.clone())
                    .map_err(|_| SolverStatus::NumericalError)
            }
            status => Err(status),
        }
    }
}

impl Solver for InteriorPoint {
    /// What is not found at once is sought with refinement, then in larger units. If that gives nothing either, the
    /// simplex method judges a programme that is not too large for it.
    fn solve(&mut self, programme: &Programme, right: &[f64]) -> Result<Solution, SolveError> {
        let scale = Scale::of(programme, right);
        let failed = |reason: String| SolveError::failed(reason, programme, right);
        let prepared = match &mut self.prepared {
            Some(prepared) if prepared.fits(programme) => {
                prepared.set(programme, right, scale).map_err(failed)?;
                prepared
            }
            other => other.insert(Prepared::new(programme, right, scale, false).map_err(failed)?),
        };
        if let Ok(found) = prepared.answer(programme, right, scale) {
            return Ok(found);
        }
        let mut verdict = SolverStatus::Unsolved;
        for scale in [scale, Scale { quantity: LARGER_UNIT * scale.quantity, ..scale }] {
            let mut refined = Prepared::new(programme, right, scale, true).map_err(failed)?;
            match refined.answer(programme, right, scale) {
                Ok(found) => return Ok(found),
                Err(status) => verdict = status,
            }
        }
        match verdict {
            _ if programme.costs().len() <= MOST_FOR_SIMPLEX => Simplex.solve(programme, right),
            SolverStatus::PrimalInfeasible => Err(SolveError::infeasible(programme, right)),
            SolverStatus::DualInfeasible => Err(SolveError::unbounded(programme, right)),
            status => Err(failed(format!("the solver ended with {status:?}"))),
        }
    }
}
