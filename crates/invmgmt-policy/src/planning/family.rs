//! Foresight of one who knows what effects demand may have, but neither which it has nor how strong they are nor when
//! they come.
//!
//! A course is a trend or none with a season or none. In each the shock has not come yet, or it has with one of a few
//! sizes: all that matters of when it came. So the weights of what may be are followed from period to period as those
//! of a hidden Markov chain: first the shock may come, then each is weighed by the likelihood of what was seen, normal
//! with its own mean and variance (Bayes).

mod prior;

use invmgmt::demand::{DemandConfig, DemandModel, Effects};
use invmgmt::network::MarketLinkIx;
use invmgmt::period::StateView;

use super::counting::counting_unit;
use super::foresight::{Forecaster, Foresight, Turn};
use super::informed::sentiments;
use prior::{Course, Shock, Strengths, courses};

/// Demand that is its mean still scatters by rounding: this at least, in units of its size, squared.
const LEAST_VARIANCE: f64 = 1e-6;
/// What is less likely is out of the question [1].
const NEGLIGIBLE: f64 = 1e-9;
/// Kinds of courses, and stages of a shock that are told apart in each.
const KINDS: usize = 4;
const STAGES: usize = 5;
/// The stages: it does not come, it has come, it comes in the likeliest period, before that, or after it.
const NEVER: usize = 0;
const CAME: usize = 1;
const LIKELIEST: usize = 2;
const SOONER: usize = 3;
const LATER: usize = 4;

/// Trend, seasonality and shock, each there or not with probability 1/2, of unknown strength and time.
#[derive(Clone, Debug)]
pub(crate) struct Family {
    /// Demand without effects.
    model: DemandModel,
    courses: Vec<Course>,
    shock: Shock,
    /// Per course its probability where the shock has not come, and per size where it has [1] -- state.
    weights: Vec<(f64, Vec<f64>)>,
    /// Periods of demand learnt from -- state.
    seen: usize,
}

/// What is believed of a course in one decision.
struct Outlook {
    kind: usize,
    /// Its factor in each period to come.
    factors: Vec<f64>,
    /// Probability that the shock has come, and sums of its factor and the square of it, weighed so.
    came: (f64, f64, f64),
    /// Probability that it has not, and the mean of its factor and of the square if it comes.
    before: f64,
    size: (f64, f64),
    /// Chances that it comes in each period to come, if it has not.
    coming: Vec<f64>,
}

impl Family {
    /// Reads of the demand its base, law and noise, the length and phase of a season, and goodwill.
    pub fn new(model: &DemandModel, num_periods: usize) -> Self {
        Self::believing(&Strengths::unknown(), model, num_periods)
    }

    fn believing(strengths: &Strengths, model: &DemandModel, num_periods: usize) -> Self {
        let model = model.with_effects(Effects::default());
        let (courses, shock) = (courses(strengths, num_periods), Shock::new(strengths, num_periods));
        let mut family = Self { model, courses, shock, weights: Vec::new(), seen: 0 };
        family.forget();
        family
    }

    fn forget(&mut self) {
        self.seen = 0;
        let begin = |course: &Course| (course.prior, vec![0.0; self.shock.sizes.len()]);
        self.weights = self.courses.iter().map(begin).collect();
    }

    /// Mean demand at a multiple of the base and this sentiment, before the law's own bias [units].
    fn mean(&self, state: &StateView<'_>, period: usize, link: MarketLinkIx, factor: f64, felt: f64) -> f64 {
        let config = self.model.config_of(link);
        let floor = if config.external_series.is_some() { 0.0 } else { DemandConfig::MEAN_FLOOR };
        (config.base(period, state.network.market[link].own_mean) * factor * felt).max(floor)
    }

    /// What sentiment multiplies demand by [1].
    fn felt(&self, sentiment: f64) -> f64 {
        if self.model.config.use_goodwill { sentiment } else { 1.0 }
    }

    /// Takes the last period's demand into account.
    fn learn(&mut self, state: &StateView<'_>) {
        let Some(period) = state.period().checked_sub(1) else { return };
        let seen = state.network.market.indices().map(|link| state.demand(link));
        let least = LEAST_VARIANCE * counting_unit(state.network, seen).powi(2);
        let mut weights = std::mem::take(&mut self.weights);
        let mut most = f64::NEG_INFINITY;
        for (course, (before, after)) in self.courses.iter().zip(&mut weights) {
            let factor = course.factor(&self.model.config, period);
            let comes = *before * self.shock.hazard(course.is_published, period);
            *before -= comes;
            let score = |weight: f64, factor: f64| {
                if weight > 0.0 {
                    weight.ln() + self.log_likelihood(state, period, factor, least)
                } else {
                    f64::NEG_INFINITY
                }
            };
            *before = score(*before, factor);
            most = most.max(*before);
            for ((size, chances), weight) in self.shock.sizes.iter().zip(after) {
                let share = chances[usize::from(!course.is_published)];
                *weight = score(*weight + comes * share, factor * size);
                most = most.max(*weight);
            }
        }
        let all = || weights.iter().flat_map(|(before, after)| std::iter::once(before).chain(after));
        let total: f64 = all().map(|score| (score - most).exp()).sum();
        for (before, after) in &mut weights {
            for weight in std::iter::once(before).chain(after) {
                *weight = (*weight - most).exp() / total;
                if *weight < NEGLIGIBLE {
                    *weight = 0.0;
                }
            }
        }
        self.weights = weights;
    }

    /// Logarithm of the likelihood of the last period's demand, up to a constant, if its mean was this multiple of the
    /// base.
    fn log_likelihood(&self, state: &StateView<'_>, period: usize, factor: f64, least: f64) -> f64 {
        let of_link = |link: MarketLinkIx| {
            let noise = self.model.config_of(link).noise_scale;
            let law = &state.network.market[link].law;
            let mean = self.mean(state, period, link, factor, self.felt(state.sentiment()));
            let variance = (noise * noise * law.variance(mean)).max(least);
            let error = state.demand(link) - law.expected(mean, noise);
            -0.5 * (error * error / variance + variance.ln())
        };
        let drawn = |link: &MarketLinkIx| self.model.replays.series(*link).is_none();
        state.network.market.indices().filter(drawn).map(of_link).sum()
    }

    /// What is believed of each course that is not out of the question.
    fn outlooks(&self, state: &StateView<'_>, periods: usize) -> Vec<Outlook> {
        let ahead = || state.period()..state.period() + periods;
        let coming = [true, false].map(|is_published| {
            let mut left = 1.0;
            let comes = |period| {
                let chance = left * self.shock.hazard(is_published, period);
                left -= chance;
                chance
            };
            ahead().map(comes).collect::<Vec<f64>>()
        });
        let likely = self
            .courses
            .iter()
            .zip(&self.weights)
            .filter(|(_, (before, after))| before + after.iter().sum::<f64>() > 0.0);
        likely
            .map(|(course, (before, after))| {
                let came =
                    self.shock.sizes.iter().zip(after).fold((0.0, 0.0, 0.0), |sums, ((size, _), p)| {
                        (sums.0 + p, sums.1 + p * size, sums.2 + p * size * size)
                    });
                Outlook {
                    kind: course.kind(),
                    factors: ahead().map(|period| course.factor(&self.model.config, period)).collect(),
                    came,
                    before: *before,
                    size: self.shock.moments(course.is_published),
                    coming: coming[usize::from(!course.is_published)].clone(),
                }
            })
            .collect()
    }

    fn foresee_link(
        &self,
        state: &StateView<'_>,
        outlooks: &[Outlook],
        sentiments: &[f64],
        link: MarketLinkIx,
        turn: usize,
        foresight: &mut Foresight,
    ) {
        let (periods, law) = (sentiments.len(), &state.network.market[link].law);
        let is_replay = self.model.replays.series(link).is_some();
        let noise = self.model.config_of(link).noise_scale;
        let mut sums = Sums::new(periods);
        let mut course = Vec::with_capacity(periods);
        for outlook in outlooks {
            course.clear();
            course.extend((0..periods).map(|at| {
                let (period, felt) = (state.period() + at, self.felt(sentiments[at]));
                let replayed = self.model.replayed(period, link, felt);
                replayed.unwrap_or_else(|| self.mean(state, period, link, outlook.factors[at], felt))
            }));
            sums.add(outlook, &course, turn, is_replay);
        }
        let (mut total, mut bias) = (0.0, 0.0);
        for period in 0..periods {
            let so_far = |world: usize| sums.firsts[world * periods + period];
            let sum: f64 = (0..KINDS * STAGES).map(so_far).sum();
            let plain = sum - total;
            total = sum;
            let expected = if is_replay { plain } else { law.expected(plain, noise) };
            bias += expected - plain;
            let mut variance = 0.0;
            for (world, &p) in sums.chances.iter().enumerate().filter(|(_, p)| **p > 0.0) {
                let mean = so_far(world) / p;
                let between = (sums.seconds[world * periods + period] / p - mean * mean).max(0.0);
                let count = (period + 1) as f64;
                let within = if is_replay { 0.0 } else { noise * noise * count * law.variance(mean / count) };
                foresight.set_sum(world, period, link, (mean + bias, between + within));
                variance += p * (between + within + (mean - total).powi(2));
            }
            foresight.set(period, link, expected, variance);
        }
    }
}

/// Of each kind of course and stage of the shock: its probability, and the sums of demand from now on until each period
/// and of their squares, weighed so.
struct Sums {
    periods: usize,
    chances: Vec<f64>,
    firsts: Vec<f64>,
    seconds: Vec<f64>,
}

impl Sums {
    fn new(periods: usize) -> Self {
        let worlds = KINDS * STAGES;
        let [firsts, seconds] = [(); 2].map(|()| vec![0.0; worlds * periods]);
        Self { periods, chances: vec![0.0; worlds], firsts, seconds }
    }

    fn add_chances(&mut self, outlook: &Outlook, turn: usize) {
        let first = outlook.kind * STAGES;
        self.chances[first + NEVER] += outlook.before * (1.0 - outlook.coming.iter().sum::<f64>());
        self.chances[first + CAME] += outlook.came.0;
        for (period, chance) in outlook.coming.iter().enumerate() {
            self.chances[first + stage(period, turn)] += outlook.before * chance;
        }
    }

    /// Adds a course of these means, if no shock comes.
    fn add(&mut self, outlook: &Outlook, course: &[f64], turn: usize, is_replay: bool) {
        let first = outlook.kind * STAGES;
        let never = outlook.before * (1.0 - outlook.coming.iter().sum::<f64>());
        let (came, mut by, mut by_square) = outlook.came;
        let (mut mean, mut square) = outlook.size;
        if is_replay {
            (by, by_square, mean, square) = (came, came, 1.0, 1.0);
        }
        self.add_chances(outlook, turn);
        let totals = [LIKELIEST, SOONER, LATER].map(|which| {
            let of_stage = outlook.coming.iter().enumerate().filter(|(at, _)| stage(*at, turn) == which);
            outlook.before * of_stage.map(|(_, chance)| chance).sum::<f64>()
        });
        // Of each stage to come: the chance that the shock has come by then, and the sums until it came and their
        // squares, weighed so.
        let mut by_then = [(0.0, 0.0, 0.0); 3];
        let mut sum = 0.0;
        for (period, demand) in course.iter().enumerate() {
            let chance = outlook.before * outlook.coming[period];
            let until = &mut by_then[stage(period, turn) - LIKELIEST];
            *until = (until.0 + chance, until.1 + chance * sum, until.2 + chance * sum * sum);
            sum += demand;
            let mut put = |stage: usize, value: f64, squared: f64| {
                self.firsts[(first + stage) * self.periods + period] += value;
                self.seconds[(first + stage) * self.periods + period] += squared;
            };
            put(NEVER, never * sum, never * sum * sum);
            put(CAME, by * sum, by_square * sum * sum);
            for ((at, (chance, until, until_squared)), total) in by_then.iter().enumerate().zip(totals) {
                let not_yet = total - chance;
                // s + x (S - s), of a sum s until the shock, S without it, and its factor x.
                let value = not_yet * sum + (1.0 - mean) * until + mean * sum * chance;
                let squared = not_yet * sum * sum
                    + (1.0 - 2.0 * mean + square) * until_squared
                    + 2.0 * (mean - square) * sum * until
                    + square * sum * sum * chance;
                put(LIKELIEST + at, value, squared);
            }
        }
    }
}

/// The stage of a shock that comes in a period, if the likeliest is this one.
fn stage(period: usize, likeliest: usize) -> usize {
    match period.cmp(&likeliest) {
        std::cmp::Ordering::Less => SOONER,
        std::cmp::Ordering::Equal => LIKELIEST,
        std::cmp::Ordering::Greater => LATER,
    }
}

/// The period to come in which the shock is likeliest, the first of several.
fn likeliest(outlooks: &[Outlook], periods: usize) -> usize {
    let mut most = (0, 0.0);
    for period in 0..periods {
        let chance: f64 = outlooks.iter().map(|outlook| outlook.before * outlook.coming[period]).sum();
        if chance > most.1 {
            most = (period, chance);
        }
    }
    most.0
}

impl Forecaster for Family {
    fn reset(&mut self) {
        self.forget();
    }

    fn foresee(&mut self, state: &StateView<'_>, short: &[f64], foresight: &mut Foresight) {
        if state.period() == 0 {
            self.forget();
        } else if self.seen < state.period() {
            self.learn(state);
            self.seen = state.period();
        }
        let sentiments = sentiments(&self.model, state, short);
        let outlooks = self.outlooks(state, sentiments.len());
        let turn = likeliest(&outlooks, sentiments.len());
        let mut sums = Sums::new(0);
        for outlook in &outlooks {
            sums.add_chances(outlook, turn);
        }
        let chances = sums.chances;
        let is_turned = (0..chances.len()).map(|world| world % STAGES == LIKELIEST).collect();
        foresight.tell_apart(chances);
        foresight.turn = Some(Turn { shows: turn, is_turned });
        for link in state.network.market.indices() {
            self.foresee_link(state, &outlooks, &sentiments, link, turn, foresight);
        }
        if self.model.config.use_goodwill {
            foresight.goodwill_at_stake = 1.0 - self.model.config.goodwill.decay;
        }
    }
}

#[cfg(test)]
mod tests;
