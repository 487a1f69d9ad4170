//! What others would have paid on the same customers.

use std::num::NonZeroUsize;
use std::ops::RangeInclusive;

use invmgmt::Problem;
use invmgmt::episode::{Episode, Policy, Symbol};
use invmgmt_exact::{Criterion, Settings, solve};
use invmgmt_policy::optimize::Family;
use invmgmt_policy::{Information, Knowledge, PolicyError, parse, profit_bound};

use crate::game::tuned_in;

/// Policies by name that a game is compared with, where they play it.
pub const RIVALS: [&str; 8] = [
    "newsvendor:informed",
    "ss:informed",
    "exp-smoothing:informed",
    "echelon-basestock:informed",
    "mpc:informed",
    "mssp:informed",
    "learned:informed",
    "oracle",
];

/// Most memory that the search for the optimum may take in passing [bytes].
const MEMORY: usize = 64_000_000;
/// Most supply links of a network whose optimum is looked for in passing.
const MOST_LINKS: usize = 2;
/// Costs closer than this, relative to them, are the same.
const ROUNDING: f64 = 1e-6;

/// Someone who might have played in the persons' place, at every node.
#[derive(Clone, Debug, PartialEq)]
pub struct Rival {
    /// What it is, in words.
    pub name: String,
    /// The policy, where it has a name.
    pub spec: Option<String>,
    /// Whether it knows customers' demand beforehand.
    pub clairvoyant: bool,
    /// What it would have cost on the same customers, or why that is not known [money].
    pub cost: Result<f64, String>,
}

/// What base-stock levels found by simulation, the named policies and the optimum would have paid on the customers of
/// a game, over all of its periods; `further` names more of them. Those that cannot play it say why.
pub fn rivals(problem: &Problem, seed: u64, further: &[String]) -> Vec<Rival> {
    let mut found = vec![
        found_by_simulation(problem, seed, Family::BaseStock, "base-stock"),
        // On a chain it is of the form of the optimal policy.
        found_by_simulation(problem, seed, Family::Echelon, "echelon base-stock"),
    ];
    let names = RIVALS.into_iter().map(ToOwned::to_owned).chain(further.iter().cloned());
    found.extend(names.map(|spec| named(problem, seed, spec)));
    let cheapest = found.iter().filter_map(|rival| rival.cost.clone().ok()).min_by(f64::total_cmp);
    found.push(optimum(problem, seed, cheapest));
    found
}

fn found_by_simulation(problem: &Problem, seed: u64, family: Family, name: &str) -> Rival {
    let name = format!("{name}, levels found by simulation");
    match tuned_in(problem, family) {
        Ok(spec) => Rival { name, ..named(problem, seed, spec) },
        Err(error) => Rival { name, spec: None, clairvoyant: false, cost: Err(error.to_string()) },
    }
}

fn named(problem: &Problem, seed: u64, spec: String) -> Rival {
    let (clairvoyant, cost) = match parse(&spec, &Knowledge::of(problem)) {
        Ok(mut policy) => {
            (policy.information() == Information::Clairvoyant, played(problem, seed, &mut policy))
        }
        // Why, in a line: who else there is stands above it.
        Err(PolicyError::Refuses { form, refusal, .. }) => (false, Err(format!("{form} {refusal}"))),
        Err(error) => (false, Err(error.to_string())),
    };
    Rival { name: spec.clone(), spec: Some(spec), clairvoyant, cost }
}

/// The policy that is best on average, where the problem is small enough to find it or where nothing is open, so that a
/// plan which costs no more than anybody could pay is known to be the best; `cheapest` is what the best of the others
/// costs.
fn optimum(problem: &Problem, seed: u64, cheapest: Option<f64>) -> Rival {
    let links = problem.network.supply.len();
    let found = if links > MOST_LINKS {
        Err(format!(
            "it is not looked for in passing on networks of more than {MOST_LINKS} supply links; here are {links}"
        ))
    } else {
        solved(problem, seed)
    };
    let cost = found.or_else(|why| {
        // Under goodwill there is no bound: demand answers to what is played.
        let Ok(Some(bound)) = profit_bound(&Knowledge::of(problem), seed) else { return Err(why) };
        let least = 0.0 - bound;
        let attained = cheapest.filter(|cost| cost - least <= ROUNDING * least.abs().max(1.0));
        match attained.filter(|_| is_certain(problem)) {
            Some(cost) => Ok(cost),
            None => Err(format!("{why}; on these customers nobody could have paid less than {least:.2}")),
        }
    });
    Rival { name: "the optimal policy, best on average".to_owned(), spec: None, clairvoyant: false, cost }
}

/// The optimal policy found by dynamic programming, played on the customers of a seed [money].
fn solved(problem: &Problem, seed: u64) -> Result<f64, String> {
    let threads = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let actions: Option<RangeInclusive<u32>> = None;
    let criterion = Criterion::Finite(problem.rules.discount);
    let settings = Settings { actions, memory: MEMORY, ..Settings::new(criterion, threads) };
    let found = solve(problem, &settings, &mut |_| {}).map_err(|error| error.to_string())?;
    played(problem, seed, &mut found.policy.clone())
}

/// Whether customers and supply are the same in every game: nothing is drawn.
fn is_certain(problem: &Problem) -> bool {
    let Problem { network, demand, num_periods, .. } = problem;
    let steady = |link| (0..*num_periods).all(|period| demand.variance(network, period, link, 1.0) == 0.0);
    !network.draws_supply() && network.market.indices().all(steady)
}

/// What a policy that plays every node costs on the customers of a seed [money].
fn played(problem: &Problem, seed: u64, policy: &mut impl Policy) -> Result<f64, String> {
    let mut episode = Episode::begin(problem, seed).map_err(|error| error.to_string())?;
    policy.reset(Some(seed));
    episode.play(policy).map_err(|error| error.to_string())?;
    let profit: f64 = episode.trajectory()[Symbol::Profit].values.iter().sum();
    if profit.is_finite() { Ok(0.0 - profit) } else { Err("it left the range of numbers".to_owned()) }
}
