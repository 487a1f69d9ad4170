//! The best curve of every set of effects, and the choice among them.

use crate::chance::Sought;
use crate::climb::{Fitted, climb};
use crate::curve::{Bounds, Curve, Season, Shift};
use crate::scan;

/// How often a shift's time is settled anew after the rest has moved.
const MOST_SETTLINGS: usize = 5;
/// Below this share of the mean, scatter counts as rounding: variance over mean as a share of the mean [1].
const LEAST_DISPERSION: f64 = 1e-12;

/// A loss of likelihood that chance makes in one of twenty histories: chi-squared, one degree of freedom.
const WITHIN_CHANCE: f64 = 3.841;
/// Sets less likely than this are left out of the average.
const LEAST_CHANCE: f64 = 0.005;
/// Standard errors from which a correlation of residuals counts: one in a hundred by chance.
const PLAIN_CORRELATION: f64 = 2.33;
const HIGHEST_CORRELATION: f64 = 0.95;

/// Bits of the effects in a set, in the engine's order.
pub(crate) const TREND: usize = 1;
pub(crate) const SEASON: usize = 2;
pub(crate) const SHIFT: usize = 4;
const SETS: usize = 8;

/// The best curves of all sets of effects that were looked for.
#[derive(Debug)]
pub(crate) struct Search<'a> {
    history: &'a [f64],
    bounds: Bounds,
    /// By bits; none where an effect was not looked for.
    fits: [Option<Fitted>; SETS],
    /// The set of all that were looked for.
    pub sought: usize,
    /// Variance over mean around the curve with all effects [1].
    pub dispersion: f64,
    /// Periods less parameters of the curve with all effects.
    pub freedom: f64,
    /// Correlation of neighbouring residuals; 0 unless it is plain [1].
    pub autocorrelation: f64,
}

impl<'a> Search<'a> {
    /// Fits every set made of these effects.
    pub fn run(history: &'a [f64], sought: usize) -> Self {
        let bounds = Bounds::of(history);
        let mut search = Self {
            history,
            bounds,
            fits: Default::default(),
            sought,
            dispersion: 0.0,
            freedom: 0.0,
            autocorrelation: 0.0,
        };
        search.fits[0] = Some(Fitted::of(history, Curve::level(bounds.average)));
        // Every set comes after the sets within it, and is no worse than any of them.
        for set in (1..SETS).filter(|set| set & !sought == 0) {
            search.fits[set] = search.best_of(set);
        }
        let full = search.of(sought);
        let parameters = search.parameters(sought);
        let freedom = (history.len() - parameters) as f64;
        let (squares, correlation) = pearson(history, full);
        search.autocorrelation = plain_correlation(correlation, parameters, history.len());
        search.dispersion = (squares / freedom).max(LEAST_DISPERSION * bounds.average);
        search.freedom = freedom;
        search
    }

    /// The best curve of a set that was looked for.
    pub fn of(&self, set: usize) -> &Fitted {
        self.fits[set].as_ref().expect("the set is within what was looked for")
    }

    /// How many parameters a set's curve has, the time of a shift included.
    pub fn parameters(&self, set: usize) -> usize {
        self.of(set).curve.moved() + usize::from(set & SHIFT != 0)
    }

    fn best_of(&self, set: usize) -> Option<Fitted> {
        let mut best: Option<Fitted> = None;
        for effect in [TREND, SEASON, SHIFT].into_iter().filter(|effect| set & effect != 0) {
            let without = self.of(set & !effect);
            let starts = match effect {
                TREND => vec![Curve { growth: Some(0.0), ..without.curve }],
                SEASON => scan::with_season(self.history, &self.bounds, without),
                _ => scan::with_shift(self.history, &self.bounds, without),
            };
            let climbed =
                starts.into_iter().map(|start| self.settle(climb(self.history, &self.bounds, start)));
            // Where nothing is left to explain, no place is better than another: the effect is there with size 0.
            let idle = Fitted { curve: self.idle(without.curve, effect), ..without.clone() };
            for fitted in climbed.chain([idle]) {
                if best.as_ref().is_none_or(|best| fitted.deviance < best.deviance) {
                    best = Some(fitted);
                }
            }
        }
        best
    }

    /// A curve with an effect that changes nothing.
    fn idle(&self, mut curve: Curve, effect: usize) -> Curve {
        match effect {
            TREND => curve.growth = Some(0.0),
            SEASON => {
                let frequency = self.bounds.highest_frequency;
                curve.season = Some(Season { sine: 0.0, cosine: 0.0, frequency, held: false });
            }
            _ => curve.shift = Some(Shift { time: self.history.len() / 2, log_factor: 0.0 }),
        }
        curve
    }

    /// Moves the time of a shift and climbs again, as long as that helps.
    fn settle(&self, mut fitted: Fitted) -> Fitted {
        for _ in 0..MOST_SETTLINGS {
            let Some(time) = fitted.curve.shift.map(|shift| shift.time) else { break };
            let Some(better) = scan::best_time(self.history, &self.bounds, &fitted.curve) else { break };
            if better.time == time {
                break;
            }
            let moved = Curve { shift: Some(better), ..fitted.curve };
            let climbed = climb(self.history, &self.bounds, moved);
            if climbed.deviance >= fitted.deviance {
                break;
            }
            fitted = climbed;
        }
        fitted
    }

    fn sought(&self, effect: usize) -> Sought<'_> {
        match effect {
            TREND => Sought::Trend(self.freedom),
            SEASON => Sought::Season(&self.bounds),
            _ => Sought::Shift(&self.bounds),
        }
    }

    /// How many times more of the scatter falls on an effect's shape than on others, because neighbouring residuals
    /// resemble each other: the spectral density of a first-order autoregression at the effect's frequency, 0 for a
    /// trend or a shift, over its variance. Never below 1.
    pub fn inflation(&self, set: usize, effect: usize) -> f64 {
        let r = self.autocorrelation;
        let season = self.of(set | effect).curve.season.filter(|_| effect == SEASON);
        let frequency = season.map_or(0.0, |season| season.frequency);
        ((1.0 - r * r) / (1.0 - 2.0 * r * frequency.cos() + r * r)).max(1.0)
    }

    /// The likelihood ratio of two nested curves whose deviances differ by this, with the dispersion unknown: the
    /// logarithm takes account of the dispersion being estimated from few periods.
    fn statistic(&self, difference: f64, inflation: f64) -> f64 {
        self.freedom * (difference.max(0.0) / (inflation * self.dispersion * self.freedom)).ln_1p()
    }

    /// The set whose deviance, with every effect charged what chance could make of it, is least.
    ///
    /// An effect of the chosen set is then beyond its threshold given the others, and none outside it is.
    pub fn choose(&self, false_alarm: f64) -> usize {
        let charge = |effect: usize| {
            let threshold = self.sought(effect).threshold(false_alarm);
            self.dispersion * self.freedom * (threshold / self.freedom).exp_m1()
        };
        let charges = [TREND, SEASON, SHIFT].map(|effect| (effect, charge(effect)));
        let cost = |set: usize| {
            let held = charges.iter().filter(|(effect, _)| set & effect != 0);
            let charged: f64 = held.map(|&(effect, charge)| charge * self.inflation(set, effect)).sum();
            self.of(set).deviance + charged
        };
        (0..SETS)
            .filter(|set| set & !self.sought == 0)
            .min_by(|&a, &b| cost(a).total_cmp(&cost(b)))
            .unwrap_or(0)
    }

    /// The curve of a set with its season a whole number of periods long, if the history cannot tell the two apart:
    /// calendars count in whole periods.
    pub fn rounded(&self, set: usize) -> Fitted {
        let free = self.of(set);
        let Some(season) = free.curve.season else { return free.clone() };
        let turn = 2.0 * std::f64::consts::PI;
        let frequency = turn / (turn / season.frequency).round();
        let held = Season { frequency, held: true, ..season };
        let whole = climb(self.history, &self.bounds, Curve { season: Some(held), ..free.curve });
        let lost = (whole.deviance - free.deviance) / (self.dispersion * self.inflation(set, SEASON));
        if lost <= WITHIN_CHANCE { whole } else { free.clone() }
    }

    /// The sets that may be true with their chances, most likely first: likelihoods with the charge of G. Schwarz,
    /// Annals of Statistics 6 (1978), for every parameter, the time of a shift among them; each set as likely before.
    /// Heavier charges for what is searched in many places, a frequency or a time, were tried: plans for seasons read
    /// as trend and shift then miss their target more often.
    pub fn chances(&self) -> Vec<(usize, f64)> {
        let per_parameter = (self.history.len() as f64).ln();
        let evidence = |set: usize| {
            let slow = set & (TREND | SHIFT);
            let inflation = self.inflation(set, if slow == 0 { set } else { slow });
            let gained = self.of(0).deviance - self.of(set).deviance;
            self.statistic(gained, inflation) - per_parameter * self.parameters(set) as f64
        };
        let sets = (0..SETS).filter(|set| set & !self.sought == 0);
        let mut sets: Vec<(usize, f64)> = sets.map(|set| (set, evidence(set))).collect();
        sets.sort_by(|a, b| b.1.total_cmp(&a.1));
        let highest = sets[0].1;
        let odds = sets.iter().map(|&(set, evidence)| (set, ((evidence - highest) / 2.0).exp()));
        let odds: Vec<(usize, f64)> = odds.filter(|(_, odds)| *odds >= LEAST_CHANCE).collect();
        let all: f64 = odds.iter().map(|(_, odds)| odds).sum();
        odds.into_iter().map(|(set, odds)| (set, odds / all)).collect()
    }

    /// Statistic, its threshold, and its false-alarm probability, of an effect beside the others of a set.
    pub fn evidence(&self, set: usize, effect: usize, false_alarm: f64) -> (f64, f64, f64) {
        let difference = self.of(set & !effect).deviance - self.of(set | effect).deviance;
        let statistic = self.statistic(difference, self.inflation(set, effect));
        let sought = self.sought(effect);
        (statistic, sought.threshold(false_alarm), sought.false_alarm(statistic))
    }
}

/// The correlation of neighbouring residuals, freed of what the fit took out of it (about (1 + r) / n per parameter),
/// if chance would hardly make it; else 0.
fn plain_correlation(found: f64, parameters: usize, periods: usize) -> f64 {
    let periods = periods as f64;
    let freed = (found + parameters as f64 * (1.0 + found) / periods).min(HIGHEST_CORRELATION);
    if freed > PLAIN_CORRELATION / periods.sqrt() { freed } else { 0.0 }
}

/// Pearson's sum of squared residuals over means, and the correlation of neighbouring residuals.
pub(crate) fn pearson(history: &[f64], fitted: &Fitted) -> (f64, f64) {
    let residuals: Vec<f64> =
        history.iter().zip(&fitted.means).map(|(value, mean)| (value - mean) / mean.sqrt()).collect();
    let squares: f64 = residuals.iter().map(|residual| residual * residual).sum();
    let neighbours: f64 = residuals.windows(2).map(|pair| pair[0] * pair[1]).sum();
    (squares, if squares > 0.0 { neighbours / squares } else { 0.0 })
}
