//! What is to be played: every policy on every problem with every seed.

use std::collections::HashSet;
use std::fmt::Write as _;

use invmgmt_data::Suite;
use sha2::{Digest, Sha256};

use crate::baseline::{BASELINES, Baseline};
use crate::contestant::NoEntry;
use crate::error::RefusedPairs;
use crate::{Contestant, RunError, fingerprint};

/// Problems x policies x seeds.
pub struct Plan<'a> {
    /// The problems.
    pub suite: &'a Suite,
    /// The policies asked for.
    pub contestants: Vec<&'a dyn Contestant>,
    /// The seeds, the first of which has its course kept.
    pub seeds: Vec<u64>,
    simplified: Vec<Simplified>,
}

impl std::fmt::Debug for Plan<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&str> = self.contestants.iter().map(|contestant| contestant.name()).collect();
        f.debug_struct("Plan")
            .field("suite", &self.suite.name)
            .field("contestants", &names)
            .field("seeds", &self.seeds)
            .finish()
    }
}

/// A piece of work that is done whole or not at all.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Unit {
    pub problem: usize,
    pub contestant: usize,
    pub seeds: Vec<u64>,
}

impl<'a> Plan<'a> {
    /// Checks a plan before anything is played.
    ///
    /// # Errors
    /// [`RunError`] for a plan without problems, policies or seeds, for names or seeds given twice, for a policy that
    /// can play none of the problems, and with every pair of policy and problem that is not modelled.
    pub fn new(
        suite: &'a Suite,
        contestants: Vec<&'a dyn Contestant>,
        seeds: Vec<u64>,
    ) -> Result<Self, RunError> {
        for (what, count) in
            [("problems", suite.problems().len()), ("policies", contestants.len()), ("seeds", seeds.len())]
        {
            if count == 0 {
                return Err(RunError::Nothing(what));
            }
        }
        unique("policy", contestants.iter().map(|contestant| contestant.name().to_owned()))?;
        unique("seed", seeds.iter().map(u64::to_string))?;
        unique("problem", suite.problems().iter().map(|problem| problem.id.clone()))?;
        let admissions = Admissions::of(suite, &contestants)?;
        if !admissions.refused.is_empty() {
            return Err(RunError::Refused(admissions.refused));
        }
        Ok(Self { suite, contestants, seeds, simplified: admissions.simplified })
    }

    /// What policies leave out of account, in words: how, which policies, on which problems.
    pub fn simplified(&self) -> impl Iterator<Item = String> {
        let all = self.suite.problems().len();
        self.simplified.iter().map(move |Simplified { how, policies, problems }| {
            let policies = policies.join(", ");
            if problems.len() == all {
                return format!("{policies}: {how}.");
            }
            format!("{policies} on {}: {how}.", problems.join(", "))
        })
    }

    /// The policy at a position; constants stand behind the policies asked for.
    pub(crate) fn contestant(&self, position: usize) -> &dyn Contestant {
        match self.contestants.get(position) {
            Some(contestant) => *contestant,
            None => &BASELINES[position - self.contestants.len()],
        }
    }

    /// Policies and constants.
    pub(crate) fn entrants(&self) -> usize {
        self.contestants.len() + BASELINES.len()
    }

    /// Episodes to play, those of the constants included.
    pub fn episodes(&self) -> usize {
        self.suite.problems().len() * self.entrants() * self.seeds.len()
    }

    /// All units of work in order.
    pub(crate) fn units(&self) -> Vec<Unit> {
        let mut units = Vec::new();
        for problem in 0..self.suite.problems().len() {
            for contestant in 0..self.entrants() {
                let together = self.contestant(contestant).plays_seeds_together();
                let size = if together { self.seeds.len() } else { 1 };
                let unit = |seeds: &[u64]| Unit { problem, contestant, seeds: seeds.to_vec() };
                units.extend(self.seeds.chunks(size).map(unit));
            }
        }
        units
    }

    /// Hash of everything that decides the results. Of a policy that is not known by name, its name alone counts.
    pub fn identity(&self) -> String {
        let mut text = format!(
            "invmgmt-benchmark {}\nsuite {:?} {:?} {}\nseeds {:?}\n",
            env!("CARGO_PKG_VERSION"),
            self.suite.name,
            self.suite.version,
            fingerprint(self.suite),
            self.seeds
        );
        for contestant in &self.contestants {
            let _ = writeln!(text, "policy {:?} {:?}", contestant.name(), contestant.definition());
        }
        for Baseline { name, .. } in &BASELINES {
            let _ = writeln!(text, "constant {name:?}");
        }
        sha256(text.as_bytes())
    }
}

/// What comes of entering every policy on every problem. Who must stay on the calling thread is asked when it plays.
#[derive(Default)]
struct Admissions {
    /// What is not modelled, by policy and reason.
    refused: Vec<RefusedPairs>,
    /// What is simplified, by policies and problems.
    simplified: Vec<Simplified>,
}

/// Something left out of account by some policies on some problems.
struct Simplified {
    how: String,
    policies: Vec<String>,
    problems: Vec<String>,
}

impl Admissions {
    fn of(suite: &Suite, contestants: &[&dyn Contestant]) -> Result<Self, RunError> {
        let mut admissions = Self::default();
        for contestant in contestants.iter().filter(|contestant| !contestant.stays_on_calling_thread()) {
            admissions.enter(suite, *contestant)?;
        }
        Ok(admissions)
    }

    fn enter(&mut self, suite: &Suite, contestant: &dyn Contestant) -> Result<(), RunError> {
        let mut simplified: Vec<(String, Vec<String>)> = Vec::new();
        let mut failures = Vec::new();
        for problem in suite.problems() {
            match contestant.enter(problem) {
                Ok(entry) => {
                    for how in entry.simplifies {
                        gather(&mut simplified, how, problem.id.clone());
                    }
                }
                Err(NoEntry::Refuses(reason)) => {
                    self.refuse(contestant.name(), reason, problem.id.clone());
                }
                Err(NoEntry::Fails(reason)) => failures.push(reason),
            }
        }
        if failures.len() == suite.problems().len() {
            let (policy, reason) = (contestant.name().to_owned(), failures.swap_remove(0));
            return Err(RunError::Policy { policy, reason });
        }
        for (how, problems) in simplified {
            self.simplify(contestant.name(), how, problems);
        }
        Ok(())
    }

    fn refuse(&mut self, policy: &str, reason: String, problem: String) {
        let like = |pairs: &&mut RefusedPairs| pairs.policy == policy && pairs.reason == reason;
        if let Some(pairs) = self.refused.iter_mut().find(like) {
            pairs.problems.push(problem);
        } else {
            let (policy, problems) = (policy.to_owned(), vec![problem]);
            self.refused.push(RefusedPairs { policy, problems, reason });
        }
    }

    fn simplify(&mut self, policy: &str, how: String, problems: Vec<String>) {
        let like = |known: &&mut Simplified| known.how == how && known.problems == problems;
        match self.simplified.iter_mut().find(like) {
            Some(known) => known.policies.push(policy.to_owned()),
            None => self.simplified.push(Simplified { how, policies: vec![policy.to_owned()], problems }),
        }
    }
}

/// Adds a problem under its heading.
fn gather(groups: &mut Vec<(String, Vec<String>)>, heading: String, problem: String) {
    match groups.iter_mut().find(|(known, _)| *known == heading) {
        Some((_, problems)) => problems.push(problem),
        None => groups.push((heading, vec![problem])),
    }
}

fn unique(what: &'static str, names: impl Iterator<Item = String>) -> Result<(), RunError> {
    let mut seen = HashSet::new();
    for name in names {
        if !seen.insert(name.clone()) {
            return Err(RunError::Twice { what, name: name.escape_debug().to_string() });
        }
    }
    Ok(())
}

/// The SHA-256 of bytes, in hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
