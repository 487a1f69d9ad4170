//! A fitted demand in use: its keys, its future, draws from it.

use invmgmt::demand::{DemandConfig, EFFECTS, Law};
use invmgmt::random::{Pcg64, PoissonLaw};

/// A value of a `demand_config`.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// A number.
    Number(f64),
    /// The names of the effects.
    Effects(Vec<&'static str>),
}

/// The keys of a `demand_config` that say what a fit found, in the order people read them: `base_mu`, `noise_scale`,
/// `effects`, and the parameters of those effects.
pub fn entries(config: &DemandConfig) -> Vec<(&'static str, Entry)> {
    let acts = config.effects;
    let names = EFFECTS.into_iter().zip([acts.trend, acts.seasonal, acts.shock]);
    let mut entries = vec![
        ("base_mu", Entry::Number(config.base_mu.unwrap_or_default())),
        ("noise_scale", Entry::Number(config.noise_scale)),
        ("effects", Entry::Effects(names.filter(|(_, on)| *on).map(|(name, _)| name).collect())),
    ];
    let numbers = [
        (acts.trend, "trend_slope", config.trend_slope),
        (acts.seasonal, "seasonal_amp", config.seasonal_amp),
        (acts.seasonal, "seasonal_freq", config.seasonal_freq),
        (acts.seasonal, "seasonal_phase", config.seasonal_phase),
        (acts.shock, "shock_time", config.shock_time),
        (acts.shock, "shock_mag", config.shock_mag),
    ];
    let acting = numbers.into_iter().filter(|(on, ..)| *on);
    entries.extend(acting.map(|(_, name, value)| (name, Entry::Number(value))));
    entries
}

/// The same demand for episodes that begin in `period` of the history: after its last one, its future.
///
/// The line's start moves along the line, its slope becomes a share of the new start, the season's phase and the
/// shift's time move back. A shift that lies behind has a negative time and acts from the first period on.
pub fn from_period(config: &DemandConfig, period: usize) -> DemandConfig {
    let t = period as f64;
    let mut moved = config.clone();
    if config.effects.trend {
        let line = 1.0 + config.trend_slope * t;
        // A line that has come down to zero stays there: the engine's floor holds the mean.
        moved.base_mu = config.base_mu.map(|base| base * line.max(0.0));
        moved.trend_slope = if line > 0.0 { config.trend_slope / line } else { 0.0 };
    }
    let turn = 2.0 * std::f64::consts::PI;
    moved.seasonal_phase = (config.seasonal_phase + config.seasonal_freq * t).rem_euclid(turn);
    moved.shock_time = config.shock_time - t;
    moved
}

/// Demand drawn by a Poisson law with this configuration [units], one value per period.
///
/// It is what a market link with a Poisson law sells in an episode with this seed, if it is the network's only one and
/// goodwill is off.
pub fn simulate(config: &DemandConfig, periods: usize, seed: u64) -> Vec<f64> {
    let (law, mut poisson) = (Law::Poisson { shift: 0.0 }, PoissonLaw::new(0.0));
    let mut stream = Pcg64::seeded(seed);
    let draw = |t| {
        let mean = config.mean(t, None, 1.0);
        config.scatter(mean, law.sample(mean, &mut poisson, &mut stream))
    };
    (0..periods).map(draw).collect()
}
