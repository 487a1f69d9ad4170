//! A fitted demand in use: its keys, its future, draws from it.

use invmgmt::demand::{Acts, DemandConfig, Law, PARAMETERS, Parameter, ParameterForm, ParameterValue};
use invmgmt::network::DeclaredDemand;
use invmgmt::random::{Pcg64, PoissonLaw};

/// The keys of a `demand_config` that say what a fit found, in the order people read them: level and scatter
/// (`base_mu`, `noise_scale`), `effects`, and the parameters of those effects.
pub fn entries(config: &DemandConfig) -> Vec<(&'static str, ParameterValue)> {
    let mut acting: Vec<&Parameter> =
        PARAMETERS.iter().filter(|row| row.is_of_links() && row.acts_in(config)).collect();
    acting.sort_by_key(|row| match (row.acts, row.form) {
        (Acts::Always, ParameterForm::Effects) => 1,
        (Acts::Always, _) => 0,
        _ => 2,
    });
    let values = acting.into_iter().map(|row| (row.key, row.get(config)));
    values.filter(|(_, value)| *value != ParameterValue::Absent).collect()
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
pub fn simulate(config: &DemandConfig, periods: usize, seed: u64) -> Vec<f64> {
    simulate_law(config, &Law::Poisson { shift: 0.0 }, periods, seed)
}

/// A law of counts as a market link declares it: its name, and its parameters with this mean.
pub fn declared(law: &Law, mean: f64) -> DeclaredDemand {
    let (name, own): (_, Vec<(&str, f64)>) = match *law {
        Law::NegativeBinomial { dispersion } => ("negative_binomial", vec![("dispersion", dispersion)]),
        Law::Intermittent { probability, dispersion } => {
            ("intermittent", vec![("probability", probability), ("dispersion", dispersion)])
        }
        _ => ("poisson", Vec::new()),
    };
    DeclaredDemand::new(name, std::iter::once(("mu", mean)).chain(own))
}

/// Demand drawn by a law with this configuration [units], one value per period.
///
/// It is what a market link with this law sells in an episode with this seed, if it is the network's only one and
/// goodwill is off.
pub fn simulate_law(config: &DemandConfig, law: &Law, periods: usize, seed: u64) -> Vec<f64> {
    let mut poisson = PoissonLaw::new(0.0);
    let mut stream = Pcg64::seeded(seed);
    let draw = |t| {
        let mean = config.mean(t, None, 1.0);
        config.scatter(mean, law.sample(mean, &mut poisson, &mut stream))
    };
    (0..periods).map(draw).collect()
}
