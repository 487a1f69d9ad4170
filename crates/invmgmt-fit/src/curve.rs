//! A mean over time as the search moves it, and as the engine plays it.

use invmgmt::demand::{DemandConfig, Effects};

/// Most parameters a curve is moved by: line (2), season (3), factor of the shift (1).
pub(crate) const MOST_MOVED: usize = 6;
/// A factor of a level shift stays between the inverse of this and this.
const LARGEST_FACTOR: f64 = 1e4;
/// The line begins at least at this share of the history's mean, so that its slope as a share of the base is finite.
const LOWEST_START: f64 = 1e-3;

/// A sine as a share of the base: `sine * sin(frequency t) + cosine * cos(frequency t)`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Season {
    pub sine: f64,
    pub cosine: f64,
    /// [radians / period]
    pub frequency: f64,
    /// Whether the frequency stays as it is.
    pub held: bool,
}

/// A lasting factor from a period on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shift {
    /// First period of the new level.
    pub time: usize,
    pub log_factor: f64,
}

/// A mean over time: a line (level, if there is no slope), times a season, times a shift.
///
/// The search moves the line by its start and its growth in units, because the mean is linear in them; the engine's
/// slope is growth / start.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Curve {
    /// Of the line in period 0 [units / period].
    pub start: f64,
    /// Of the line; none: no trend [units / period²].
    pub growth: Option<f64>,
    pub season: Option<Season>,
    pub shift: Option<Shift>,
}

impl Curve {
    pub fn level(start: f64) -> Self {
        Self { start, growth: None, season: None, shift: None }
    }

    /// The curve in the engine's parameters.
    pub fn config(&self) -> DemandConfig {
        let mut config = DemandConfig {
            base_mu: Some(self.start),
            effects: Effects {
                trend: self.growth.is_some(),
                seasonal: self.season.is_some(),
                shock: self.shift.is_some(),
            },
            ..DemandConfig::default()
        };
        if let Some(growth) = self.growth {
            config.trend_slope = growth / self.start;
        }
        if let Some(Season { sine, cosine, frequency, .. }) = self.season {
            config.seasonal_amp = sine.hypot(cosine);
            config.seasonal_freq = frequency;
            config.seasonal_phase = cosine.atan2(sine);
        }
        if let Some(Shift { time, log_factor }) = self.shift {
            config.shock_time = time as f64;
            config.shock_mag = log_factor.exp();
        }
        config
    }

    /// The engine's mean of every period of a history [units / period].
    pub fn means(&self, periods: usize) -> Vec<f64> {
        let config = self.config();
        (0..periods).map(|t| config.mean(t, None, 1.0)).collect()
    }

    /// How many parameters move it; the time of a shift, which is searched, is not among them.
    pub fn moved(&self) -> usize {
        1 + usize::from(self.growth.is_some())
            + self.season.map_or(0, |season| if season.held { 2 } else { 3 })
            + usize::from(self.shift.is_some())
    }

    /// Derivatives of the log of the mean in period `t` by the parameters that move it, in the order of [`Self::step`].
    pub fn gradient(&self, t: usize, gradient: &mut [f64; MOST_MOVED]) {
        let period = t as f64;
        let line = self.start + self.growth.unwrap_or(0.0) * period;
        gradient[0] = 1.0 / line;
        let mut next = 1;
        if self.growth.is_some() {
            gradient[next] = period / line;
            next += 1;
        }
        if let Some(Season { sine, cosine, frequency, held }) = self.season {
            let (s, c) = (frequency * period).sin_cos();
            // A season of amplitude 1 touches zero; there the engine's floor holds the mean.
            let factor = (1.0 + sine * s + cosine * c).max(1e-3);
            gradient[next] = s / factor;
            gradient[next + 1] = c / factor;
            // Overwritten by what comes next where the frequency is held.
            gradient[next + 2] = period * (sine * c - cosine * s) / factor;
            next += if held { 2 } else { 3 };
        }
        if let Some(shift) = self.shift {
            gradient[next] = if t >= shift.time { 1.0 } else { 0.0 };
        }
    }

    /// The curve moved by a step and put back into its bounds.
    pub fn step(&self, step: &[f64; MOST_MOVED], length: f64, bounds: &Bounds) -> Self {
        let mut moved = *self;
        moved.start += length * step[0];
        let mut next = 1;
        if let Some(growth) = &mut moved.growth {
            *growth += length * step[next];
            next += 1;
        }
        if let Some(season) = &mut moved.season {
            season.sine += length * step[next];
            season.cosine += length * step[next + 1];
            next += 2;
            if !season.held {
                season.frequency += length * step[next];
                next += 1;
            }
        }
        if let Some(shift) = &mut moved.shift {
            shift.log_factor += length * step[next];
        }
        moved.within(bounds)
    }

    fn within(mut self, bounds: &Bounds) -> Self {
        self.start = self.start.max(LOWEST_START * bounds.average);
        // The line stays above zero to the end of the history.
        self.growth = self.growth.map(|growth| growth.max(-self.start / bounds.periods as f64));
        if let Some(season) = &mut self.season {
            let shrink = season.sine.hypot(season.cosine).max(1.0).recip();
            season.sine *= shrink;
            season.cosine *= shrink;
            season.frequency = season.frequency.clamp(bounds.lowest_frequency, bounds.highest_frequency);
        }
        if let Some(shift) = &mut self.shift {
            shift.log_factor = shift.log_factor.clamp(-LARGEST_FACTOR.ln(), LARGEST_FACTOR.ln());
        }
        self
    }
}

/// What a curve may be, for one history.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// Length of the history [periods].
    pub periods: usize,
    /// Mean of the history [units / period].
    pub average: f64,
    /// Two seasons in the history [radians / period].
    pub lowest_frequency: f64,
    /// The shortest season [radians / period].
    pub highest_frequency: f64,
    /// Fewest periods before and after a shift.
    pub shortest_segment: usize,
}

/// The shortest season looked for [periods].
pub(crate) const SHORTEST_SEASON: f64 = 2.5;
/// A season must be seen this often.
pub(crate) const SEASONS_SEEN: f64 = 2.0;

impl Bounds {
    pub fn of(history: &[f64]) -> Self {
        let periods = history.len();
        let turn = 2.0 * std::f64::consts::PI;
        Self {
            periods,
            average: history.iter().sum::<f64>() / periods as f64,
            lowest_frequency: turn * SEASONS_SEEN / periods as f64,
            highest_frequency: turn / SHORTEST_SEASON,
            shortest_segment: (periods / 20).max(3),
        }
    }
}
