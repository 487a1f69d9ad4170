//! What is believed of an effect before anything is seen.

use invmgmt::demand::DemandConfig;

/// Chance that an effect is there [1].
const THERE: f64 = 0.5;
/// Chance that effects, where they are, have the strength and the time of the published problems [1].
const AS_PUBLISHED: f64 = 0.9;
/// Largest slope, as a multiple of the published one; the others are its halves.
const STEEPEST: f64 = 2.0;
/// A trend that changes demand by less over an episode is none [1].
const LEAST_CHANGE: f64 = 0.25;
/// Amplitudes, as multiples of the published one; of either sign, as a season may begin low.
const AMPLITUDES: [f64; 4] = [0.5, 1.0, 1.5, 2.0];
/// Factors of a shock.
const SIZES: [f64; 6] = [0.5, 2.0 / 3.0, 1.5, 2.0, 3.0, 4.0];

/// A course that mean demand may take, a shock aside.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Course {
    /// Growth per period as a share of the base [1 / period].
    slope: f64,
    /// Amplitude of the season as a share of the base [1].
    amplitude: f64,
    /// Its chance [1].
    pub prior: f64,
    /// Whether effects are as strong as in the published problems.
    pub is_published: bool,
}

impl Course {
    /// Demand of a period as a multiple of the base, of seasons as configured but for their amplitude [1].
    pub fn factor(&self, config: &DemandConfig, period: usize) -> f64 {
        let t = period as f64;
        let season = self.amplitude * (config.seasonal_freq * t + config.seasonal_phase).sin();
        (1.0 + self.slope * t) * (1.0 + season)
    }

    /// Which of four kinds it is of: with and without trend and season.
    pub fn kind(&self) -> usize {
        usize::from(self.slope != 0.0) + 2 * usize::from(self.amplitude != 0.0)
    }
}

/// What is known of the strength and the time of effects.
#[derive(Clone, Debug)]
pub(super) struct Strengths {
    /// The likeliest.
    published: DemandConfig,
    /// Chance that they are these [1].
    share: f64,
}

impl Strengths {
    /// They may be others than those of the published problems.
    pub fn unknown() -> Self {
        Self { published: DemandConfig::default(), share: AS_PUBLISHED }
    }

    /// They are these.
    #[cfg(test)]
    pub fn known(config: &DemandConfig) -> Self {
        Self { published: config.clone(), share: 1.0 }
    }
}

/// Every course in an episode of so many periods.
pub(super) fn courses(strengths: &Strengths, num_periods: usize) -> Vec<Course> {
    let Strengths { published, share } = strengths;
    let as_published = [vec![published.trend_slope], vec![published.seasonal_amp]];
    let others = [slopes(published.trend_slope, num_periods), amplitudes(published.seasonal_amp)];
    let mut courses = Vec::new();
    for (is_published, [slopes, amplitudes]) in [(true, as_published), (false, others)] {
        let share = if is_published { *share } else { 1.0 - share };
        for &(slope, of_slope) in &there_or_not(&slopes) {
            for &(amplitude, of_amplitude) in &there_or_not(&amplitudes) {
                let prior = share * of_slope * of_amplitude;
                courses.push(Course { slope, amplitude, prior, is_published });
            }
        }
    }
    courses
}

/// None of these, or each as likely as another.
fn there_or_not(values: &[f64]) -> Vec<(f64, f64)> {
    let share = THERE / values.len() as f64;
    std::iter::once((0.0, 1.0 - THERE)).chain(values.iter().map(|&value| (value, share))).collect()
}

/// Slopes of every size that matters, rising, and falling to no less than nothing.
fn slopes(published: f64, num_periods: usize) -> Vec<f64> {
    let halves = std::iter::successors(Some(STEEPEST * published), |slope| Some(0.5 * slope));
    let matters = |slope: &f64| slope * num_periods as f64 >= LEAST_CHANGE;
    let rising: Vec<f64> = halves.take_while(matters).collect();
    let falling = rising.iter().filter(|&slope| slope * num_periods as f64 <= 1.0).map(|slope| -slope);
    let both: Vec<f64> = rising.iter().copied().chain(falling).collect();
    if both.is_empty() { vec![published] } else { both }
}

fn amplitudes(published: f64) -> Vec<f64> {
    AMPLITUDES.iter().flat_map(|factor| [factor * published, -factor * published]).collect()
}

/// A shock: its factors with their chances where effects are as published and where they are not, and the time it has
/// in the published problems.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Shock {
    /// Factor [1], and its chance in either case [1].
    pub sizes: Vec<(f64, [f64; 2])>,
    /// Its period in the published problems.
    time: usize,
    num_periods: usize,
}

impl Shock {
    pub fn new(strengths: &Strengths, num_periods: usize) -> Self {
        let DemandConfig { shock_mag, shock_time, .. } = strengths.published;
        let share = 1.0 / SIZES.len() as f64;
        let others = SIZES.iter().filter(|size| **size != shock_mag).map(|&size| (size, [0.0, share]));
        let of_published = if SIZES.contains(&shock_mag) { share } else { 0.0 };
        let sizes = std::iter::once((shock_mag, [1.0, of_published])).chain(others).collect();
        Self { sizes, time: shock_time.max(0.0).ceil() as usize, num_periods }
    }

    /// Chance that it comes in a period that it has not come before [1]: where effects are as published, and where they
    /// are not, any period after the first is as likely.
    pub fn hazard(&self, is_published: bool, period: usize) -> f64 {
        if is_published {
            return if period == self.time { THERE } else { 0.0 };
        }
        if period == 0 {
            return 0.0;
        }
        let others = self.num_periods.saturating_sub(1).max(1) as f64;
        let share = THERE / others;
        share / (1.0 - share * (period as f64 - 1.0)).max(1.0 - THERE)
    }

    /// Mean of the factor and of its square, where a shock has not come yet.
    pub fn moments(&self, is_published: bool) -> (f64, f64) {
        let chances = self.sizes.iter().map(|(size, chances)| (size, chances[usize::from(!is_published)]));
        chances.fold((0.0, 0.0), |sums, (size, p)| (sums.0 + p * size, sums.1 + p * size * size))
    }
}
