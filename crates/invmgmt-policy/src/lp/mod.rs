//! Linear programmes: one form, three solvers behind one trait.
//!
//! A [`Programme`] keeps what does not change from period to period; right-hand sides are given with each solve.
//! [`Simplex`] (microlp) answers with a vertex, exact to rounding. [`RevisedSimplex`] (ours) does, too, and goes on
//! from the basis of the last solve, which no library in Rust does for other right-hand sides and costs.
//! [`InteriorPoint`] (clarabel) answers from the inside, several times faster on large programmes, with noise up to
//! about 1e-5 of a unit that must not be played as it is. Both are given the programme in the units of its [`Scale`].
//! Whatever a solver says, its answer is checked against the rows before anyone sees it.

mod basis;
mod factors;
mod interior_point;
mod mps;
mod programme;
mod revised;
mod saved;
mod scale;
mod simplex;

use invmgmt::episode::DecisionError;

pub use basis::{Basis, Place};
pub use interior_point::InteriorPoint;
#[cfg(test)]
pub(crate) use mps::{Whole, to_mixed_mps, to_mps};
pub use programme::{Column, Programme, Row, RowKind};
pub use revised::RevisedSimplex;
pub use saved::{MOST_SAVED, Saved, save_programmes};
pub use scale::Scale;
pub(crate) use scale::{quantity_unit, size, value_unit};
pub use simplex::Simplex;

/// An answer to a programme.
#[derive(Clone, Debug, PartialEq)]
pub struct Solution {
    /// A value per column.
    pub values: Vec<f64>,
    /// Cost of the values.
    pub objective: f64,
    /// The units they were found in: the solver's noise is relative to them.
    pub scale: Scale,
    /// Who found it, which may not be who was asked first.
    pub method: Method,
}

/// Solves one programme again and again, with other right-hand sides.
pub trait Solver: Send {
    /// The cheapest feasible values for these right-hand sides, one per row.
    ///
    /// # Errors
    /// [`SolveError`] where there are none, or none were found.
    fn solve(&mut self, programme: &Programme, right: &[f64]) -> Result<Solution, SolveError>;

    /// Where the last answer stood, of a method that goes on from there.
    fn basis(&self) -> Option<Basis> {
        None
    }

    /// Where to begin, for a method that can; rows and columns are those of the programme to be solved next. None: as
    /// if nothing had been solved.
    fn start_from(&mut self, basis: Option<Basis>) {
        let _ = basis;
    }
}

/// Which solver to use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// [`Simplex`].
    Simplex,
    /// [`RevisedSimplex`].
    RevisedSimplex,
    /// [`InteriorPoint`].
    InteriorPoint,
}

impl Method {
    /// A solver of this kind.
    pub fn solver(self) -> Box<dyn Solver> {
        match self {
            Self::Simplex => Box::new(Simplex),
            Self::RevisedSimplex => Box::<RevisedSimplex>::default(),
            Self::InteriorPoint => Box::<InteriorPoint>::default(),
        }
    }
}

/// A programme that was not solved.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SolveError {
    /// No values satisfy all rows.
    #[error("the linear programme is infeasible: no plan satisfies all its rows{saved}")]
    Infeasible {
        /// What became of the programme.
        saved: Saved,
    },
    /// The cost can fall without end: selling more always pays.
    #[error("the linear programme is unbounded: its profit grows without end{saved}")]
    Unbounded {
        /// What became of the programme.
        saved: Saved,
    },
    /// The solver gave up, or its answer breaks a row.
    #[error("the linear programme was not solved: {reason}{saved}")]
    Failed {
        /// What the solver said.
        reason: String,
        /// What became of the programme.
        saved: Saved,
    },
}

impl From<SolveError> for DecisionError {
    fn from(error: SolveError) -> Self {
        Self(error.to_string())
    }
}

impl SolveError {
    pub(crate) fn infeasible(programme: &Programme, right: &[f64]) -> Self {
        Self::Infeasible { saved: saved::save(programme, right) }
    }

    pub(crate) fn unbounded(programme: &Programme, right: &[f64]) -> Self {
        Self::Unbounded { saved: saved::save(programme, right) }
    }

    pub(crate) fn failed(reason: impl Into<String>, programme: &Programme, right: &[f64]) -> Self {
        Self::Failed { reason: reason.into(), saved: saved::save(programme, right) }
    }
}

/// The answer in these units if it satisfies every row, or else by how much it breaks the worst; values below 0 within
/// the tolerance become 0.
fn accepted(
    programme: &Programme,
    right: &[f64],
    scale: Scale,
    method: Method,
    mut values: Vec<f64>,
) -> Result<Solution, f64> {
    for value in &mut values {
        *value *= scale.quantity;
    }
    if !programme.is_feasible(&values, right) {
        return Err(programme.violation(&values, right));
    }
    for value in &mut values {
        *value = value.max(0.0);
    }
    let objective = programme.cost_of(&values);
    Ok(Solution { values, objective, scale, method })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sell at most 4 and at most 3 + what is bought; buying costs 1, selling brings 3: sell 4, buy 1.
    fn shop() -> Programme {
        let mut programme = Programme::default();
        let stock = programme.add_row(RowKind::AtMost);
        let demand = programme.add_row(RowKind::AtMost);
        programme.add_column(-3.0, &[(stock, 1.0), (demand, 1.0)]);
        programme.add_column(1.0, &[(stock, -1.0)]);
        programme
    }

    #[test]
    fn both_solvers_find_the_plan_worked_out_by_hand_for_one_right_hand_side_after_the_other() {
        for method in [Method::Simplex, Method::RevisedSimplex, Method::InteriorPoint] {
            let (programme, mut solver) = (shop(), method.solver());
            for (right, objective, values) in [
                ([3.0, 4.0], -11.0, [4.0, 1.0]),
                ([9.0, 2.0], -6.0, [2.0, 0.0]),
                ([0.0, 1.0], -2.0, [1.0, 1.0]),
            ] {
                let found = solver.solve(&programme, &right).expect("solvable");
                assert!((found.objective - objective).abs() < 1e-6, "{method:?}: {found:?}");
                assert!(
                    found.values.iter().zip(values).all(|(a, b)| (a - b).abs() < 1e-5),
                    "{method:?}: {found:?}"
                );
            }
        }
    }

    /// One row without a way to meet it, and one programme that earns without end.
    fn unsolvable() -> [(Programme, Vec<f64>); 2] {
        let mut infeasible = Programme::default();
        let row = infeasible.add_row(RowKind::Equal);
        infeasible.add_column(1.0, &[(row, 1.0)]);
        let mut unbounded = shop();
        unbounded.add_column(-1.0, &[]);
        [(infeasible, vec![-1.0]), (unbounded, vec![3.0, 4.0])]
    }

    #[test]
    fn a_programme_without_answer_says_why_and_is_saved_only_where_asked_fresh_private_and_not_without_end() {
        let folder = tempfile::tempdir().expect("a folder");
        let asked = folder.path().join("programmes");
        let all = || std::fs::read_dir(&asked).map_or(0, Iterator::count);
        let failing = |method: Method| {
            unsolvable()
                .map(|(programme, right)| method.solver().solve(&programme, &right).expect_err("no answer"))
        };
        let message = failing(Method::Simplex)[0].to_string();
        assert!(
            message.contains("no plan satisfies all its rows (--save-programmes, in Python"),
            "{message}"
        );
        save_programmes(Some(&asked)).expect("a folder");
        for method in [Method::Simplex, Method::InteriorPoint] {
            let [infeasible, unbounded] = failing(method);
            assert!(
                matches!(unbounded, SolveError::Unbounded { saved: Saved::As(_) }),
                "{method:?}: {unbounded}"
            );
            let SolveError::Infeasible { saved: Saved::As(path) } = &infeasible else {
                panic!("{method:?}: {infeasible}")
            };
            assert!(infeasible.to_string().contains("no plan satisfies all its rows; it is saved as "));
            let text = std::fs::read_to_string(path).expect("a file");
            assert!(text.starts_with("NAME") && text.trim_end().ends_with("ENDATA"), "{text}");
            #[cfg(unix)]
            for path in [path, &asked] {
                use std::os::unix::fs::PermissionsExt;
                assert_eq!(std::fs::metadata(path).expect("there").permissions().mode() & 0o077, 0);
            }
        }
        assert_eq!(all(), 4);
        let said: Vec<String> = (0..MOST_SAVED).map(|_| failing(Method::Simplex)[0].to_string()).collect();
        let last = &said[said.len() - 1];
        assert!(last.ends_with("; it is not saved, for 20 are already"), "{last}");
        assert_eq!(all(), MOST_SAVED);
        save_programmes(None).expect("nothing to make");
        assert!(matches!(failing(Method::Simplex)[0], SolveError::Infeasible { saved: Saved::NotAsked }));
        assert!(save_programmes(Some(&std::env::current_exe().expect("this test"))).is_err());
    }
}
