//! Who plays: policies by name, and whatever else can decide.

use invmgmt::episode::Policy;
use invmgmt::period::StateView;
use invmgmt_data::Case;
use invmgmt_policy::{Knowledge, NamedPolicy, PolicyError, parse};

/// A policy as a benchmark sees it: something that can be made for any problem.
pub trait Contestant: Sync {
    /// Its name in results.
    fn name(&self) -> &str;

    /// What decides its orders, as far as it can be told in words: two runs compare only if this is the same.
    fn definition(&self) -> String;

    /// A player for a problem, made anew for every unit of work.
    ///
    /// # Errors
    /// [`NoEntry`]: why it cannot play this problem.
    fn enter(&self, problem: &Case) -> Result<Entrant<'_>, NoEntry>;

    /// Whether it decides for all seeds of a problem at once rather than seed by seed.
    fn plays_seeds_together(&self) -> bool {
        false
    }

    /// Whether it must be played on the thread that called, one unit after the other.
    fn stays_on_calling_thread(&self) -> bool {
        false
    }
}

/// Why a policy does not play a problem, in words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoEntry {
    /// It does not model what the problem holds: a run is refused before its first episode.
    #[error("{0}")]
    Refuses(String),
    /// Anything else, such as levels for another network: its rows say so, and the others go on.
    #[error("{0}")]
    Fails(String),
}

/// A player with what it knows.
pub struct Entrant<'a> {
    /// Level of what it knows of the problem, in words.
    pub information: String,
    /// What it leaves out of account of the problem, in words.
    pub simplifies: Vec<String>,
    /// The player.
    pub player: Box<dyn Player + 'a>,
}

impl std::fmt::Debug for Entrant<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Entrant").field("information", &self.information).finish_non_exhaustive()
    }
}

/// Decides for one or more episodes side by side.
pub trait Player {
    /// Called before the episodes of these seeds begin.
    ///
    /// # Errors
    /// Why it cannot begin.
    fn reset(&mut self, seeds: &[u64]) -> Result<(), String>;

    /// Writes the quantity requested on each supply link of each episode, one episode after the other [units].
    ///
    /// # Errors
    /// Why it cannot decide.
    fn decide(&mut self, states: &[StateView<'_>], orders: &mut [f64]) -> Result<(), String>;

    /// By how much the plan behind the last orders may cost more than the best one, of a lone episode
    /// ([`Policy::plan_gap`]).
    fn plan_gap(&mut self, _state: &StateView<'_>) -> Option<f64> {
        None
    }
}

/// A policy by name, as the command line knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    name: String,
    spec: String,
}

impl Named {
    /// The policy of a spec, under this name.
    pub fn new(name: impl Into<String>, spec: impl Into<String>) -> Self {
        Self { name: name.into(), spec: spec.into() }
    }

    /// The spec.
    pub fn spec(&self) -> &str {
        &self.spec
    }
}

/// A policy made of a spec for a problem.
pub(crate) fn enter_by_spec(spec: &str, problem: &Case) -> Result<Entrant<'static>, NoEntry> {
    let known = Knowledge::of(&problem.problem);
    let policy = parse(spec, &known).map_err(|error| match error {
        PolicyError::Refuses { .. } => NoEntry::Refuses(error.to_string()),
        other => NoEntry::Fails(other.to_string()),
    })?;
    Ok(Entrant {
        information: policy.information().to_string(),
        simplifies: policy.simplifies().iter().map(|&how| how.to_owned()).collect(),
        player: Box::new(One(policy)),
    })
}

impl Contestant for Named {
    fn name(&self) -> &str {
        &self.name
    }

    fn definition(&self) -> String {
        self.spec.clone()
    }

    fn enter(&self, problem: &Case) -> Result<Entrant<'_>, NoEntry> {
        enter_by_spec(&self.spec, problem)
    }
}

/// A policy that decides for one episode.
struct One(NamedPolicy);

impl Player for One {
    fn reset(&mut self, seeds: &[u64]) -> Result<(), String> {
        self.0.reset(seeds.first().copied());
        Ok(())
    }

    fn decide(&mut self, states: &[StateView<'_>], orders: &mut [f64]) -> Result<(), String> {
        for state in states {
            self.0.decide(state, orders).map_err(|error| error.to_string())?;
        }
        Ok(())
    }

    fn plan_gap(&mut self, state: &StateView<'_>) -> Option<f64> {
        self.0.plan_gap(state)
    }
}
