//! From tables to a plan, in one call.

use crate::assortment::{PlanError, plan};
use crate::item::Effort;
use crate::output::Plan;
use crate::study::{backtest, trade_offs};
use crate::tables::{TableError, Tables, load};

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Request {
    /// The tables.
    pub tables: Tables,
    /// Periods for which the levels are to hold; none: a year.
    pub horizon: Option<usize>,
    /// Paths of demand played per item.
    pub paths: usize,
    /// Periods held back for a backtest; none: a quarter of the history, at most a quarter of a year. 0: no backtest.
    pub held_back: Option<usize>,
    /// The command that makes it.
    pub command: String,
    /// What makes it, with its version.
    pub generator: String,
}

/// Paths played per item where nothing is said.
pub const DEFAULT_PATHS: usize = 96;
/// Fewest and most paths.
pub const PATHS: (usize, usize) = (8, 10_000);
/// Longest horizon [periods].
pub const LONGEST_HORIZON: usize = 5_000;

/// Why there is no plan.
#[derive(Debug, thiserror::Error)]
pub enum RequestError {
    /// Tables that cannot be used.
    #[error(transparent)]
    Table(#[from] TableError),
    /// Histories that cannot be planned from, or an interruption.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// A number out of its range.
    #[error("{0}")]
    Range(String),
}

impl Request {
    /// Reads the tables, finds the levels, reckons what other targets take, and tests the plan on the last periods.
    /// `loaded` is told how many items there are, `done` is called after each.
    ///
    /// # Errors
    /// [`RequestError`]; nothing was written then.
    pub fn run(self, loaded: impl FnOnce(usize), done: impl Fn() + Sync) -> Result<Plan, RequestError> {
        let Self { tables, horizon, paths, held_back, command, generator } = self;
        let year = tables.period.per_year();
        let range = |name: &str, found: usize, (least, most): (usize, usize)| {
            let message = format!("{name} is {found}; expected {least} to {most}");
            if (least..=most).contains(&found) { Ok(found) } else { Err(RequestError::Range(message)) }
        };
        let horizon = range("horizon", horizon.unwrap_or(year as usize), (1, LONGEST_HORIZON))?;
        let paths = range("paths", paths, PATHS)?;
        let read = load(&tables)?;
        loaded(read.items.len());
        let effort = Effort { horizon, paths, year };
        let planned = plan(&read.items, &effort, done)?;
        let target = tables.target;
        let held_back = held_back.unwrap_or((read.periods / 4).min(year as usize / 4));
        let backtest = if held_back > 0 && held_back < read.periods {
            backtest(&read.items, held_back, &Effort { horizon: held_back, ..effort })
        } else if held_back == 0 {
            None
        } else {
            return Err(RequestError::Range(format!(
                "{held_back} periods are to be held back; the history has {}",
                read.periods
            )));
        };
        let trade_offs = trade_offs(&read.items, target, &effort);
        if invmgmt::interruption::current().is_requested() {
            return Err(PlanError::Interrupted.into());
        }
        Ok(Plan {
            loaded: read,
            planned,
            period: tables.period,
            target,
            effort,
            trade_offs,
            backtest,
            command,
            generator,
        })
    }
}
