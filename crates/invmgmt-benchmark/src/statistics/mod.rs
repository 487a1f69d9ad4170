//! What the rows say: means with intervals, paired differences, a ranking, gaps, and whether a constant does as well.
//!
//! The seed is the unit of observation: all policies play the same seeds, and so do all problems. Over several problems
//! a policy therefore has one value per seed, its mean over the distinct problems; intervals and tests are over those.

mod compare;
mod constants;
mod gap;
mod optimum;
mod tail;
#[cfg(test)]
mod tests;

pub use compare::{Comparison, Ranked};
pub use constants::OverConstant;
pub use gap::Gap;
pub(crate) use gap::no_gap;
pub use optimum::{Distance, distance};
pub use tail::{FEWEST_FOR_TAIL, holm, population_deviation, published_cvar, tail};

use invmgmt_policy::estimate::{CONFIDENCE, Estimate, FEWEST_DIFFERING, FEWEST_FOR_INTERVAL};

use crate::figures::{FIGURES, Figures};
use crate::plan::Plan;
use crate::run::Row;
use crate::suite::{demand_follows_policy, demand_is_drawn};

/// Everything the rows say.
#[derive(Clone, Debug)]
pub struct Analysis {
    /// One entry per policy and problem, by policy.
    pub cells: Vec<Cell>,
    /// One entry per policy: over the distinct problems.
    pub overall: Vec<Cell>,
    /// All pairs of policies, over the distinct problems and on each.
    pub comparisons: Vec<Comparison>,
    /// The policies by what they earned, those with failed episodes behind those without.
    pub ranking: Vec<Ranked>,
    /// What a reader has to know before trusting a number.
    pub warnings: Vec<String>,
}

/// A policy on a problem, or on all of them.
#[derive(Clone, Debug)]
pub struct Cell {
    /// Position of the policy.
    pub contestant: usize,
    /// Position of the problem; none over all.
    pub problem: Option<usize>,
    /// What the policy knows.
    pub information: String,
    /// Seeds that count.
    pub seeds: usize,
    /// Episodes that failed.
    pub failed: usize,
    /// Profit [money]; none if nothing counts.
    pub profit: Option<Estimate>,
    /// Profits per seed [money].
    pub profits: Vec<f64>,
    /// Means of the key figures in the order of [`FIGURES`].
    pub means: [f64; FIGURES.len()],
    /// How far it is from the clairvoyant plan, if that was played.
    pub gap: Option<Gap>,
    /// How far it is from the optimum, on a problem that states one.
    pub distance: Option<Distance>,
    /// How it does against the best constant.
    pub over_constant: Option<OverConstant>,
}

/// Figures by policy, problem and seed.
pub(crate) struct Cube<'a> {
    plan: &'a Plan<'a>,
    figures: Vec<Option<&'a Figures>>,
    information: Vec<&'a str>,
}

impl<'a> Cube<'a> {
    pub fn new(plan: &'a Plan<'a>, rows: &'a [Row]) -> Self {
        let problems = plan.suite.problems().len();
        let cells = plan.entrants() * problems;
        let mut cube =
            Self { plan, figures: vec![None; cells * plan.seeds.len()], information: vec![""; cells] };
        let place: std::collections::HashMap<u64, usize> =
            plan.seeds.iter().enumerate().map(|(position, &seed)| (seed, position)).collect();
        for row in rows {
            let cell = row.contestant * problems + row.problem;
            cube.figures[cell * plan.seeds.len() + place[&row.played.seed]] =
                row.played.outcome.as_ref().ok();
            cube.information[cell] = &row.played.information;
        }
        cube
    }

    /// Per seed, in order.
    fn seeds_of(&self, contestant: usize, problem: usize) -> &[Option<&'a Figures>] {
        let cell = contestant * self.plan.suite.problems().len() + problem;
        &self.figures[cell * self.plan.seeds.len()..(cell + 1) * self.plan.seeds.len()]
    }

    /// Profit per seed on a problem [money].
    fn profits(&self, contestant: usize, problem: usize) -> Vec<Option<f64>> {
        self.seeds_of(contestant, problem).iter().map(|figures| figures.map(Figures::profit)).collect()
    }

    /// Per seed the mean profit over these problems, where all of them were played [money].
    fn mean_profits(&self, contestant: usize, problems: &[usize]) -> Vec<Option<f64>> {
        (0..self.plan.seeds.len())
            .map(|seed| {
                let profits = problems.iter().map(|&problem| self.seeds_of(contestant, problem)[seed]);
                let sum: Option<f64> = profits.map(|figures| figures.map(Figures::profit)).sum();
                sum.map(|sum| sum / problems.len() as f64)
            })
            .collect()
    }

    /// Problems that repeat no other.
    fn distinct(&self) -> Vec<usize> {
        let problems = self.plan.suite.problems().iter().enumerate();
        problems.filter(|(_, problem)| problem.same_as.is_none()).map(|(position, _)| position).collect()
    }

    fn cell(&self, contestant: usize, problem: usize) -> Cell {
        let seeds = self.seeds_of(contestant, problem);
        let played: Vec<&Figures> = seeds.iter().flatten().copied().collect();
        let profits: Vec<f64> = played.iter().map(|figures| figures.profit()).collect();
        let mean = |figure: usize| {
            played.iter().map(|figures| figures.values[figure]).sum::<f64>() / played.len() as f64
        };
        Cell {
            contestant,
            problem: Some(problem),
            information: self.information[contestant * self.plan.suite.problems().len() + problem].to_owned(),
            seeds: played.len(),
            failed: seeds.len() - played.len(),
            profit: Estimate::over(&profits),
            means: std::array::from_fn(mean),
            gap: gap::on_problem(self, contestant, problem),
            distance: distance(&self.plan.suite.problems()[problem], &profits),
            profits,
            over_constant: constants::on_problem(self, contestant, problem),
        }
    }

    /// A policy over all distinct problems, on the seeds with which it played them all.
    fn overall(&self, contestant: usize, cells: &[Cell]) -> Cell {
        let distinct = self.distinct();
        let per_seed = self.mean_profits(contestant, &distinct);
        let profits: Vec<f64> = per_seed.iter().flatten().copied().collect();
        let mean = |figure: usize| {
            let on_problem = |&problem: &usize| {
                let seeds = self.seeds_of(contestant, problem).iter().zip(&per_seed);
                let counted = seeds.filter_map(|(figures, all)| all.and(*figures));
                counted.map(|figures| figures.values[figure]).sum::<f64>()
            };
            distinct.iter().map(on_problem).sum::<f64>() / (distinct.len() * profits.len()) as f64
        };
        let mut levels: Vec<&str> = cells.iter().map(|cell| cell.information.as_str()).collect();
        levels.retain(|level| !level.is_empty());
        levels.sort_unstable();
        levels.dedup();
        Cell {
            contestant,
            problem: None,
            information: levels.join(" / "),
            seeds: profits.len(),
            failed: cells.iter().map(|cell| cell.failed).sum(),
            profit: Estimate::over(&profits),
            means: std::array::from_fn(mean),
            profits,
            gap: gap::over_problems(cells, &distinct),
            distance: None,
            over_constant: constants::over_problems(self, contestant, &distinct),
        }
    }
}

impl Analysis {
    /// Analyses the rows of a plan.
    pub fn of(plan: &Plan<'_>, rows: &[Row]) -> Self {
        let cube = Cube::new(plan, rows);
        let (mut cells, mut overall) = (Vec::new(), Vec::new());
        for contestant in 0..plan.contestants.len() {
            let own: Vec<Cell> =
                (0..plan.suite.problems().len()).map(|problem| cube.cell(contestant, problem)).collect();
            overall.push(cube.overall(contestant, &own));
            cells.extend(own);
        }
        let comparisons = compare::all_pairs(&cube);
        let ranking = compare::rank(&overall, &cube, &comparisons);
        let mut analysis = Self { cells, overall, comparisons, ranking, warnings: Vec::new() };
        analysis.warnings = analysis.find_warnings(plan);
        analysis
    }

    fn find_warnings(&self, plan: &Plan<'_>) -> Vec<String> {
        let mut warnings = Vec::new();
        let name = |contestant: usize| plan.contestant(contestant).name();
        for cell in &self.overall {
            if cell.failed > 0 {
                warnings.push(format!(
                    "{}: {} of {} episodes failed; episodes.csv says why. Its figures are of the seeds with which it \
                     played every problem ({}), and it is ranked behind all that played more.",
                    name(cell.contestant),
                    cell.failed,
                    plan.seeds.len() * plan.suite.problems().len(),
                    cell.seeds,
                ));
            }
            if let Some(over) = &cell.over_constant
                && !over.is_better()
            {
                warnings.push(format!(
                    "{} is no better than a constant: its mean profit is {:.1} {} that of the best constant order \
                     of each problem, found in hindsight{}.",
                    name(cell.contestant),
                    over.difference.mean.abs(),
                    if over.difference.mean < 0.0 { "below" } else { "above" },
                    over.difference
                        .interval()
                        .map_or(String::new(), |(low, high)| format!(" (95% interval {low:.1} to {high:.1})")),
                ));
            }
        }
        if self.cells.iter().any(|cell| cell.gap.as_ref().is_some_and(Gap::is_broken)) {
            warnings.push(
                "A policy earned more than the optimum of the clairvoyant programme: one of the two is wrong."
                    .to_owned(),
            );
        }
        for cell in self.cells.iter().filter(|cell| cell.distance.is_some_and(|found| found.is_broken)) {
            let problem = cell.problem.map_or("", |problem| plan.suite.problems()[problem].id.as_str());
            warnings.push(format!(
                "{} does better on {problem} than the optimum, by more than sampling explains: one of the two is wrong.",
                name(cell.contestant),
            ));
        }
        let following: Vec<&str> = plan
            .suite
            .problems()
            .iter()
            .filter(|problem| demand_follows_policy(problem))
            .map(|problem| problem.id.as_str())
            .collect();
        if !following.is_empty() {
            warnings.push(format!(
                "Under goodwill ({}) demand depends on what a policy did: pairs there share only the seed, not the \
                 demand, and the clairvoyant plan is no upper bound.",
                following.join(", ")
            ));
        }
        warnings.extend(few_seeds(plan.seeds.len()));
        warnings.extend(self.few_differing(plan));
        warnings.extend(plan.simplified());
        warnings
    }

    /// Pairs on a problem that only a few of the seeds tell apart.
    fn few_differing(&self, plan: &Plan<'_>) -> Option<String> {
        let problems = plan.suite.problems();
        let told_by_few = |pair: &&Comparison| {
            let drawn = pair.problem.is_some_and(|problem| demand_is_drawn(&problems[problem]));
            let Estimate { count, differing, .. } = pair.difference;
            let some_agree = differing + 1 < count;
            let all_alike = differing == 0 && pair.difference.is_zero();
            drawn && some_agree && differing < FEWEST_DIFFERING && !all_alike
        };
        let pairs: Vec<&Comparison> = self.comparisons.iter().filter(told_by_few).collect();
        let first = pairs.first()?;
        let more = match pairs.len() - 1 {
            0 => String::new(),
            1 => ", and of one other pair".to_owned(),
            others => format!(", and of {others} other pairs"),
        };
        Some(format!(
            "Too few seeds differ to judge {} less {} on {}{more}: only {} of {} give another difference than the rest. \
             Where demand is rare the seeds that matter may not be among them: play more.",
            plan.contestant(first.a).name(),
            plan.contestant(first.b).name(),
            problems[first.problem?].id,
            first.difference.differing,
            first.difference.count,
        ))
    }
}

/// What the number of seeds does to intervals.
fn few_seeds(seeds: usize) -> Option<String> {
    match seeds {
        0 | 1 => Some("With one seed there are no intervals and no tests.".to_owned()),
        few if few < FEWEST_FOR_INTERVAL => Some(format!(
            "{few} seeds are few: where a few of them decide (rare demand, large losses) an interval of {} % covers about \
             90 %, or less. From {FEWEST_FOR_INTERVAL} seeds on it covers what it says.",
            100.0 * CONFIDENCE
        )),
        _ => None,
    }
}
