//! From tables to a plan, in one call.

use std::path::{Path, PathBuf};
use std::time::Instant;

use invmgmt_data::{Journal, JournalError, WriteError};
use rayon::prelude::*;
use sha2::{Digest, Sha256};

use crate::assortment::{Chain, Finished, PlanError, plan_on};
use crate::item::{Effort, Item};
use crate::output::Plan;
use crate::study::{BACKTESTED, TRADED, backtest, trade_offs};
use crate::tables::{Loaded, TableError, Tables, load};

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
    /// Folder of the plan, where what is done so far is kept, so that the same request goes on after a kill; none keeps
    /// nothing.
    pub folder: Option<PathBuf>,
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
    /// What is done so far cannot be kept.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The folder cannot be made.
    #[error(transparent)]
    Folder(#[from] WriteError),
    /// A number out of its range.
    #[error("{0}")]
    Range(String),
}

impl Request {
    /// Reads the tables, finds the levels, reckons what other targets take, and tests the plan on the last periods.
    /// `loaded` is told how many items there are, and of a long run what it will take; `done` is called after each.
    ///
    /// # Errors
    /// [`RequestError`]; nothing was written then.
    pub fn run(
        self,
        loaded: impl FnOnce(usize, Option<Estimate>),
        done: impl Fn() + Sync,
    ) -> Result<Plan, RequestError> {
        let Self { tables, horizon, paths, held_back, folder, command, generator } = self;
        let year = tables.period.per_year();
        let range = |name: &str, found: usize, (least, most): (usize, usize)| {
            let message = format!("{name} is {found}; expected {least} to {most}");
            if (least..=most).contains(&found) { Ok(found) } else { Err(RequestError::Range(message)) }
        };
        let horizon = range("horizon", horizon.unwrap_or(year as usize), (1, LONGEST_HORIZON))?;
        let paths = range("paths", paths, PATHS)?;
        let read = load(&tables)?;
        let effort = Effort { horizon, paths, year };
        let held_back = held_back.unwrap_or((read.periods / 4).min(year as usize / 4));
        loaded(read.items.len(), Estimate::of(&read, &effort, held_back));
        let journal = folder.map(|folder| open_journal(&folder, &read, &effort, &generator)).transpose()?;
        let (journal, finished) = journal.unzip();
        let keep = |chain: &Finished| journal.as_ref().map_or(Ok(()), |journal| journal.append(chain));
        let planned = plan_on(&read.items, &read.chains, &effort, finished.unwrap_or_default(), keep, done)?;
        let target = tables.target;
        let backtest = if held_back > 0 && held_back < read.periods {
            backtest(&read.items, &read.chains, held_back, &Effort { horizon: held_back, ..effort })
        } else if held_back == 0 {
            None
        } else {
            return Err(RequestError::Range(format!(
                "{held_back} periods are to be held back; the history has {}",
                read.periods
            )));
        };
        let trade_offs = trade_offs(&read.items, &read.chains, target, &effort);
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
            journal,
        })
    }
}

/// What is done so far, in the folder of the plan.
const JOURNAL: &str = "unfinished-plan.log";

/// Opens the journal of a plan, with what was planned before a kill. One of other tables, options or another version is
/// begun anew: nothing in it is lost that the same command would not make again.
fn open_journal(
    folder: &Path,
    read: &Loaded,
    effort: &Effort,
    generator: &str,
) -> Result<(Journal, Vec<Finished>), RequestError> {
    std::fs::create_dir_all(folder)
        .map_err(|source| WriteError::Unwritable { path: folder.to_owned(), source })?;
    let path = folder.join(JOURNAL);
    let identity = identity(read, effort, generator);
    match Journal::open(&path, &identity, 0, false) {
        Err(JournalError::OtherRun { .. } | JournalError::Edited { .. }) => {
            Ok(Journal::open(&path, &identity, 0, true)?)
        }
        opened => Ok(opened?),
    }
}

/// Hash of everything that decides what is recommended.
fn identity(read: &Loaded, effort: &Effort, generator: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(format!("{generator} {effort:?} {:?}", read.chains));
    let mut bytes = Vec::new();
    for item in &read.items {
        bytes.clear();
        bytes.extend(item.history.iter().flat_map(|units| units.to_bits().to_le_bytes()));
        bytes.extend(item.sold_out.iter().map(|out| u8::from(*out)));
        hash.update(&bytes);
        let Item { item, place, law, physics, money, target, stock, on_order, .. } = item;
        hash.update(format!(
            "{item:?} {place:?} {law:?} {physics:?} {money:?} {target:?} {stock:?} {on_order}"
        ));
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}

/// How long a plan takes and how much memory, before it is made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// Items and places.
    pub items: usize,
    /// Time on the threads of the current pool [s].
    pub seconds: f64,
    /// Memory at its peak [bytes].
    pub bytes: f64,
}

/// Items from which a run is called long.
const LONG: usize = 2000;
/// Chains planned to see how long one takes.
const TIMED: usize = 16;

impl Estimate {
    /// Of a long run: a few items are planned and timed; the tests and the trade-offs behind it take as long again for
    /// those they look at. None for a short run.
    fn of(read: &Loaded, effort: &Effort, held_back: usize) -> Option<Self> {
        let items = read.items.len();
        if items < LONG {
            return None;
        }
        let chains: Vec<&Chain> =
            (0..TIMED).map(|place| &read.chains[place * read.chains.len() / TIMED]).collect();
        let begun = Instant::now();
        let planned: usize = chains
            .par_iter()
            .map(|chain| chain.recommend(&read.items, effort).map_or(1, |rows| rows.len()))
            .sum();
        let each = begun.elapsed().as_secs_f64() / planned as f64;
        let again = if held_back > 0 { items.min(BACKTESTED) } else { 0 } + TRADED;
        let history: usize = read.items.iter().map(|item| 8 * item.history.len() + item.sold_out.len()).sum();
        // A row with its texts, and what each thread plays on.
        let rows = 2000 * items + 200 * effort.paths * (effort.horizon + 100);
        Some(Self { items, seconds: each * (items + again) as f64, bytes: (history + rows) as f64 + 60e6 })
    }
}
