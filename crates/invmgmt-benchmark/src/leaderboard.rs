//! Results that people send each other, checked and merged: who comes how close to the optimum of which problem.
//!
//! A folder of results is taken if its files are those its manifest was written with, its problems are those of a suite
//! that comes along, its seeds are the suite's, nothing failed, nothing does better than what no policy can, and a
//! policy that is known by name earns here, on every seed and knowing as much, what the folder says.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use invmgmt_data::{Case, Suite, find_suite};
use invmgmt_policy::estimate::Estimate;
use serde::{Deserialize, Serialize};

use crate::files::{EPISODES, Manifest, verify};
use crate::plan::sha256;
use crate::statistics::distance;
use crate::{Contestant, Execution, Named, Plan, ResultsError, RunError, Session, benchmark, fingerprint};

/// What a leaderboard file says it is.
const KIND: &str = "gym-invmgmt leaderboard";
/// Relative difference of a replayed profit that is rounding of another processor.
const ROUNDING: f64 = 1e-9;

/// A leaderboard, as its file holds it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Leaderboard {
    /// `gym-invmgmt leaderboard`.
    pub kind: String,
    /// The suite.
    pub suite: String,
    /// Its version.
    pub version: u32,
    /// Who plays what how well: by problem in the order of the suite, the best first.
    pub entries: Vec<Standing>,
    /// Hash of the entries.
    pub hash: String,
}

/// A policy on a problem.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Standing {
    /// Id of the problem.
    pub problem: String,
    /// The policy.
    pub policy: String,
    /// What it may know.
    pub information: String,
    /// Seeds played.
    pub seeds: usize,
    /// Its value by the problem's criterion, or its profit where no optimum is stated [money].
    pub value: f64,
    /// 95% interval of it; none where nothing varies [money].
    pub interval: Option<(f64, f64)>,
    /// The optimum, or the best that is known [money].
    pub optimum: Option<f64>,
    /// How that is known.
    pub optimum_kind: Option<String>,
    /// How much worse the policy is, in percent of it.
    pub percent: Option<f64>,
    /// 95% interval of that.
    pub percent_interval: Option<(f64, f64)>,
    /// Whether all episodes were played anew and earned what was claimed; policies of one's own cannot be.
    pub replayed: bool,
    /// The command that makes the results.
    pub command: String,
    /// Version and commit of the program that made them.
    pub program: String,
    /// Hash of everything that decides them.
    pub run: String,
}

/// Results that are not taken, or that do not go together.
#[derive(Debug, thiserror::Error)]
pub enum BoardError {
    /// Files that do not match, or are no results.
    #[error(transparent)]
    Results(#[from] ResultsError),
    /// Results that match their manifest and cannot stand on a board.
    #[error("{}: {reason}; nothing of it was taken", folder.display())]
    Refused {
        /// The folder.
        folder: PathBuf,
        /// Why, in words.
        reason: String,
    },
    /// Two folders contradict each other.
    #[error(
        "{} and {} both hold {policy} on {problem} and differ: {first} and {second}; one of them is not what it says", 
        folders.0.display(), folders.1.display()
    )]
    Differ {
        /// The folders.
        folders: (PathBuf, PathBuf),
        /// The policy.
        policy: String,
        /// The problem.
        problem: String,
        /// Value in the first.
        first: f64,
        /// Value in the second.
        second: f64,
    },
}

/// Reads and checks folders of results and merges them.
///
/// # Errors
/// [`BoardError`] with the first folder that does not check; nothing is merged then.
pub fn leaderboard(folders: &[PathBuf], replay: bool, threads: usize) -> Result<Leaderboard, BoardError> {
    let mut found: Vec<(PathBuf, Standing)> = Vec::new();
    let mut named: Option<(Suite, PathBuf)> = None;
    for folder in folders {
        let (suite, standings) = read(folder, replay, threads)?;
        if let Some((first, of)) = &named
            && (base(&first.name), first.version) != (base(&suite.name), suite.version)
        {
            let reason = format!(
                "is of suite {} version {}, and {} of {} version {}; a board is of one",
                base(&suite.name),
                suite.version,
                of.display(),
                base(&first.name),
                first.version
            );
            return Err(BoardError::Refused { folder: folder.clone(), reason });
        }
        named.get_or_insert_with(|| (suite, folder.clone()));
        for standing in standings {
            add(&mut found, folder, standing)?;
        }
    }
    let (suite, version) =
        named.map_or((String::new(), 0), |(suite, _)| (base(&suite.name).to_owned(), suite.version));
    let whole = find_suite(&suite).ok();
    let place = |standing: &Standing| {
        whole.as_ref().and_then(|suite| suite.problems().iter().position(|case| case.id == standing.problem))
    };
    let mut entries: Vec<Standing> = found.into_iter().map(|(_, standing)| standing).collect();
    // Where no optimum says whether less or more is better, the value is a profit.
    let worse = |standing: &Standing| standing.percent.unwrap_or(-standing.value);
    entries.sort_by(|a, b| {
        place(a).cmp(&place(b)).then(worse(a).total_cmp(&worse(b))).then_with(|| a.policy.cmp(&b.policy))
    });
    let hash = sha256(serde_json::to_string(&entries).expect("plain data").as_bytes());
    Ok(Leaderboard { kind: KIND.to_owned(), suite, version, entries, hash })
}

/// Adds a standing; the same results from two people stand once.
fn add(found: &mut Vec<(PathBuf, Standing)>, folder: &Path, standing: Standing) -> Result<(), BoardError> {
    let like = |(_, known): &&(PathBuf, Standing)| {
        (&known.problem, &known.policy) == (&standing.problem, &standing.policy)
    };
    match found.iter().find(like) {
        None => found.push((folder.to_owned(), standing)),
        Some((_, known)) if (known.value - standing.value).abs() <= ROUNDING * known.value.abs() => {}
        Some((first, known)) => {
            return Err(BoardError::Differ {
                folders: (first.clone(), folder.to_owned()),
                policy: standing.policy,
                problem: standing.problem,
                first: known.value,
                second: standing.value,
            });
        }
    }
    Ok(())
}

/// The name of a suite without the ids of a part of it.
fn base(name: &str) -> &str {
    name.split_once('/').map_or(name, |(name, _)| name)
}

/// What a folder claims, checked.
fn read(folder: &Path, replay: bool, threads: usize) -> Result<(Suite, Vec<Standing>), BoardError> {
    let refused = |reason: String| BoardError::Refused { folder: folder.to_owned(), reason };
    let manifest = verify(folder)?;
    let suite = find_suite(&manifest.suite.name)
        .map_err(|error| refused(format!("is of a suite that does not come along ({error})")))?;
    if suite.version != manifest.suite.version || fingerprint(&suite) != manifest.suite.hash {
        return Err(refused(format!(
            "its problems are not those of {} version {} here: it says version {}, hash {}",
            suite.name, suite.version, manifest.suite.version, manifest.suite.hash
        )));
    }
    if manifest.seeds != suite.seeds {
        let first = manifest.seeds.first().map_or_else(String::new, u64::to_string);
        return Err(refused(format!(
            "it played {} seeds from {first} on; a board compares those of the suite, all {} of them",
            manifest.seeds.len(),
            suite.seeds.len()
        )));
    }
    let claims = Claims::read(folder, &manifest, &suite)?;
    let mut standings = Vec::new();
    for (position, problem) in suite.problems().iter().enumerate() {
        for (policy, name) in manifest.policies.iter().enumerate() {
            let (information, profits) = claims.of(position, policy).map_err(&refused)?;
            let replayed = replay
                && replayed(&suite, problem, name, (information, &profits), threads).map_err(&refused)?;
            standings
                .push(standing(&manifest, problem, name, information, &profits, replayed).map_err(&refused)?);
        }
    }
    Ok((suite, standings))
}

/// The standing that profits amount to.
fn standing(
    manifest: &Manifest,
    problem: &Case,
    policy: &str,
    information: &str,
    profits: &[f64],
    replayed: bool,
) -> Result<Standing, String> {
    let far = distance(problem, profits);
    if far.is_some_and(|far| far.is_broken) {
        return Err(format!(
            "{policy} does better on {} than the optimum, by more than sampling explains",
            problem.id
        ));
    }
    let value = far.map(|far| far.value).or_else(|| Estimate::over(profits)).ok_or("no episodes")?;
    let percent = far.and_then(|far| far.percent);
    Ok(Standing {
        problem: problem.id.clone(),
        policy: policy.to_owned(),
        information: information.to_owned(),
        seeds: profits.len(),
        value: value.mean,
        interval: value.interval(),
        optimum: far.map(|far| far.optimum),
        optimum_kind: problem.facts.optimum.as_ref().map(|stated| stated.kind.word().to_owned()),
        percent: percent.map(|percent| percent.mean),
        percent_interval: percent.and_then(|percent| percent.interval()),
        replayed,
        command: manifest.command.clone(),
        program: format!("{} {}", manifest.version, manifest.commit),
        run: manifest.run.clone(),
    })
}

/// Whether a policy by name knows and earns what was claimed, seed by seed; false for one that has no name here.
fn replayed(
    suite: &Suite,
    problem: &Case,
    policy: &str,
    (information, claimed): (&str, &[f64]),
    threads: usize,
) -> Result<bool, String> {
    let part = suite.clone().only(&[problem.id.as_str()]).map_err(|error| error.to_string())?;
    let contestant = Named::new(policy, policy);
    let contestants: Vec<&dyn Contestant> = vec![&contestant];
    let Ok(plan) = Plan::new(&part, contestants, suite.seeds.clone()) else { return Ok(false) };
    let execution = Execution { threads, progress: &|_, _| (), interrupted: &|| false, executor: None };
    let session = Session { folder: None, force: false, command: "", execution };
    let outcome = benchmark(&plan, session).map_err(|error: RunError| error.to_string())?;
    for row in outcome.rows.iter().filter(|row| row.contestant == 0) {
        let played = &row.played;
        let Ok(figures) = &played.outcome else { return Ok(false) };
        if played.information != information {
            return Err(format!(
                "{policy} on {}: it says that it knows '{}', and here it knows '{}'",
                problem.id,
                information.escape_debug(),
                played.information
            ));
        }
        let said = suite.seeds.iter().position(|&seed| seed == played.seed).map(|at| claimed[at]);
        let found = figures.profit();
        if let Some(said) = said.filter(|said| (found - said).abs() > ROUNDING * said.abs().max(1.0)) {
            return Err(format!(
                "{policy} on {}, seed {}: it says a profit of {said}, and played here the policy earns {found}",
                problem.id, played.seed
            ));
        }
    }
    Ok(true)
}

/// Profits by problem, policy and seed, as a table of episodes says them.
struct Claims {
    policies: usize,
    seeds: usize,
    information: Vec<String>,
    profits: Vec<Option<f64>>,
    names: Vec<String>,
}

impl Claims {
    fn read(folder: &Path, manifest: &Manifest, suite: &Suite) -> Result<Self, ResultsError> {
        let path = folder.join(EPISODES);
        let refused = |line: u64, reason: String| ResultsError::Table { path: path.clone(), line, reason };
        let cells = suite.problems().len() * manifest.policies.len();
        let mut claims = Self {
            policies: manifest.policies.len(),
            seeds: manifest.seeds.len(),
            information: vec![String::new(); cells],
            profits: vec![None; cells * manifest.seeds.len()],
            names: manifest.policies.clone(),
        };
        let mut table = csv::Reader::from_path(&path).map_err(|error| refused(0, error.to_string()))?;
        let heads = table.headers().map_err(|error| refused(1, error.to_string()))?.clone();
        let column = |name: &str| {
            heads
                .iter()
                .position(|head| head == name)
                .ok_or_else(|| refused(1, format!("no column '{name}'")))
        };
        let (problem, policy, information) = (column("problem")?, column("policy")?, column("information")?);
        let (seed, profit, status) = (column("seed")?, column("profit")?, column("status")?);
        for (row, record) in table.records().enumerate() {
            let line = row as u64 + 2;
            let record = record.map_err(|error| refused(line, error.to_string()))?;
            let cell = |column: usize| crate::read::unsafe_text(record.get(column).unwrap_or_default());
            let place = |what: &str, found: Option<usize>, text: &str| {
                found.ok_or_else(|| refused(line, format!("no {what} '{}'", text.escape_debug())))
            };
            let at = suite.problems().iter().position(|case| case.id == cell(problem));
            let by = manifest.policies.iter().position(|name| name == cell(policy));
            let of = manifest.seeds.iter().position(|known| Ok(*known) == cell(seed).parse());
            let (at, by) = (place("problem", at, cell(problem))?, place("policy", by, cell(policy))?);
            let of = place("seed", of, cell(seed))?;
            let position = at * claims.policies + by;
            let known = &mut claims.information[position];
            if known.is_empty() {
                cell(information).clone_into(known);
            } else if *known != cell(information) {
                let reason = "says another 'information' than the rows of the policy before it";
                return Err(refused(line, reason.to_owned()));
            }
            let episode = &mut claims.profits[position * claims.seeds + of];
            if cell(status) == "ok" {
                let number = cell(profit).parse().ok().filter(|profit: &f64| profit.is_finite());
                let number = number
                    .ok_or_else(|| refused(line, format!("profit is '{}'", cell(profit).escape_debug())))?;
                if episode.replace(number).is_some() {
                    return Err(refused(line, "says the same episode once more".to_owned()));
                }
            }
        }
        Ok(claims)
    }

    /// What a policy may know on a problem, and its profits by seed.
    fn of(&self, problem: usize, policy: usize) -> Result<(&str, Vec<f64>), String> {
        let position = problem * self.policies + policy;
        let own = &self.profits[position * self.seeds..(position + 1) * self.seeds];
        let profits: Vec<f64> = own.iter().copied().flatten().collect();
        if profits.len() < own.len() {
            let name = &self.names[policy];
            return Err(format!("{name} has {} of {} episodes that did not fail", profits.len(), own.len()));
        }
        Ok((&self.information[position], profits))
    }
}

impl Leaderboard {
    /// The board as its file holds it.
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("plain data");
        text.push('\n');
        text
    }

    /// A board from its file.
    ///
    /// # Errors
    /// In words, if it is none, or its entries do not match their hash.
    pub fn from_json(text: &str) -> Result<Self, String> {
        let board: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let hash = sha256(serde_json::to_string(&board.entries).expect("plain data").as_bytes());
        if board.kind != KIND {
            return Err(format!("kind is '{}'; expected '{KIND}'", board.kind.escape_debug()));
        }
        if board.hash != hash {
            return Err("its entries do not match its hash: it was edited".to_owned());
        }
        Ok(board)
    }

    /// The board as a table for people.
    pub fn table(&self) -> String {
        let width = self.entries.iter().map(|entry| entry.policy.chars().count()).max().unwrap_or(0).max(6);
        let mut text = format!("{} version {}\n", self.suite, self.version);
        let mut problem = "";
        for entry in &self.entries {
            if entry.problem != problem {
                problem = &entry.problem;
                let optimum = entry.optimum.map_or_else(
                    || "no optimum stated".to_owned(),
                    |optimum| format!("{optimum} ({})", entry.optimum_kind.as_deref().unwrap_or_default()),
                );
                let _ = writeln!(text, "\n{problem}: {optimum}");
            }
            let span = |interval: Option<(f64, f64)>, digits: usize| {
                interval.map_or_else(String::new, |(low, high)| format!("{low:.digits$} to {high:.digits$}"))
            };
            let percent = entry.percent.map_or_else(String::new, |percent| format!("{percent:.2} %"));
            let _ = writeln!(
                text,
                "  {:width$}  {:>12.4}  {:>24}  {percent:>9}  {:>18}  {}",
                entry.policy,
                entry.value,
                span(entry.interval, 4),
                span(entry.percent_interval, 2),
                if entry.replayed { "replayed" } else { "not replayed" },
            );
        }
        text
    }
}
