//! The fit and its evidence.

use invmgmt::demand::{DemandConfig, EFFECTS, Law};

use crate::FEWEST_PERIODS;
use crate::begin::begins;
use crate::error::{FitError, check};
use crate::estimates::{Estimate, estimates};
use crate::law;
use crate::scatter::{Dispersion, Intermittency};
use crate::search::{SEASON, SHIFT, Search, TREND, pearson};

/// The effects in the engine's order: bit, and fewest periods in which it is looked for.
const SOUGHT: [(usize, usize); 3] = [(TREND, 8), (SEASON, 12), (SHIFT, 12)];

/// How a history is fitted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// How likely chance alone may make an effect that is not there count as found, per effect; 0.000001 to 0.5.
    pub false_alarm: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { false_alarm: 0.01 }
    }
}

/// Whether an effect is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Beyond what chance makes.
    Found,
    /// Looked for; what there is, chance could have made.
    NoneFound,
    /// Not looked for: the history is too short.
    NotSought,
}

/// What the history says of one effect.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// Its name in the engine: `trend`, `seasonal` or `shock`.
    pub effect: &'static str,
    /// Whether it is there.
    pub outcome: Outcome,
    /// Likelihood ratio of the fit with the effect against the one without, other effects as found [1].
    pub statistic: f64,
    /// The statistic from which it counts as found [1].
    pub threshold: f64,
    /// How likely chance alone makes the statistic as large, all periods and times looked at counted.
    pub false_alarm: f64,
    /// Fewest periods in which it is looked for.
    pub needs: usize,
    /// Its parameters, if found.
    pub estimates: Vec<Estimate>,
}

/// A mean that may be the true one.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// Its effects and parameters, for episodes that begin where the item began.
    pub config: DemandConfig,
    /// How likely it is against the other candidates; together they make 1.
    pub chance: f64,
}

/// A demand fitted to a history.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    /// The demand, for episodes that begin with period [`begins`](Self::begins) of the history.
    pub config: DemandConfig,
    /// The law around its mean.
    pub law: Law,
    /// The period in which the item began to sell: 0 unless there are more zeros before its first demand than chance
    /// would leave there. What lies before is no part of the fit.
    pub begins: usize,
    /// Its mean per period of the history, 0 before the item began [units / period].
    pub fitted: Vec<f64>,
    /// Trend, season and shift, in this order.
    pub effects: [Evidence; 3],
    /// The means that may be true, one per set of effects, the most likely first: a test finds an effect or does not,
    /// but whoever looks ahead must not forget the growth that was nearly found, or the season taken for a shift.
    pub candidates: Vec<Candidate>,
    /// Scatter around the mean.
    pub dispersion: Dispersion,
    /// Periods without demand.
    pub intermittency: Intermittency,
    /// Correlation of neighbouring residuals that the evidence allows for; 0 if chance could make it [1].
    pub autocorrelation: f64,
    /// What the demand cannot say of this history, in sentences.
    pub notes: Vec<String>,
}

/// Fits demand to a history: units sold per period, in order.
///
/// Every set of effects is fitted, jointly in all parameters, by maximum likelihood; seasons of 2.5 periods up to half
/// the history are tried, and shifts that leave a twentieth of it (at least 3 periods) on either side. The set is
/// chosen whose deviance is least when each effect is charged the threshold that chance exceeds with probability
/// `false_alarm`.
///
/// # Errors
/// [`FitError`] for a history with fewer than [`FEWEST_PERIODS`](crate::FEWEST_PERIODS) or more than
/// [`MOST_PERIODS`](crate::MOST_PERIODS) values, as few since the item began, a value that is negative or not finite,
/// or nothing but zeros.
pub fn fit(history: &[f64], settings: Settings) -> Result<Fit, FitError> {
    let level = settings.false_alarm;
    check(history, level)?;
    let begins = begins(history, level);
    let (before, history) = history.split_at(begins);
    if history.len() < FEWEST_PERIODS {
        return Err(FitError::TooNew { found: history.len(), begins });
    }
    let long_enough = SOUGHT.iter().filter(|(_, needs)| history.len() >= *needs);
    let search = Search::run(history, long_enough.map(|(effect, _)| effect).sum());
    let set = search.choose(level);
    let chosen = search.rounded(set);

    let (squares, _) = pearson(history, &chosen);
    let parameters = search.parameters(set);
    let dispersion = Dispersion::of(history, &chosen.means, squares, parameters, level);
    let effects: [Evidence; 3] = std::array::from_fn(|place| {
        let (effect, needs) = SOUGHT[place];
        let mut evidence = evidence(&search, set, (EFFECTS[place], effect), needs, level);
        if evidence.outcome == Outcome::Found {
            let scale = dispersion.ratio * search.inflation(set, effect);
            evidence.estimates = estimates(history, &chosen, effect, scale);
        }
        evidence
    });
    let (law, noise_scale) = law::around(history, &chosen.means, &dispersion);
    let config = DemandConfig { noise_scale, ..chosen.curve.config() };
    let candidate = |(other, chance)| {
        let curve = if other == set { chosen.curve } else { search.rounded(other).curve };
        Candidate { config: DemandConfig { noise_scale, ..curve.config() }, chance }
    };
    let candidates = search.chances().into_iter().map(candidate).collect();
    let mut fit = Fit {
        config,
        law,
        begins,
        effects,
        candidates,
        dispersion,
        intermittency: Intermittency::of(history, &chosen.means, level),
        autocorrelation: search.autocorrelation,
        fitted: before.iter().map(|_| 0.0).chain(chosen.means).collect(),
        notes: Vec::new(),
    };
    fit.notes = notes(&fit);
    Ok(fit)
}

fn evidence(
    search: &Search<'_>,
    set: usize,
    (name, effect): (&'static str, usize),
    needs: usize,
    level: f64,
) -> Evidence {
    let sought = search.sought & effect != 0;
    let (statistic, threshold, false_alarm) =
        if sought { search.evidence(set, effect, level) } else { (f64::NAN, f64::NAN, f64::NAN) };
    let outcome = match (sought, set & effect != 0) {
        (false, _) => Outcome::NotSought,
        (true, true) => Outcome::Found,
        (true, false) => Outcome::NoneFound,
    };
    Evidence { effect: name, outcome, statistic, threshold, false_alarm, needs, estimates: Vec::new() }
}

impl Fit {
    /// The evidence of an effect by its name in the engine: `trend`, `seasonal` or `shock`.
    pub fn evidence(&self, effect: &str) -> &Evidence {
        let place = EFFECTS.iter().position(|name| *name == effect);
        &self.effects[place.expect("one of the engine's effects")]
    }
}

/// What the demand cannot say of this history.
fn notes(fit: &Fit) -> Vec<String> {
    let mut notes = Vec::new();
    if fit.autocorrelation > 0.0 {
        notes.push(format!(
            "Neighbouring residuals are alike (correlation {:.2}): something moves demand that is neither a line, nor \
             one sine, nor one shift. The evidence allows for it; simulated demand does not have it.",
            fit.autocorrelation
        ));
    }
    if fit.begins > 0 {
        notes.push(format!(
            "The first {} periods are without demand, as none like them follow: the item began to sell in period {}, \
             which is period 0 of the demand found.",
            fit.begins, fit.begins
        ));
    }
    if fit.intermittency.found {
        let Intermittency { zeros, expected_zeros, .. } = fit.intermittency;
        let made = match fit.law {
            Law::Poisson { .. } => "noise_scale widens the law, but does not make these zeros",
            _ => "the law found makes them",
        };
        notes.push(format!(
            "{zeros} periods are without demand where a Poisson law makes {expected_zeros:.1}: {made}."
        ));
    }
    if !matches!(fit.law, Law::Poisson { .. }) {
        notes.push(format!(
            "A Poisson law as wide as this history would be cut at zero, and its mean lifted. The law belongs on the \
             market's link: {}.",
            fit.link_keys()
        ));
    }
    let floored = fit.fitted[fit.begins..].iter().filter(|&&mean| mean <= DemandConfig::MEAN_FLOOR).count();
    if floored > 0 {
        notes.push(format!(
            "The engine's mean never falls below {}: it does in {floored} of {} periods.",
            DemandConfig::MEAN_FLOOR,
            fit.fitted.len() - fit.begins
        ));
    }
    notes
}
