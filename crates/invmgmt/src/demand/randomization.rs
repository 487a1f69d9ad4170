//! Domain randomisation: other demand, and another rule for what is unmet, at every reset.

use std::f64::consts::PI;

use super::{DemandConfig, DemandError, EFFECTS, Effects, Parameter, ParameterValue, parameter};
use crate::random::{PoissonLaw, Stream};

/// Growth of a drawn series per period and unit of its factor [units / period^2].
const SERIES_SLOPE: f64 = 0.02;
/// Largest factor of that growth [1].
const SERIES_FACTOR: f64 = 2.0;
/// Amplitude and length of a drawn series' cycle [1], [periods].
const SERIES_CYCLE: (f64, f64) = (0.3, 7.0);
/// Least mean of a drawn series [units / period].
const SERIES_FLOOR: f64 = 0.5;
/// Probability and factor of a spike [1].
const SPIKES: (f64, f64) = (0.05, 3.0);

/// What may be drawn at a reset.
#[derive(Clone, Debug, PartialEq)]
pub struct Randomization {
    /// Effects that may act, each drawn for itself.
    pub effect_options: Vec<String>,
    /// Probability of each [1]; at 0 and below none, at 1 and above all, without a draw.
    pub effect_prob: f64,
    /// Values goodwill may have.
    pub goodwill_options: Vec<bool>,
    /// Values the backlog rule may have; none: it is left alone.
    pub backlog_options: Option<Vec<bool>>,
    /// Smallest and largest scale of the noise [1].
    pub noise_scale_range: (f64, f64),
    /// Probability of an external series [1].
    pub external_series_prob: f64,
    /// Its length, the horizon if none [periods].
    pub external_series_length: Option<usize>,
    /// Mean demand [units / period].
    pub base_mu: f64,
    /// Numbers given besides, each with its parameter; what is drawn wins over them.
    pub given: Vec<(&'static Parameter, f64)>,
}

impl Default for Randomization {
    fn default() -> Self {
        Self {
            effect_options: EFFECTS.map(str::to_owned).to_vec(),
            effect_prob: 0.5,
            goodwill_options: vec![false, true],
            backlog_options: Some(vec![false, true]),
            noise_scale_range: (0.5, 2.0),
            external_series_prob: 0.15,
            external_series_length: None,
            base_mu: 20.0,
            given: Vec::new(),
        }
    }
}

/// A randomisation that cannot be used. Nothing was made.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RandomizationError {
    /// An effect that is not known.
    #[error("effect_options has '{}'; known: {}", found.escape_debug(), EFFECTS.join(", "))]
    Effect {
        /// Its name.
        found: String,
    },
    /// Nothing to choose from.
    #[error("{name} is empty; expected at least one of True and False")]
    Empty {
        /// The argument.
        name: &'static str,
    },
    /// A number out of range.
    #[error("{name} is {found}; expected {allowed}")]
    Value {
        /// The argument.
        name: &'static str,
        /// What was given.
        found: String,
        /// What it may be.
        allowed: &'static str,
    },
    /// A parameter that demand refuses.
    #[error(transparent)]
    Demand(#[from] DemandError),
}

/// What was drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawn {
    /// Effects that act.
    pub effects: Effects,
    /// Whether sentiment follows shortages.
    pub use_goodwill: bool,
    /// Scale of the noise [1].
    pub noise_scale: f64,
    /// Base mean per period, if drawn [units / period].
    pub external_series: Option<Vec<f64>>,
    /// Whether unmet demand waits, if drawn.
    pub backlog: Option<bool>,
}

impl Randomization {
    /// Checks every argument.
    ///
    /// # Errors
    /// The first [`RandomizationError`] found.
    pub fn check(&self) -> Result<(), RandomizationError> {
        if let Some(found) = self.effect_options.iter().find(|name| !EFFECTS.contains(&name.as_str())) {
            return Err(RandomizationError::Effect { found: found.clone() });
        }
        let backlog = self.backlog_options.as_ref().is_some_and(Vec::is_empty);
        for (name, empty) in
            [("goodwill_options", self.goodwill_options.is_empty()), ("backlog_options", backlog)]
        {
            if empty {
                return Err(RandomizationError::Empty { name });
            }
        }
        let refuse = |name, found: String, allowed| Err(RandomizationError::Value { name, found, allowed });
        let probabilities =
            [("effect_prob", self.effect_prob), ("external_series_prob", self.external_series_prob)];
        for (name, found) in probabilities {
            if found.is_nan() {
                return refuse(name, found.to_string(), "a probability");
            }
        }
        let (low, high) = self.noise_scale_range;
        if !(0.0 <= low && low <= high && high.is_finite()) {
            return refuse("noise_scale_range", format!("({low}, {high})"), "0 <= low <= high, both finite");
        }
        if self.external_series_length == Some(0) {
            return refuse("external_series_length", "0".to_owned(), "a whole number of periods >= 1");
        }
        let mut config = DemandConfig::default();
        self.put_given(&mut config)?;
        Ok(config.check()?)
    }

    /// Draws what the next episode is to be like, in the published order.
    pub fn draw<S: Stream + ?Sized>(&self, stream: &mut S, num_periods: usize) -> Drawn {
        let kept: Vec<&str> = self
            .effect_options
            .iter()
            .map(String::as_str)
            .filter(|_| match self.effect_prob {
                none if none <= 0.0 => false,
                all if all >= 1.0 => true,
                share => stream.next_f64() < share,
            })
            .collect();
        let use_goodwill = *choice(&self.goodwill_options, stream);
        let (low, high) = self.noise_scale_range;
        let noise_scale = low + (high - low) * stream.next_f64();
        let external_series = (self.external_series_prob > 0.0
            && stream.next_f64() < self.external_series_prob)
            .then(|| self.series(stream, self.external_series_length.unwrap_or(num_periods)));
        let backlog = self.backlog_options.as_deref().map(|options| *choice(options, stream));
        Drawn {
            effects: Effects::from_names(kept).unwrap_or_default(),
            use_goodwill,
            noise_scale,
            external_series,
            backlog,
        }
    }

    /// Puts what was drawn, and the given numbers, into demand parameters.
    pub fn apply(&self, drawn: &Drawn, config: &mut DemandConfig) {
        // They were checked when the randomisation was made.
        let _ = self.put_given(config);
        config.effects = drawn.effects;
        config.use_goodwill = drawn.use_goodwill;
        config.noise_scale = drawn.noise_scale;
        config.external_series = drawn.external_series.as_deref().map(Into::into);
    }

    fn put_given(&self, config: &mut DemandConfig) -> Result<(), DemandError> {
        let mean = parameter("base_mu").map(|row| (row, self.base_mu));
        let mut given = mean.into_iter().chain(self.given.iter().copied());
        given.try_for_each(|(row, number)| row.set(config, ParameterValue::Number(number)))
    }

    /// Poisson draws around a mean with growth and a weekly cycle; some of them are spikes.
    fn series<S: Stream + ?Sized>(&self, stream: &mut S, length: usize) -> Vec<f64> {
        let factor = SERIES_FACTOR * stream.next_f64();
        let (amplitude, cycle) = SERIES_CYCLE;
        let mut series: Vec<f64> = (0..length)
            .map(|period| {
                let t = period as f64;
                let season = 1.0 + amplitude * (2.0 * PI * t / cycle).sin();
                let mean = ((self.base_mu + SERIES_SLOPE * t * factor) * season).max(SERIES_FLOOR);
                PoissonLaw::new(mean).sample(stream)
            })
            .collect();
        for value in &mut series {
            if stream.next_f64() < SPIKES.0 {
                *value *= SPIKES.1;
            }
        }
        series
    }
}

/// One of these, as numpy's `Generator.choice` draws it: Lemire's method on halves of words; one option draws nothing.
fn choice<'a, T, S: Stream + ?Sized>(options: &'a [T], stream: &mut S) -> &'a T {
    let count = options.len() as u32;
    if count == 1 {
        return &options[0];
    }
    let threshold = count.wrapping_neg() % count;
    loop {
        let product = u64::from(stream.next_u32()) * u64::from(count);
        if product as u32 >= threshold {
            return &options[(product >> 32) as usize];
        }
    }
}
