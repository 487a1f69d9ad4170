//! Levels found by simulation: base stock, echelon base stock or (s, S) on any network.
//!
//! The objective is the mean discounted profit over a list of training seeds. Every candidate plays the same seeds
//! (common random numbers), so that two candidates differ by their levels and not by their luck, and the search
//! sees a function without noise. What it finds fits the training seeds; how good it is, is measured on held-out
//! seeds that no decision of the search rests on, with an interval of confidence. Where nothing is drawn every seed
//! plays the same episode: one is played, there is no interval, and only periods that the search did not see, those
//! from [`Settings::test_from`] on, can measure the result.
//!
//! The search works on whole units. It starts from the newsvendor level over the demand of the lead time (`start`)
//! and walks by steps that shrink to one unit (`search`); when no step of one unit helps it tries exchanges between
//! two nodes and begins again from places nearby, until its budget is used up or nothing new is found. It draws from
//! a stream seeded by the first training seed: the same settings find the same levels, on any number of threads.
//!
//! Nodes that share nothing, neither goods nor a room, a line, the cost of an order or a truck, have their levels
//! sought apart: a search for each group of nodes that do, all side by side in the same episodes (`groups`). So five
//! hundred products cost as many episodes as one.
//!
//! Where levels have to reach a service, what they lack to it counts before what they earn: the search first comes to
//! levels that reach it, then to the ones among these that earn most (`target`).
//!
//! Method: R. Hooke and T. A. Jeeves, "Direct search solution of numerical and statistical problems", Journal of the
//! ACM 8 (1961), with restarts; common random numbers and held-out evaluation as in J. C. Spall, "Introduction to
//! Stochastic Search and Optimization" (2003), chapter 14.

mod cut;
mod error;
mod groups;
mod search;
mod slope;
mod start;
mod target;

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use invmgmt::Problem;
use invmgmt::adjoint::Surrogates;
use invmgmt::batch::{EpisodeFigures, rollout, rollout_by_place};
use invmgmt::episode::{PlaceSums, Policy};
use invmgmt::network::{ManagedIx, Network};

pub use error::OptimizeError;
pub use slope::{Slope, Slopes};
pub use target::{Reached, Service, Target, Whose};

use crate::estimate::Estimate;
use crate::information::is_noise_free;
use crate::{
    Balanced, BaseStock, CanOrder, DualIndex, EchelonBaseStock, OrderUpTo, PolicyError, ReorderLevels,
    Reviewed,
};
use groups::{FoundTogether, Ties, Walks, groups};
use search::Candidate;
use target::{Goal, goals};

/// First steps of a search that begins where a climb ended [units].
const POLISH: f64 = 2.0;
/// Numbers of nodes that share something up to which all are moved in turn from the start.
const MOST_TOGETHER: usize = 24;
/// Sets of levels from which it pays to look at nodes apart first.
const FEWEST_SETS: usize = 60;
/// Fewest seeds of a list: an interval needs two.
const FEWEST_SEEDS: usize = 2;

/// The kind of policy whose levels are sought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Local base stock, one level per managed node.
    BaseStock,
    /// Echelon base stock, one level per managed node.
    Echelon,
    /// (s, S), one pair per managed node.
    ReorderLevels,
    /// (r, nQ), one pair r/Q per managed node.
    Lots,
    /// Capped base stock, one pair S/c per managed node.
    Capped,
    /// Local base stock that counts buyers' orders of the same period, one level per managed node.
    Cascade,
    /// Base stock on what will not spoil first, one level per managed node.
    Ages,
    /// Can-order, one triple s/c/S per managed node.
    Joint,
    /// Capped dual index, one triple E/S/c per managed node.
    Dual,
    /// Balanced echelon base stock of assemblies, one level per managed node.
    Balanced,
}

/// The names of all families.
pub const FAMILIES: [&str; 10] =
    ["basestock", "echelon", "ss", "rq", "capped", "cascade", "ages", "joint", "dual", "balanced"];

impl Family {
    /// The family of this name.
    ///
    /// # Errors
    /// [`OptimizeError::Family`] naming all there are.
    pub fn from_name(name: &str) -> Result<Self, OptimizeError> {
        match name {
            "basestock" => Ok(Self::BaseStock),
            "echelon" => Ok(Self::Echelon),
            "ss" => Ok(Self::ReorderLevels),
            "rq" => Ok(Self::Lots),
            "capped" => Ok(Self::Capped),
            "cascade" => Ok(Self::Cascade),
            "ages" => Ok(Self::Ages),
            "joint" => Ok(Self::Joint),
            "dual" => Ok(Self::Dual),
            "balanced" => Ok(Self::Balanced),
            _ => Err(OptimizeError::Family { found: name.escape_debug().to_string() }),
        }
    }

    /// The family of this name and its review period [periods], which may stand behind `@`: `basestock@7`.
    ///
    /// # Errors
    /// [`OptimizeError::Family`] naming all there are, [`OptimizeError::Review`].
    pub fn reviewed(name: &str) -> Result<(Self, usize), OptimizeError> {
        let Some((name_of_family, every)) = name.split_once('@') else {
            return Ok((Self::from_name(name)?, 1));
        };
        let family = Self::from_name(name_of_family)?;
        let refused = || OptimizeError::Review { found: name.escape_debug().to_string() };
        let every = every.parse().ok().filter(|&every: &usize| every > 0).ok_or_else(refused)?;
        Ok((family, every))
    }

    /// The word its specs begin with.
    pub fn name(self) -> &'static str {
        match self {
            Self::BaseStock => "basestock",
            Self::Echelon => "echelon",
            Self::ReorderLevels => "ss",
            Self::Lots => "rq",
            Self::Capped => "capped",
            Self::Cascade => "cascade",
            Self::Ages => "ages",
            Self::Joint => "joint",
            Self::Dual => "dual",
            Self::Balanced => "balanced",
        }
    }

    /// Numbers that each node has: one, two or three.
    pub fn numbers(self) -> usize {
        match self {
            Self::BaseStock | Self::Echelon | Self::Cascade | Self::Ages | Self::Balanced => 1,
            Self::ReorderLevels | Self::Lots | Self::Capped => 2,
            Self::Joint | Self::Dual => 3,
        }
    }

    /// Whether the numbers of a node are levels, each at least as high as the one before it.
    fn rises(self) -> bool {
        matches!(self, Self::ReorderLevels | Self::Joint)
    }

    /// The spec of these levels, as [`crate::parse`] reads it: as many numbers per managed node as the family has.
    pub fn spec(self, levels: &[f64]) -> String {
        let entry = |numbers: &[f64]| numbers.iter().map(f64::to_string).collect::<Vec<String>>().join("/");
        let entries: Vec<String> = levels.chunks_exact(self.numbers()).map(entry).collect();
        format!("{}:{}", self.name(), entries.join(","))
    }

    fn policy(self, network: &Network, levels: &[f64]) -> Result<Box<dyn Policy + Send>, PolicyError> {
        let pairs = || levels.as_chunks().0.iter().map(|&[one, two]| (one, two)).collect::<Vec<_>>();
        Ok(match self {
            Self::BaseStock => Box::new(BaseStock::new(network, levels)?),
            Self::Echelon => Box::new(EchelonBaseStock::new(network, levels)?),
            Self::ReorderLevels => Box::new(ReorderLevels::new(network, &pairs())?),
            Self::Lots => Box::new(OrderUpTo::lots(network, &pairs())?),
            Self::Capped => Box::new(OrderUpTo::capped(network, &pairs())?),
            Self::Cascade => Box::new(OrderUpTo::cascade(network, levels)?),
            Self::Ages => Box::new(OrderUpTo::ages(network, levels)?),
            Self::Joint => Box::new(CanOrder::new(network, levels.as_chunks().0)?),
            Self::Dual => Box::new(DualIndex::new(network, levels.as_chunks().0)?),
            Self::Balanced => Box::new(Balanced::new(network, levels)?),
        })
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How to search.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// What is sought.
    pub family: Family,
    /// Periods from one decision to the next, at least 1.
    pub review: usize,
    /// Services to be reached, whatever they cost; none for the levels that earn most.
    pub targets: Vec<Target>,
    /// Most sets of levels simulated, each on all training seeds; at least 1.
    pub budget: usize,
    /// Seeds the search looks at, at least two, none twice; of no meaning where nothing is drawn.
    pub training: Vec<u64>,
    /// Seeds the result is measured on, at least two, none of them a training seed; as above.
    pub held_out: Vec<u64>,
    /// The first period of those the search does not see, on which the result is measured instead; series are cut
    /// there, and both parts begin with the network's stock.
    pub test_from: Option<usize>,
    /// Most threads to use; no figure depends on it.
    pub threads: usize,
    /// Whether the search begins with a climb along the derivative of the profit in the levels.
    pub gradient: bool,
}

impl Settings {
    /// The spec of these levels, its review period included.
    fn spec(&self, levels: &[f64]) -> String {
        let spec = self.family.spec(levels);
        if self.review > 1 { format!("{spec}@{}", self.review) } else { spec }
    }

    fn policy(&self, network: &Network, levels: &[f64]) -> Result<Box<dyn Policy + Send>, PolicyError> {
        let policy = self.family.policy(network, levels)?;
        Ok(if self.review > 1 { Box::new(Reviewed::new(policy, self.review)) } else { policy })
    }
}

/// A set of levels that was better than all before it.
#[derive(Clone, Debug, PartialEq)]
pub struct Improvement {
    /// Sets of levels simulated so far, this one included.
    pub tried: usize,
    /// The levels [units].
    pub levels: Vec<f64>,
    /// Mean discounted profit over the training seeds [money].
    pub profit: f64,
    /// What services over the training seeds lack to their targets, added up; 0 where all are reached [1].
    pub lack: f64,
}

impl Improvement {
    fn is_better_than(&self, other: &Self) -> bool {
        (-self.lack, self.profit) > (-other.lack, other.profit)
    }
}

/// What a search found.
#[derive(Clone, Debug, PartialEq)]
pub struct Optimum {
    /// The levels as a spec that [`crate::parse`] reads.
    pub spec: String,
    /// The levels [units]: one per managed node in order of id, or for (s, S) two.
    pub levels: Vec<f64>,
    /// Profit over the training seeds: what the search maximised, and therefore flattering [money].
    pub training: Estimate,
    /// Profit on what the search did not see: held-out seeds, periods from [`Settings::test_from`] on, or both; none
    /// where it saw all there is [money].
    pub held_out: Option<Estimate>,
    /// What was reached of every target.
    pub targets: Vec<Reached>,
    /// Held-out profit above that of the levels the search began with, seed by seed [money].
    pub gain: Option<Estimate>,
    /// Whether anything is drawn; if not, there is one episode.
    pub drawn: bool,
    /// The spec the search began with.
    pub start: String,
    /// Sets of levels simulated.
    pub tried: usize,
    /// Whether the search stopped because restarts found nothing better, not because the budget was used up.
    pub settled: bool,
    /// Every improvement, the start first.
    pub history: Vec<Improvement>,
}

/// Finds levels of a family for a problem.
///
/// # Errors
/// [`OptimizeError`] for settings that cannot be used, or a run that left the range of numbers.
pub fn optimize(problem: &Problem, settings: &Settings) -> Result<Optimum, OptimizeError> {
    let drawn = is_drawn(problem);
    check(settings, drawn)?;
    let goals = goals(&problem.network, &settings.targets)?;
    let parts =
        settings.test_from.map(|at| cut::cut(problem, at)).transpose()?.map(|parts| parts.map(Arc::new));
    let (seen, unseen) = match (&parts, settings.test_from) {
        (Some([before, after]), Some(at)) => (
            Problem { demand: Arc::clone(before), num_periods: at, ..problem.clone() },
            Some(Problem {
                demand: Arc::clone(after),
                num_periods: problem.num_periods - at,
                ..problem.clone()
            }),
        ),
        _ => (problem.clone(), drawn.then(|| problem.clone())),
    };
    // Where nothing is drawn every seed plays the same episode.
    let seeds = |of: &[u64]| if drawn { of.to_vec() } else { vec![0] };
    let (training, held_out) = (seeds(&settings.training), seeds(&settings.held_out));
    let start = start::levels(&seen, settings)?;
    let first = Candidate::of(settings.family, &start.levels);
    let start_levels = first.levels(settings.family);
    let (first, steps) = if settings.gradient {
        if settings.review > 1 {
            return Err(OptimizeError::Jumps);
        }
        // Where units are whole, levels answer as if they were not; the search finds the whole ones.
        let surrogates = Surrogates { rounding: true, ..Surrogates::default() };
        let mut slopes = Slopes::new(&seen, settings.family, &training, surrogates, None)?;
        let climbed = slope::climb(&mut slopes, &first.levels(settings.family), &start.steps);
        // What is left is to find the whole units.
        (Candidate::of(settings.family, &climbed), vec![POLISH; start.steps.len()])
    } else {
        (first, start.steps.clone())
    };
    let found = search(&seen, settings, &goals, &first.levels(settings.family), &steps, &training)?;
    let measured = match unseen {
        None => None,
        Some(unseen) => {
            let after = play(&unseen, settings, &goals, &found.levels, &held_out)?;
            let before = play(&unseen, settings, &[], &start_levels, &held_out)?;
            let pairs = after.profits.iter().zip(&before.profits);
            let gains: Vec<f64> = pairs.map(|(after, before)| after - before).collect();
            Some((after, gains))
        }
    };
    let played = play(&seen, settings, &goals, &found.levels, &training)?;
    let reached = |(position, goal): (usize, &Goal)| {
        let held_out = measured.as_ref().map(|(after, _)| after.services[position].as_slice());
        goal.outcome(&played.services[position], held_out)
    };
    Ok(Optimum {
        spec: settings.spec(&found.levels),
        targets: goals.iter().enumerate().map(reached).collect(),
        training: over_seeds(&played.profits),
        held_out: measured.as_ref().map(|(after, _)| over_seeds(&after.profits)),
        gain: measured.as_ref().map(|(_, gains)| over_seeds(gains)),
        drawn,
        start: settings.spec(&start_levels),
        levels: found.levels,
        tried: found.tried,
        settled: found.settled,
        history: found.history,
    })
}

/// Walks from these levels to the best that the budget lets it find.
///
/// Many nodes that share something are first looked at as if they did not: each walk then sees the others' as noise,
/// but comes near what is good in few sets of levels. From there all walk together.
fn search(
    problem: &Problem,
    settings: &Settings,
    goals: &[Goal],
    first: &[f64],
    steps: &[f64],
    seeds: &[u64],
) -> Result<FoundTogether, OptimizeError> {
    let of_all = goals.iter().any(Goal::is_of_all);
    let everybody = || vec![problem.network.managed.indices().collect::<Vec<_>>()];
    let tied = if of_all { everybody() } else { groups(problem, Ties::All) };
    let walk = |groups: &[Vec<ManagedIx>], budget, goals: &[Goal], first: &[f64], steps: &[f64]| {
        let seed = settings.training.first().copied().unwrap_or(0);
        let walks = Walks { family: settings.family, budget, seed, groups };
        walks.run(first, steps, |levels| play_groups(problem, settings, goals, groups, levels, seeds))
    };
    let most_numbers = tied.iter().map(|group| settings.family.numbers() * group.len()).max().unwrap_or(0);
    let loose = if most_numbers > MOST_TOGETHER { groups(problem, Ties::Goods) } else { Vec::new() };
    if loose.len() <= tied.len() || settings.budget < FEWEST_SETS {
        return walk(&tied, settings.budget, goals, first, steps);
    }
    let apart: Vec<Goal> = goals.iter().filter(|goal| !goal.is_of_all()).cloned().collect();
    let near = walk(&loose, settings.budget / 2, &apart, first, steps)?;
    let start = play(problem, settings, goals, first, seeds)?.improvement(1, first);
    let (begun, levels, steps) = {
        let apart =
            play(problem, settings, goals, &near.levels, seeds)?.improvement(near.tried, &near.levels);
        if apart.is_better_than(&start) {
            (near.tried, near.levels, steps.iter().map(|step| step.min(POLISH)).collect())
        } else {
            (near.tried, first.to_vec(), steps.to_vec())
        }
    };
    let mut found = walk(&tied, settings.budget - begun, goals, &levels, &steps)?;
    found.tried += begun;
    found.history.iter_mut().for_each(|step| step.tried += begun);
    found.history.retain(|step| step.is_better_than(&start));
    found.history.insert(0, start);
    Ok(found)
}

fn over_seeds(profits: &[f64]) -> Estimate {
    Estimate::over(profits).expect("settings without seeds are refused")
}

/// Whether anything is drawn: if not, every seed plays the same episode.
pub fn is_drawn(problem: &Problem) -> bool {
    !is_noise_free(&problem.network, &problem.demand)
}

fn check(settings: &Settings, drawn: bool) -> Result<(), OptimizeError> {
    if settings.budget == 0 {
        return Err(OptimizeError::NoBudget);
    }
    if !drawn {
        return Ok(());
    }
    let mut seen = HashSet::with_capacity(settings.training.len());
    for (name, seeds) in [("training seeds", &settings.training), ("held-out seeds", &settings.held_out)] {
        if seeds.len() < FEWEST_SEEDS {
            return Err(OptimizeError::FewSeeds { name, found: seeds.len() });
        }
        let mut own = HashSet::with_capacity(seeds.len());
        if let Some(&seed) = seeds.iter().find(|&&seed| !own.insert(seed)) {
            return Err(OptimizeError::Twice { name, seed });
        }
        if let Some(&seed) = seeds.iter().find(|&&seed| seen.contains(&seed)) {
            return Err(OptimizeError::Overlap { seed });
        }
        seen.extend(own);
    }
    Ok(())
}

/// What the episodes of some seeds came to.
struct Played {
    /// Discounted profit of each seed [money].
    profits: Vec<f64>,
    /// Per target, the service of each seed [1].
    services: Vec<Vec<f64>>,
    /// What the services lack to their targets on average, added up [1].
    lack: f64,
}

/// Plays one episode per seed under these levels.
fn play(
    problem: &Problem,
    settings: &Settings,
    goals: &[Goal],
    levels: &[f64],
    seeds: &[u64],
) -> Result<Played, OptimizeError> {
    let figures = figures(problem, settings, levels, seeds, !goals.is_empty())?;
    let profits: Vec<f64> = figures.iter().map(|episode| episode.kpis.total_profit).collect();
    Ok(Played::of(problem, &figures, profits, goals.iter()))
}

/// The same, told apart by groups of nodes.
fn play_groups(
    problem: &Problem,
    settings: &Settings,
    goals: &[Goal],
    groups: &[Vec<ManagedIx>],
    levels: &[f64],
    seeds: &[u64],
) -> Result<Vec<Played>, OptimizeError> {
    if groups.len() == 1 {
        return Ok(vec![play(problem, settings, goals, levels, seeds)?]);
    }
    let figures = figures(problem, settings, levels, seeds, true)?;
    let of_group = |group: &Vec<ManagedIx>| {
        let profit = |places: &PlaceSums| group.iter().map(|&node| places.nodes[node].profit).sum();
        let profits = figures.iter().filter_map(|episode| episode.places.as_ref()).map(profit).collect();
        let own = goals.iter().filter(|goal| goal.is_within(group));
        Played::of(problem, &figures, profits, own)
    };
    Ok(groups.iter().map(of_group).collect())
}

/// The figures of one episode per seed under these levels.
fn figures(
    problem: &Problem,
    settings: &Settings,
    levels: &[f64],
    seeds: &[u64],
    by_place: bool,
) -> Result<Vec<EpisodeFigures>, OptimizeError> {
    let network = &*problem.network;
    // Made once to report mistakes; each thread then makes its own ones.
    settings.policy(network, levels)?;
    let make = || settings.policy(network, levels).expect("the policy was made before");
    let figures = if by_place {
        rollout_by_place(problem, seeds, settings.threads, make)?
    } else {
        rollout(problem, seeds, settings.threads, make)?
    };
    let profits = figures.iter().map(|episode| episode.kpis.total_profit);
    match profits.clone().find(|profit| !profit.is_finite()) {
        Some(found) => Err(OptimizeError::NotFinite { spec: settings.spec(levels), found }),
        None => Ok(figures),
    }
}

impl Played {
    /// Mean profit over the seeds [money].
    fn profit(&self) -> f64 {
        self.profits.iter().sum::<f64>() / self.profits.len() as f64
    }

    fn improvement(&self, tried: usize, levels: &[f64]) -> Improvement {
        Improvement { tried, levels: levels.to_vec(), profit: self.profit(), lack: self.lack }
    }

    fn of<'a>(
        problem: &Problem,
        figures: &[EpisodeFigures],
        profits: Vec<f64>,
        goals: impl Iterator<Item = &'a Goal> + Clone,
    ) -> Self {
        let places = || figures.iter().filter_map(|episode| episode.places.as_ref());
        let services: Vec<Vec<f64>> = goals
            .clone()
            .map(|goal| places().map(|places| goal.value(&problem.network, places)).collect())
            .collect();
        let lack = goals.zip(&services).map(|(goal, services)| goal.lack(services)).sum();
        Self { profits, services, lack }
    }
}
