//! The least levels that reach a target, found by playing them.

use std::collections::HashMap;

use crate::bracket::Bracket;
use crate::physics::{Levels, Physics};
use crate::play::{Figures, Path, Player};

/// What is to be reached.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Target {
    /// Share of demand met at once, in (0, 1).
    FillRate(f64),
    /// Share of replenishment cycles in which nobody goes without, in (0, 1).
    CycleService(f64),
}

impl Target {
    /// The share asked for.
    pub fn share(self) -> f64 {
        match self {
            Self::FillRate(share) | Self::CycleService(share) => share,
        }
    }

    /// The same kind of target with another share.
    pub(crate) const fn with(self, share: f64) -> Self {
        match self {
            Self::FillRate(_) => Self::FillRate(share),
            Self::CycleService(_) => Self::CycleService(share),
        }
    }

    /// What was reached of it.
    pub fn reached(self, figures: &Figures) -> f64 {
        match self {
            Self::FillRate(_) => figures.immediate_fill_rate(),
            Self::CycleService(_) => figures.cycle_service(),
        }
    }

    /// What is reached for sure enough: the mean over all paths, or what nine of ten worlds that may be true
    /// pass plus [`SLACK`], if that is less. Paths come in pairs that share a world: what their figures have in common
    /// is its doing.
    pub(crate) fn sure(self, paths: &[Figures]) -> f64 {
        let mean = self.reached(&Figures::total(paths));
        let pairs = paths.as_chunks::<2>().0;
        let common = |[a, b]: &[Figures; 2]| (self.reached(a) - mean) * (self.reached(b) - mean);
        let variance = pairs.iter().map(common).sum::<f64>() / pairs.len().max(1) as f64;
        let doubt = NINE_OF_TEN * variance.max(0.0).sqrt() - SLACK;
        mean - doubt.clamp(0.0, MOST_DOUBT * (1.0 - self.share()))
    }
}

/// Standard deviations below the mean that nine of ten normal numbers pass.
const NINE_OF_TEN: f64 = 1.2816;
/// Doubt moves levels by no more than so large a share of what may be missed: where next to nothing is known, it would
/// pile up stock that makes one item sure and would make many others so.
const MOST_DOUBT: f64 = 0.2;
/// By so much a single item may miss its target where its history misleads [1].
const SLACK: f64 = 0.01;

/// A gain of service that is worth no stock [1].
const NO_GOOD: f64 = 0.001;

/// A search for levels on the same paths.
#[derive(Debug)]
pub(crate) struct Search<'a> {
    player: Player<'a>,
    paths: &'a [Path],
    warm: usize,
    /// Quantities are multiples of this [units].
    grain: f64,
    /// Figures by reorder point and gap, both in grains, and what is reached of the target for sure enough.
    played: HashMap<(i64, i64), (Figures, f64)>,
    target: Target,
}

/// Levels found, in figures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Found {
    pub levels: Levels,
    pub figures: Figures,
    /// Whether they reach the target.
    pub reached: bool,
}

impl Found {
    /// What each path comes to under these levels.
    pub fn each(&self, physics: &Physics, paths: &[Path], warm: usize) -> Vec<Figures> {
        Player::new(physics).play(&self.levels, paths, warm)
    }
}

impl<'a> Search<'a> {
    pub fn new(physics: &'a Physics, target: Target, paths: &'a [Path], warm: usize, grain: f64) -> Self {
        Self { player: Player::new(physics), paths, warm, grain, played: HashMap::new(), target }
    }

    fn levels(&self, (reorder, gap): (i64, i64)) -> Levels {
        let reorder_point = reorder as f64 * self.grain;
        Levels { reorder_point, order_up_to: (reorder + gap) as f64 * self.grain }
    }

    /// Figures of each path under these levels.
    fn play(&mut self, levels: &Levels) -> Vec<Figures> {
        self.player.play(levels, self.paths, self.warm)
    }

    fn at(&mut self, at: (i64, i64)) -> (Figures, f64) {
        if let Some(known) = self.played.get(&at) {
            return *known;
        }
        let levels = self.levels(at);
        let each = self.play(&levels);
        let found = (Figures::total(&each), self.target.sure(&each));
        self.played.insert(at, found);
        found
    }

    /// The least reorder point that reaches the target with order-up-to levels `gap` above it; the search begins at
    /// `start` with steps of `step` [units]. Nothing above `most` is tried.
    pub fn least(&mut self, gap: f64, (start, step): (f64, f64), most: f64) -> Found {
        let grain = self.grain;
        let grains = |units: f64| (units / grain).round() as i64;
        let gap = grains(gap).max(1);
        let mut bracket = Bracket::new(grains(start), grains(step), grains(most));
        while let Some(at) = bracket.next() {
            bracket.tell(self.at((at, gap)).1 >= self.target.share());
        }
        let (at, reached) = bracket.found();
        if reached {
            return self.found((at, gap), true);
        }
        // Where no level is enough, more than does any good is kept by nobody.
        let best = self.at((at, gap)).1 - NO_GOOD;
        let mut bracket = Bracket::new(grains(start), grains(step), at);
        while let Some(at) = bracket.next() {
            bracket.tell(self.at((at, gap)).1 >= best);
        }
        self.found((bracket.found().0, gap), false)
    }

    fn found(&mut self, at: (i64, i64), reached: bool) -> Found {
        Found { levels: self.levels(at), figures: self.at(at).0, reached }
    }
}
