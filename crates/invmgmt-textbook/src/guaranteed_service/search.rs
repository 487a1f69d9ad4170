//! Networks that are no trees: spanning trees, and branch and bound.
//!
//! Without some of its links an instance is a tree, whose optimum costs no more than any placement of the whole: a
//! lower bound. Where the tree's optimum breaks a link left out, with the supplier promising more than the customer
//! waits, the instance is parted in two: in one the supplier promises at most a time between, in the other the customer
//! waits longer than that. Parts whose bound is not below the best placement found are dropped; when none are left, the
//! best is the optimum. Placements are found by repairing the trees' optima, and by descents: another spanning tree is
//! solved with each link left out kept by a time between what its two ends do now, so that no step costs more than the
//! last.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use invmgmt::random::{Pcg64, Stream};

use super::frame::Frame;
use super::programme::{Limits, Tree};

/// Bounds this close to the best placement are as good as it [1].
const CLOSE: f64 = 1e-9;
/// Descents that may fail in a row before the search leaves a placement alone.
const PATIENCE: usize = 12;
/// Where the stream of spanning trees begins: the same instance is always solved in the same way.
const SEED: u64 = 2011;

/// How long a search may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effort {
    /// Most spanning trees that are solved.
    pub trees: usize,
    /// Most pairs of times that all of them may look at together: what takes the time.
    pub pairs: usize,
}

impl Default for Effort {
    /// 4,000 trees, and no more than some thousand million pairs: seconds.
    fn default() -> Self {
        Self { trees: 4_000, pairs: 6_000_000_000 }
    }
}

/// What was found.
pub(super) struct Found {
    /// Service and inbound service time of every stage [periods].
    pub times: Vec<(usize, usize)>,
    /// What every placement costs at least [money / period].
    pub at_least: f64,
    /// Whether nothing costs less than what was found.
    pub is_proved: bool,
    /// Trees solved.
    pub trees: usize,
}

/// A part of the instance that may hold something better.
struct Part {
    limits: Limits,
    at_least: f64,
}

impl PartialEq for Part {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Part {}

impl PartialOrd for Part {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Part {
    /// The part of the lowest bound comes first.
    fn cmp(&self, other: &Self) -> Ordering {
        other.at_least.total_cmp(&self.at_least)
    }
}

/// The best placement, or the best that is found with so much effort.
pub(super) fn search(frame: &Frame<'_>, effort: Effort) -> Found {
    let (tree, left_out) = spanning(frame, |link| heaviest(frame, link));
    let mut search = Search { frame, effort, trees: 0, best: Vec::new(), cost: f64::INFINITY };
    let root = Limits::of(frame);
    let (times, at_least) = search.solve(&tree, &root).expect("nothing limits an instance by itself");
    if broken(frame, &left_out, &times).is_none() {
        // What a tree leaves open is closed: nobody waits longer than for the slowest supplier.
        let times = frame.repaired(|stage| times[stage].0);
        return Found { times, at_least, is_proved: true, trees: search.trees };
    }
    search.take(frame.repaired(|stage| times[stage].0));
    let mut stream = Pcg64::seeded(SEED);
    search.descend(&mut stream);
    search.branch(&tree, &left_out, &mut stream, Part { limits: root, at_least })
}

struct Search<'a> {
    frame: &'a Frame<'a>,
    effort: Effort,
    trees: usize,
    best: Vec<(usize, usize)>,
    cost: f64,
}

impl Search<'_> {
    fn solve(&mut self, tree: &Tree, limits: &Limits) -> Option<(Vec<(usize, usize)>, f64)> {
        self.trees += 1;
        tree.solve(self.frame, limits)
    }

    /// Trees that may still be solved.
    fn is_spent(&self) -> bool {
        self.trees >= self.effort.trees || self.trees.saturating_mul(pairs(self.frame)) >= self.effort.pairs
    }

    /// Keeps a placement if it is the best so far.
    fn take(&mut self, times: Vec<(usize, usize)>) -> bool {
        let cost = self.frame.cost(&times);
        let better = cost < self.cost * (1.0 - CLOSE);
        if better {
            self.best = times;
            self.cost = cost;
        }
        better
    }

    /// Solves spanning trees around the best placement until they find nothing better.
    fn descend(&mut self, stream: &mut Pcg64) {
        let mut failures = 0;
        while failures < PATIENCE && !self.is_spent() {
            let (tree, left_out) = spanning(self.frame, |_| stream.next_f64());
            let mut limits = Limits::of(self.frame);
            for &link in &left_out {
                let (from, to) = self.frame.settings.links[link];
                let (promised, waited) = (self.best[from].0, self.best[to].1);
                let between = promised + ((waited - promised) as f64 * stream.next_f64()).round() as usize;
                limits.service[from].1 = limits.service[from].1.min(between);
                limits.inbound[to].0 = limits.inbound[to].0.max(between);
            }
            let found = self.solve(&tree, &limits);
            let better = found.is_some_and(|(times, _)| {
                let times = self.frame.repaired(|stage| times[stage].0);
                self.take(times)
            });
            failures = if better { 0 } else { failures + 1 };
        }
    }

    /// Parts the instance until nothing is left that may be better, or the effort is spent.
    fn branch(mut self, tree: &Tree, left_out: &[usize], stream: &mut Pcg64, root: Part) -> Found {
        let mut open = BinaryHeap::from([root]);
        let mut is_proved = true;
        let mut at_least = self.cost;
        while let Some(part) = open.pop() {
            if part.at_least >= self.cost * (1.0 - CLOSE) {
                break;
            }
            if self.is_spent() {
                (is_proved, at_least) = (false, part.at_least);
                break;
            }
            let Some((times, bound)) = self.solve(tree, &part.limits) else { continue };
            let at_least = bound.max(part.at_least);
            if self.take(self.frame.repaired(|stage| times[stage].0)) {
                self.descend(stream);
            }
            let Some(link) = broken(self.frame, left_out, &times) else { continue };
            if at_least >= self.cost * (1.0 - CLOSE) {
                continue;
            }
            let (from, to) = self.frame.settings.links[link];
            let between = usize::midpoint(times[from].0, times[to].1);
            let mut below = part.limits.clone();
            below.service[from].1 = between;
            let mut above = part.limits;
            above.inbound[to].0 = between + 1;
            open.extend([below, above].map(|limits| Part { limits, at_least }));
        }
        Found { times: self.best, at_least: at_least.min(self.cost), is_proved, trees: self.trees }
    }
}

/// Pairs of times that a tree looks at.
fn pairs(frame: &Frame<'_>) -> usize {
    let of = |stage: usize| {
        let wait = frame.longest_wait[stage];
        (wait + 1) * (wait + frame.processing(stage) + 1)
    };
    (0..frame.longest_wait.len()).map(of).sum::<usize>().max(1)
}

/// The link left out that is broken most, by what its supplier's stock costs; none if all hold.
fn broken(frame: &Frame<'_>, left_out: &[usize], times: &[(usize, usize)]) -> Option<usize> {
    let excess = |&link: &usize| {
        let (from, to) = frame.settings.links[link];
        times[from].0.saturating_sub(times[to].1) as f64 * (frame.rates[from] + frame.rates[to] + CLOSE)
    };
    let worst = left_out.iter().max_by(|a, b| excess(a).total_cmp(&excess(b)))?;
    (excess(worst) > 0.0).then_some(*worst)
}

/// How much a link matters: what its two ends' stock costs.
fn heaviest(frame: &Frame<'_>, link: usize) -> f64 {
    let (from, to) = frame.settings.links[link];
    frame.rates[from] + frame.rates[to]
}

/// The spanning tree of greatest weight, and the links that are not on it.
fn spanning(frame: &Frame<'_>, mut weight: impl FnMut(usize) -> f64) -> (Tree, Vec<usize>) {
    let links = &frame.settings.links;
    let weights: Vec<f64> = (0..links.len()).map(&mut weight).collect();
    let mut order: Vec<usize> = (0..links.len()).collect();
    order.sort_by(|&a, &b| weights[b].total_cmp(&weights[a]));
    let stages = frame.longest_wait.len();
    let mut joined: Vec<usize> = (0..stages).collect();
    let (mut chosen, mut left_out) = (Vec::new(), Vec::new());
    for link in order {
        let (a, b) = (root_of(&mut joined, links[link].0), root_of(&mut joined, links[link].1));
        if a == b {
            left_out.push(link);
        } else {
            joined[a] = b;
            chosen.push(link);
        }
    }
    // In order of declaration, so that a tree is solved in the same way whatever its links weigh.
    chosen.sort_unstable();
    left_out.sort_unstable();
    (Tree::of(stages, chosen.into_iter().map(|link| links[link])), left_out)
}

fn root_of(joined: &mut [usize], mut stage: usize) -> usize {
    while joined[stage] != stage {
        joined[stage] = joined[joined[stage]];
        stage = joined[stage];
    }
    stage
}
