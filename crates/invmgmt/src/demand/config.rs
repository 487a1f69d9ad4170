//! The parameters of demand and the mean they make.

use std::sync::Arc;

use super::{Effects, PARAMETERS, parameter};

/// Mean demand where neither the configuration nor the link gives one [units / period].
pub const DEFAULT_BASE_MEAN: f64 = 20.0;

/// Everything that shapes mean demand and its scatter.
#[derive(Clone, Debug, PartialEq)]
pub struct DemandConfig {
    /// Mean of every market link [units / period]; none: each link keeps its own.
    pub base_mu: Option<f64>,
    /// Base mean per period, in place of `base_mu`; after its end the last value stays [units / period].
    pub external_series: Option<Arc<[f64]>>,
    /// Which effects act.
    pub effects: Effects,
    /// Multiplies the deviation of a draw from the mean [1]; 0 makes demand equal its mean.
    pub noise_scale: f64,
    /// Growth per period as a share of the base [1 / period].
    pub trend_slope: f64,
    /// Amplitude of the seasonal sine as a share of the base [1].
    pub seasonal_amp: f64,
    /// Angular frequency of the seasonal sine [radians / period].
    pub seasonal_freq: f64,
    /// Angle of the seasonal sine in period 0 [radians].
    pub seasonal_phase: f64,
    /// First period of the shock [periods].
    pub shock_time: f64,
    /// Factor of the shock [1].
    pub shock_mag: f64,
    /// Whether sentiment follows shortages and moves the mean.
    pub use_goodwill: bool,
    /// How sentiment moves.
    pub goodwill: Goodwill,
}

/// How customers' sentiment answers shortages.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Goodwill {
    /// Factor after a period in which everything was met [1].
    pub growth: f64,
    /// Factor after a period in which anything was left unmet [1].
    pub decay: f64,
    /// Highest sentiment [1].
    pub cap: f64,
    /// Lowest sentiment [1].
    pub floor: f64,
}

impl Default for Goodwill {
    fn default() -> Self {
        Self { growth: 1.01, decay: 0.90, cap: 2.0, floor: 0.2 }
    }
}

impl Goodwill {
    /// The sentiment after a period that left `unmet` units unmet. Any amount above exactly 0 counts.
    pub fn after(&self, unmet: f64, sentiment: f64) -> f64 {
        if unmet > 0.0 {
            (sentiment * self.decay).max(self.floor)
        } else {
            (sentiment * self.growth).min(self.cap)
        }
    }
}

impl Default for DemandConfig {
    fn default() -> Self {
        Self {
            base_mu: None,
            external_series: None,
            effects: Effects::default(),
            noise_scale: 1.0,
            trend_slope: 0.05,
            seasonal_amp: 0.5,
            seasonal_freq: 2.0 * std::f64::consts::PI / 30.0,
            seasonal_phase: 0.0,
            shock_time: 15.0,
            shock_mag: 2.0,
            use_goodwill: false,
            goodwill: Goodwill::default(),
        }
    }
}

/// A demand parameter that cannot be used. The configuration it was meant for is unchanged.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum DemandError {
    /// A number out of its range.
    #[error("{name} is {}; expected {allowed}", shown(*.found))]
    OutOfRange {
        /// The parameter.
        name: &'static str,
        /// Its value.
        found: f64,
        /// What it may be.
        allowed: &'static str,
    },
    /// A value of another kind.
    #[error("{name} is of another kind; expected {allowed}")]
    Kind {
        /// The parameter.
        name: &'static str,
        /// What it may be.
        allowed: &'static str,
    },
    /// Bounds of sentiment that leave nothing between them.
    #[error("goodwill bounds must satisfy 0 < gw_floor <= gw_cap; found gw_floor={floor}, gw_cap={cap}")]
    GoodwillBounds {
        /// The lower bound.
        floor: f64,
        /// The upper bound.
        cap: f64,
    },
    /// A series without values.
    #[error("{name} must not be empty")]
    EmptySeries {
        /// Which series.
        name: String,
    },
    /// A value of a series that is not allowed.
    #[error("{name}[{period}] is {}; expected {allowed}", shown(*.found))]
    SeriesValue {
        /// Which series.
        name: String,
        /// The position of the value.
        period: usize,
        /// The value.
        found: f64,
        /// What it may be.
        allowed: &'static str,
    },
    /// A series that ends before the horizon.
    #[error("{name} has length {found}; expected at least num_periods={expected}")]
    ShortSeries {
        /// Which series.
        name: String,
        /// Its length.
        found: usize,
        /// The horizon.
        expected: usize,
    },
}

/// A number as a message shows it: whole numbers without a fraction, tiny ones without a hundred zeros.
fn shown(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e15 { format!("{number}") } else { format!("{number:?}") }
}

impl DemandError {
    /// The parameter at fault, if it is one of those of a configuration.
    pub fn parameter(&self) -> Option<&'static str> {
        match self {
            Self::OutOfRange { name, .. } | Self::Kind { name, .. } => Some(name),
            Self::GoodwillBounds { .. } => Some("gw_floor"),
            Self::EmptySeries { name } | Self::SeriesValue { name, .. } | Self::ShortSeries { name, .. } => {
                parameter(name).map(|row| row.key)
            }
        }
    }
}

impl DemandConfig {
    /// The mean never falls below this, unless an external series says so [units / period].
    pub const MEAN_FLOOR: f64 = 0.1;

    /// Checks every parameter.
    ///
    /// # Errors
    /// The first [`DemandError`] found.
    pub fn check(&self) -> Result<(), DemandError> {
        for row in PARAMETERS {
            row.check(self, &row.get(self))?;
        }
        let Goodwill { floor, cap, .. } = self.goodwill;
        if floor > cap {
            return Err(DemandError::GoodwillBounds { floor, cap });
        }
        Ok(())
    }

    /// Mean before any effect, for a link whose own mean is `own_mean` [units / period].
    pub fn base(&self, period: usize, own_mean: Option<f64>) -> f64 {
        match &self.external_series {
            Some(series) => series[period.min(series.len() - 1)],
            None => self.base_mu.or(own_mean).unwrap_or(DEFAULT_BASE_MEAN),
        }
    }

    /// Mean demand of a period [units / period]: the base times the effects that act, above the floor.
    pub fn mean(&self, period: usize, own_mean: Option<f64>, sentiment: f64) -> f64 {
        let t = period as f64;
        let mut mean = self.base(period, own_mean);
        if self.effects.trend {
            mean *= 1.0 + self.trend_slope * t;
        }
        if self.effects.seasonal {
            mean *= 1.0 + self.seasonal_amp * (self.seasonal_freq * t + self.seasonal_phase).sin();
        }
        if self.effects.shock && t >= self.shock_time {
            mean *= self.shock_mag;
        }
        if self.use_goodwill {
            mean *= sentiment;
        }
        mean.max(if self.external_series.is_some() { 0.0 } else { Self::MEAN_FLOOR })
    }

    /// The demand a raw draw of the law becomes: its deviation from the mean scaled, cut at zero [units].
    pub fn scatter(&self, mean: f64, raw: f64) -> f64 {
        (mean + self.noise_scale * (raw - mean)).max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Published sums of mean demand over 30 periods without goodwill: 600, 963.64, 1391.46.
    #[test]
    fn mean_demand_adds_up_to_the_published_sums() {
        let total = |names: &[&str]| -> f64 {
            let effects = Effects::from_names(names.iter().copied()).expect("known effects");
            let config = DemandConfig { base_mu: Some(20.0), effects, ..DemandConfig::default() };
            (0..30).map(|t| config.mean(t, None, 1.0)).sum()
        };
        assert!((total(&[]) - 600.0).abs() < 1e-9);
        assert!((total(&["trend", "seasonal"]) - 963.64).abs() < 0.005);
        assert!((total(&["trend", "seasonal", "shock"]) - 1391.46).abs() < 0.005);
    }

    #[test]
    fn the_mean_stays_above_its_floor_but_follows_an_external_series_to_zero() {
        let falling = DemandConfig {
            trend_slope: -1.0,
            effects: Effects { trend: true, ..Effects::default() },
            ..DemandConfig::default()
        };
        assert_eq!(falling.mean(10, Some(20.0), 1.0), 0.1);
        let series = DemandConfig { external_series: Some(vec![5.0, 0.0].into()), ..DemandConfig::default() };
        assert_eq!(series.mean(7, Some(20.0), 1.0), 0.0);
    }

    #[test]
    fn every_unusable_parameter_is_named() {
        let bad = |change: fn(&mut DemandConfig)| {
            let mut config = DemandConfig::default();
            change(&mut config);
            config.check().expect_err("refused").to_string()
        };
        assert_eq!(bad(|c| c.base_mu = Some(-5.0)), "base_mu is -5; expected a finite number >= 0");
        assert_eq!(bad(|c| c.noise_scale = f64::NAN), "noise_scale is NaN; expected a finite number >= 0");
        assert_eq!(bad(|c| c.shock_mag = f64::INFINITY), "shock_mag is inf; expected a finite number");
        assert!(bad(|c| c.goodwill.floor = 3.0).contains("0 < gw_floor <= gw_cap"));
        assert!(bad(|c| c.external_series = Some(vec![].into())).contains("must not be empty"));
        assert!(
            bad(|c| c.external_series = Some(vec![1.0, f64::NAN].into()))
                .contains("external_series[1] is NaN")
        );
    }
}
