//! Playing plans in tests.

use std::path::Path;

use invmgmt::period::StateView;
use invmgmt_benchmark::{
    Contestant, Entrant, Execution, Named, NoEntry, Outcome, Plan, Player, RunError, Session, benchmark,
};
use invmgmt_data::{Case, Suite};

/// The published suite.
pub fn published() -> Suite {
    invmgmt_data::suite("published-26").expect("it comes along")
}

/// Plays these policies, by name and in order, with files if there is a folder.
pub fn play(
    suite: &Suite,
    contestants: &[&dyn Contestant],
    seeds: &[u64],
    threads: usize,
    folder: Option<&Path>,
    force: bool,
) -> Result<Outcome, RunError> {
    let plan = Plan::new(suite, contestants.to_vec(), seeds.to_vec())?;
    let execution = Execution { threads, progress: &|_, _| {}, interrupted: &|| false, executor: None };
    benchmark(&plan, Session { folder, force, command: "gym-invmgmt benchmark", execution })
}

/// A policy by its spec.
pub fn named(spec: &str) -> Named {
    Named::new(spec, spec)
}

/// Decides by a function of period and number of links; together for all seeds, or on the calling thread, if asked.
pub struct Own {
    /// Its name.
    pub name: &'static str,
    /// Whether it decides for all seeds at once.
    pub together: bool,
    /// Its order on every link, or why there is none.
    pub order: fn(usize) -> Result<f64, String>,
}

impl Contestant for Own {
    fn name(&self) -> &str {
        self.name
    }

    fn definition(&self) -> String {
        // What is called so counts as the clairvoyant plan.
        if self.name == "oracle" { "oracle".to_owned() } else { "a test's own".to_owned() }
    }

    fn enter(&self, _problem: &Case) -> Result<Entrant<'_>, NoEntry> {
        Ok(Entrant {
            information: "undeclared".to_owned(),
            simplifies: Vec::new(),
            player: Box::new(Ordering(self.order)),
        })
    }

    fn plays_seeds_together(&self) -> bool {
        self.together
    }

    fn stays_on_calling_thread(&self) -> bool {
        self.together
    }
}

struct Ordering(fn(usize) -> Result<f64, String>);

impl Player for Ordering {
    fn reset(&mut self, _seeds: &[u64]) -> Result<(), String> {
        Ok(())
    }

    fn decide(&mut self, states: &[StateView<'_>], orders: &mut [f64]) -> Result<(), String> {
        orders.fill((self.0)(states[0].period())?);
        Ok(())
    }
}
