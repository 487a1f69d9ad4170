//! The least levels that reach a target, found by playing them.

use std::collections::HashMap;

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

    /// The same target with a share of what may be missed less.
    pub(crate) fn raised(self, allowance: f64) -> Self {
        let raise = |share: f64| share + allowance * (1.0 - share);
        match self {
            Self::FillRate(share) => Self::FillRate(raise(share)),
            Self::CycleService(share) => Self::CycleService(raise(share)),
        }
    }

    /// The share that figures show.
    pub fn reached(self, figures: &Figures) -> f64 {
        match self {
            Self::FillRate(_) => figures.immediate_fill_rate(),
            Self::CycleService(_) => figures.cycle_service(),
        }
    }
}

/// Most steps of a search, twice over what a bracket of a thousandth takes.
const MOST_STEPS: usize = 60;

/// A search for levels on the same paths.
#[derive(Debug)]
pub(crate) struct Search<'a> {
    player: Player<'a>,
    paths: &'a [Path],
    warm: usize,
    /// Quantities are multiples of this [units].
    grain: f64,
    /// Figures by reorder point and gap, both in grains.
    played: HashMap<(i64, i64), Figures>,
}

/// Levels found, in figures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Found {
    pub levels: Levels,
    pub figures: Figures,
    /// Whether they reach the target.
    pub reached: bool,
}

impl<'a> Search<'a> {
    pub fn new(physics: &'a Physics, paths: &'a [Path], warm: usize, grain: f64) -> Self {
        Self { player: Player::new(physics), paths, warm, grain, played: HashMap::new() }
    }

    fn levels(&self, (reorder, gap): (i64, i64)) -> Levels {
        let reorder_point = reorder as f64 * self.grain;
        Levels { reorder_point, order_up_to: (reorder + gap) as f64 * self.grain }
    }

    /// Figures of each path under these levels.
    pub fn play(&mut self, levels: &Levels) -> Vec<Figures> {
        self.player.play(levels, self.paths, self.warm)
    }

    fn total(&mut self, at: (i64, i64)) -> Figures {
        if let Some(known) = self.played.get(&at) {
            return *known;
        }
        let levels = self.levels(at);
        let figures = Figures::total(&self.play(&levels));
        self.played.insert(at, figures);
        figures
    }

    /// The least reorder point that reaches the target with order-up-to levels `gap` above it; the search begins at
    /// `start` with steps of `step` [units]. Nothing above `most` is tried.
    pub fn least(&mut self, target: Target, gap: f64, (start, step): (f64, f64), most: f64) -> Found {
        let grains = |units: f64| (units / self.grain).round() as i64;
        let (gap, most) = (grains(gap).max(1), grains(most));
        let mut step = grains(step).max(1);
        let mut at = grains(start).clamp(0, most);
        let reaches = |search: &mut Self, at| target.reached(&search.total((at, gap))) >= target.share();
        // `low` does not reach the target, `high` does.
        let (mut low, mut high) = (None, None);
        for _ in 0..MOST_STEPS {
            if reaches(self, at) {
                high = Some(at);
                if at == 0 || low.is_some() {
                    break;
                }
                at = (at - step).max(0);
            } else {
                low = Some(at);
                if at == most || high.is_some() {
                    break;
                }
                at = (at + step).min(most);
            }
            step *= 2;
        }
        let Some(mut high) = high else { return self.found((most, gap), false) };
        let mut low = low.unwrap_or(-1).min(high);
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if reaches(self, middle) { high = middle } else { low = middle }
        }
        self.found((high, gap), true)
    }

    fn found(&mut self, at: (i64, i64), reached: bool) -> Found {
        Found { levels: self.levels(at), figures: self.total(at), reached }
    }
}
