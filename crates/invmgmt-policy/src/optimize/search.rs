//! The walk over whole-unit levels.

use std::cell::RefCell;
use std::collections::HashMap;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;

use invmgmt::random::{Pcg64, Stream};

use super::{Family, Improvement, Played};

/// Restarts in a row without a better set of levels after which a search is settled.
const PATIENCE: usize = 6;
/// Exchanges tried per sweep, at most.
const MOST_EXCHANGES: usize = 400;
/// Rises in a row that bring no target nearer after which none will.
const MOST_IDLE_RISES: usize = 3;
/// Prices tried of what services lack, against what the last unit of a level pays for it [1].
const PRICES: [f64; 2] = [1.5, 0.75];
/// Levels stay within this, where whole numbers are exact [units].
const LARGEST: f64 = 1e12;

/// A point of the search: whole numbers, node by node. Where a family has several levels that rise, all but the first
/// are how far each lies above the one before.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Candidate(Vec<i64>);

impl Candidate {
    /// The point nearest to levels in the order of a spec.
    pub fn of(family: Family, levels: &[f64]) -> Self {
        let whole = |level: f64| level.round().clamp(-LARGEST, LARGEST) as i64;
        let mut point: Vec<i64> = levels.iter().map(|&level| whole(level)).collect();
        if family.rises() {
            for node in point.chunks_exact_mut(family.numbers()) {
                (1..node.len()).rev().for_each(|at| node[at] -= node[at - 1]);
            }
        }
        Self(point).sound(family)
    }

    /// This point, or the nearest that the family has: a lot is at least one unit, a cap or a distance none.
    fn sound(mut self, family: Family) -> Self {
        let least = i64::from(family == Family::Lots);
        for node in self.0.chunks_exact_mut(family.numbers()) {
            node[1..].iter_mut().for_each(|number| *number = (*number).max(least));
        }
        self
    }

    /// The levels in the order of a spec.
    pub fn levels(&self, family: Family) -> Vec<f64> {
        let mut levels: Vec<f64> = self.0.iter().map(|&value| value as f64).collect();
        if family.rises() {
            for node in levels.chunks_exact_mut(family.numbers()) {
                (1..node.len()).for_each(|at| node[at] += node[at - 1]);
            }
        }
        levels
    }

    /// Another point, by these moves; levels that rise never cross.
    fn moved(&self, family: Family, moves: &[(usize, i64)]) -> Self {
        let mut point = self.0.clone();
        for &(position, by) in moves {
            let limit = LARGEST as i64;
            point[position] = point[position].saturating_add(by).clamp(-limit, limit);
        }
        Self(point).sound(family)
    }
}

/// What is known of a point.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Score {
    /// Mean profit [money].
    profit: f64,
    /// What the services lack to their targets, added up; 0 where all are reached, or there are none [1].
    lack: f64,
}

/// How a point compares with others: the first number decides, then the second.
type Worth = (f64, f64);

impl Score {
    /// What lacks counts before what is earned; or a price is put on it [money].
    fn worth(self, price: Option<f64>) -> Worth {
        match price {
            None => (-self.lack, self.profit),
            Some(price) => (0.0, self.profit - price * self.lack),
        }
    }
}

/// What a search ends with.
pub(super) struct Found {
    pub levels: Vec<f64>,
    pub tried: usize,
    pub settled: bool,
    pub history: Vec<Improvement>,
}

/// Where a search lays what it asks for, and finds what that came to. Whoever plays the levels looks here when the
/// search is pending.
#[derive(Clone, Default)]
pub(super) struct Desk(Rc<RefCell<Papers>>);

#[derive(Default)]
struct Papers {
    asked: Option<Vec<f64>>,
    answer: Option<Played>,
}

impl Desk {
    /// The levels asked for last.
    pub fn asked(&self) -> Option<Vec<f64>> {
        self.0.borrow_mut().asked.take()
    }

    /// Lays down what they came to.
    pub fn answer(&self, played: Played) {
        self.0.borrow_mut().answer = Some(played);
    }

    /// What levels come to, once somebody has played them.
    async fn ask(&self, levels: Vec<f64>) -> Played {
        self.0.borrow_mut().asked = Some(levels);
        poll_fn(|_| match self.0.borrow_mut().answer.take() {
            Some(played) => Poll::Ready(played),
            None => Poll::Pending,
        })
        .await
    }
}

/// A search under way. It is written as one walk and pauses at every set of levels that is to be played, so that the
/// searches of several groups of nodes can have theirs played together.
pub(super) struct Search {
    family: Family,
    budget: usize,
    stream: Pcg64,
    desk: Desk,
    /// Every point simulated: none is simulated twice.
    known: HashMap<Candidate, Score>,
    best: Option<(Candidate, Score)>,
    /// The price of what services lack; none while that counts before all else [money].
    price: Option<f64>,
    history: Vec<Improvement>,
}

impl Search {
    pub fn new(family: Family, budget: usize, seed: u64, desk: Desk) -> Self {
        Self {
            family,
            budget,
            stream: Pcg64::seeded(seed),
            desk,
            known: HashMap::new(),
            best: None,
            price: None,
            history: Vec::new(),
        }
    }

    /// Walks from a first point until the budget is used up or restarts bring nothing; the best point simulated.
    pub async fn run(mut self, first: Candidate, steps: Vec<f64>) -> Found {
        let settled = self.walk(&first, &steps).await.is_some();
        let (point, _) = self.best.expect("the first point was simulated");
        Found { levels: point.levels(self.family), tried: self.known.len(), settled, history: self.history }
    }

    /// Walks; none if the budget is used up on the way.
    async fn walk(&mut self, first: &Candidate, steps: &[f64]) -> Option<()> {
        // Far from good, all levels are wrong by about the same factor.
        let here = self.scaled(first).await?;
        let risen = self.risen(&here, steps).await?;
        let found = self.descend(&risen, steps, 1.0).await?;
        let found = self.traded(found, steps).await?;
        let mut here = found;
        let mut failures = 0;
        while failures < PATIENCE {
            let before = self.value_of_best();
            // Further away after every failure.
            let factor = 0.5 * (1.0 + failures as f64 / 2.0);
            let kicked = self.kicked(&here, steps, factor);
            self.descend(&kicked, steps, 0.5).await?;
            if self.value_of_best() > before {
                failures = 0;
            } else {
                failures += 1;
            }
            here = self.best.as_ref().expect("the first point was simulated").0.clone();
        }
        Some(())
    }

    /// The best of the first point and its multiples.
    async fn scaled(&mut self, first: &Candidate) -> Option<Candidate> {
        let mut value = self.value(first).await?;
        let mut best = first.clone();
        for factor in [0.8, 1.25, 0.5, 1.75, 0.0] {
            let point: Vec<i64> =
                first.0.iter().map(|&level| (level as f64 * factor).round() as i64).collect();
            let point = Candidate(point).sound(self.family);
            let other = self.value(&point).await?;
            if other > value {
                (best, value) = (point, other);
            }
        }
        Some(best)
    }

    /// The point with all levels raised, further and further, as long as a target lacks less for it.
    async fn risen(&mut self, from: &Candidate, steps: &[f64]) -> Option<Candidate> {
        let (mut here, mut reach, mut failures) = (from.clone(), 1.0, 0);
        let mut lack = self.score(&here).await?.lack;
        while lack > 0.0 && failures < MOST_IDLE_RISES {
            let rise = |(position, step): (usize, &f64)| (position, (step * reach).min(LARGEST) as i64);
            let moves: Vec<(usize, i64)> = steps.iter().enumerate().map(rise).collect();
            let next = here.moved(self.family, &moves);
            let score = self.score(&next).await?;
            if score.lack < lack {
                (here, lack, failures) = (next, score.lack, 0);
            } else {
                failures += 1;
            }
            reach *= 2.0;
        }
        Some(here)
    }

    /// Where a target binds, single levels cannot be moved without missing it, though two together might earn more: a
    /// walk on which what lacks has a price, near what the last unit of every level pays for it, and back.
    async fn traded(&mut self, from: Candidate, steps: &[f64]) -> Option<Candidate> {
        let score = self.score(&from).await?;
        let mut here = from;
        let mut price = 0.0_f64;
        for position in 0..here.0.len() {
            let less = self.score(&here.moved(self.family, &[(position, -1)])).await?;
            if less.lack > score.lack && less.profit > score.profit {
                price = price.max((less.profit - score.profit) / (less.lack - score.lack));
            }
        }
        for factor in PRICES.into_iter().filter(|_| price > 0.0) {
            self.price = Some(factor * price);
            let walked = self.descend(&here, steps, 0.5).await;
            self.price = None;
            self.descend(&walked?, steps, 0.0).await?;
            here = self.best.as_ref().expect("the first point was simulated").0.clone();
        }
        Some(here)
    }

    /// Steps along one level at a time; steps grow where they help and shrink where they do not, down to one unit.
    /// When no unit helps, exchanges between two levels are tried.
    async fn descend(&mut self, from: &Candidate, steps: &[f64], factor: f64) -> Option<Candidate> {
        let mut steps: Vec<i64> =
            steps.iter().map(|step| ((step * factor).round().min(LARGEST) as i64).max(1)).collect();
        let mut signs = vec![1_i64; steps.len()];
        let mut here = from.clone();
        let mut value = self.value(&here).await?;
        loop {
            let (before, finest) = (here.clone(), steps.iter().all(|&step| step == 1));
            for (position, (step, sign)) in steps.iter_mut().zip(&mut signs).enumerate() {
                let mut helped = false;
                for way in [*sign, -*sign] {
                    let next = here.moved(self.family, &[(position, way * *step)]);
                    let other = self.value(&next).await?;
                    if other > value {
                        (here, value, *sign, helped) = (next, other, way, true);
                        break;
                    }
                }
                *step = if helped { *step * 2 } else { (*step / 2).max(1) };
            }
            if here != before {
                // What helped once, all levels together, may help again.
                loop {
                    let moves: Vec<(usize, i64)> =
                        here.0.iter().zip(&before.0).map(|(now, then)| now - then).enumerate().collect();
                    let next = here.moved(self.family, &moves);
                    let other = self.value(&next).await?;
                    if other <= value {
                        break;
                    }
                    (here, value) = (next, other);
                }
            } else if finest {
                let next = self.exchanged(&here, value).await?;
                if next == here {
                    return Some(here);
                }
                here = next;
                value = self.known[&here].worth(self.price);
            }
        }
    }

    /// A better point by moving two levels at once, or the point itself. With many levels a drawn part of all pairs
    /// is tried.
    async fn exchanged(&mut self, here: &Candidate, value: Worth) -> Option<Candidate> {
        let count = here.0.len();
        let mut pairs: Vec<(usize, usize)> = Vec::new();
        if count * count.saturating_sub(1) * 2 <= MOST_EXCHANGES {
            pairs.extend((0..count).flat_map(|one| (one + 1..count).map(move |other| (one, other))));
        } else {
            for _ in 0..MOST_EXCHANGES / 4 {
                let one = self.below(count);
                let other = (one + 1 + self.below(count - 1)) % count;
                pairs.push((one, other));
            }
        }
        for (one, other) in pairs {
            for (a, b) in [(1, -1), (-1, 1), (1, 1), (-1, -1)] {
                let next = here.moved(self.family, &[(one, a), (other, b)]);
                let found = self.value(&next).await?;
                if found > value {
                    return Some(next);
                }
            }
        }
        Some(here.clone())
    }

    /// A point nearby: every level moved by up to its first step times a factor.
    fn kicked(&mut self, from: &Candidate, steps: &[f64], factor: f64) -> Candidate {
        let moves: Vec<(usize, i64)> = steps
            .iter()
            .map(|step| {
                let reach = (step * factor).max(2.0);
                ((2.0 * self.stream.next_f64() - 1.0) * reach).round() as i64
            })
            .enumerate()
            .collect();
        from.moved(self.family, &moves)
    }

    fn below(&mut self, count: usize) -> usize {
        (self.stream.next_f64() * count as f64) as usize
    }

    fn value_of_best(&self) -> Worth {
        self.best.as_ref().map_or((f64::NEG_INFINITY, 0.0), |(_, score)| score.worth(None))
    }

    /// What a point is worth; `None` when the budget is used up.
    async fn value(&mut self, point: &Candidate) -> Option<Worth> {
        Some(self.score(point).await?.worth(self.price))
    }

    /// The score of a point, simulated unless known; `None` when the budget is used up.
    async fn score(&mut self, point: &Candidate) -> Option<Score> {
        if let Some(&score) = self.known.get(point) {
            return Some(score);
        }
        if self.known.len() == self.budget {
            return None;
        }
        let levels = point.levels(self.family);
        let played = self.desk.ask(levels.clone()).await;
        let score = Score { profit: played.profit(), lack: played.lack };
        self.known.insert(point.clone(), score);
        if score.worth(None) > self.value_of_best() {
            self.best = Some((point.clone(), score));
            self.history.push(played.improvement(self.known.len(), &levels));
        }
        Some(score)
    }
}
