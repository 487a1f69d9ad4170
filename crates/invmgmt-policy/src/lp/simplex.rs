//! The simplex method, by microlp.

use microlp::{ComparisonOp, Error, LinearExpr, OptimizationDirection, Problem};

use super::{Method, Programme, RowKind, Scale, Solution, SolveError, Solver, accepted};

/// Answers with a vertex of the feasible set, exact to rounding.
#[derive(Clone, Copy, Debug, Default)]
pub struct Simplex;

impl Solver for Simplex {
    fn solve(&mut self, programme: &Programme, right: &[f64]) -> Result<Solution, SolveError> {
        let scale = Scale::of_exact(programme, right);
        let mut problem = Problem::new(OptimizationDirection::Minimize);
        let mut rows = vec![LinearExpr::empty(); right.len()];
        let mut variables = Vec::with_capacity(programme.costs().len());
        for (column, &cost) in scale.costs(programme).iter().enumerate() {
            let upper = programme.uppers()[column] / scale.quantity;
            let variable = problem.add_var(cost, (0.0, upper));
            programme.column(column).for_each(|(row, coefficient)| rows[row].add(variable, coefficient));
            variables.push(variable);
        }
        for ((row, kind), right) in rows.into_iter().zip(programme.kinds()).zip(scale.right(right)) {
            let comparison = match kind {
                RowKind::Equal => ComparisonOp::Eq,
                RowKind::AtMost => ComparisonOp::Le,
            };
            problem.add_constraint(row, comparison, right);
        }
        let outcome = problem.solve().map_err(|error| match error {
            Error::Infeasible => SolveError::infeasible(programme, right),
            Error::Unbounded => SolveError::unbounded(programme, right),
            other => SolveError::failed(other.to_string(), programme, right),
        })?;
        match outcome.into_solution() {
            Ok(found) => {
                let values = variables.into_iter().map(|variable| found.var_value(variable)).collect();
                accepted(programme, right, scale, Method::Simplex, values).map_err(|violation| {
                    let reason = format!("its answer breaks a row by {violation:e}");
                    SolveError::failed(reason, programme, right)
                })
            }
            Err(stopped) => {
                let reason = format!("{:?}", stopped.termination_reason());
                Err(SolveError::failed(reason, programme, right))
            }
        }
    }
}
