//! The parameters of demand, one row each: every face of the program reads, writes and checks them by this table.

use std::sync::Arc;

use super::{DemandConfig, DemandError, Effects};
use crate::range::Range;

/// A parameter of demand: a key of a `demand_config`, of scenario files and of snapshots, an option of the command
/// line.
///
/// The numbers of all parameters that a configuration has:
///
/// ```
/// use invmgmt::demand::{DemandConfig, PARAMETERS, ParameterValue};
///
/// let mut config = DemandConfig::default();
/// let row = PARAMETERS.iter().find(|row| row.key == "shock_mag").expect("a parameter");
/// row.set(&mut config, ParameterValue::Number(3.0))?;
/// assert_eq!(row.get(&config), ParameterValue::Number(3.0));
/// assert!(row.set(&mut config, ParameterValue::Number(f64::NAN)).is_err());
/// assert_eq!(config.shock_mag, 3.0);
/// # Ok::<(), invmgmt::demand::DemandError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// Its name.
    pub key: &'static str,
    /// What it is.
    pub meaning: &'static str,
    /// Its unit; 1 for what has none.
    pub unit: &'static str,
    /// What its value is.
    pub form: ParameterForm,
    /// When it makes a difference.
    pub acts: Acts,
    /// Whether the release has it: what it has stands in every snapshot.
    pub in_release: bool,
    get: fn(&DemandConfig) -> ParameterValue,
    put: fn(&mut DemandConfig, ParameterValue),
}

/// What the value of a parameter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterForm {
    /// A number.
    Number(Range),
    /// Yes or no.
    Flag,
    /// Names of effects.
    Effects,
    /// A finite number per period, at least one.
    Series,
}

/// When a parameter makes a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acts {
    /// On the market links that have no other value of their own.
    Always,
    /// Where this effect acts.
    With(&'static str),
    /// On all market links alike: customers' sentiment is one for the network.
    Everywhere,
    /// On all market links alike, if sentiment moves at all.
    WithGoodwill,
}

/// The value of a parameter.
#[derive(Clone, Debug, PartialEq)]
pub enum ParameterValue {
    /// None: each market link keeps its own mean, or there is no series.
    Absent,
    /// A number.
    Number(f64),
    /// Yes or no.
    Flag(bool),
    /// Effects.
    Effects(Effects),
    /// A number per period.
    Series(Arc<[f64]>),
}

/// A kind of field that parameters are kept in.
trait Held: Sized {
    fn value(&self) -> ParameterValue;
    /// The field's value, if this is one of its kind.
    fn of(value: ParameterValue) -> Option<Self>;
}

macro_rules! held {
    ($field:ty, $kind:ident) => {
        impl Held for $field {
            fn value(&self) -> ParameterValue {
                ParameterValue::$kind(self.clone())
            }

            fn of(value: ParameterValue) -> Option<Self> {
                if let ParameterValue::$kind(value) = value { Some(value) } else { None }
            }
        }
    };
}

held!(f64, Number);
held!(bool, Flag);
held!(Effects, Effects);
held!(Arc<[f64]>, Series);

impl<T: Held> Held for Option<T> {
    fn value(&self) -> ParameterValue {
        self.as_ref().map_or(ParameterValue::Absent, T::value)
    }

    fn of(value: ParameterValue) -> Option<Self> {
        if value == ParameterValue::Absent { Some(None) } else { T::of(value).map(Some) }
    }
}

/// A row of the table, with the field it stands for.
macro_rules! row {
    ($key:literal, $unit:literal, $form:expr, $acts:expr, $($field:ident).+, $meaning:literal) => {
        Parameter {
            key: $key,
            meaning: $meaning,
            unit: $unit,
            form: $form,
            acts: $acts,
            in_release: true,
            get: |config| config.$($field).+.value(),
            put: |config, value| {
                if let Some(value) = Held::of(value) {
                    config.$($field).+ = value;
                }
            },
        }
    };
}

const FINITE: ParameterForm = ParameterForm::Number(Range::Finite);
const NON_NEGATIVE: ParameterForm = ParameterForm::Number(Range::NonNegative);
const POSITIVE: ParameterForm = ParameterForm::Number(Range::Positive);
const TREND: Acts = Acts::With("trend");
const SEASONAL: Acts = Acts::With("seasonal");
const SHOCK: Acts = Acts::With("shock");

/// Every parameter of demand.
#[rustfmt::skip]
pub const PARAMETERS: &[Parameter] = &[
    row!("effects", "1", ParameterForm::Effects, Acts::Always, effects,
         "effects on the mean"),
    row!("base_mu", "units / period", NON_NEGATIVE, Acts::Always, base_mu,
         "mean demand of every market link before effects, in place of its own"),
    row!("external_series", "units / period", ParameterForm::Series, Acts::Always, external_series,
         "mean per period before effects, in place of base_mu"),
    row!("noise_scale", "1", NON_NEGATIVE, Acts::Always, noise_scale,
         "factor of a draw's deviation from the mean; 0 makes demand equal its mean"),
    row!("trend_slope", "1 / period", FINITE, TREND, trend_slope,
         "growth per period as a share of the base"),
    row!("seasonal_amp", "1", FINITE, SEASONAL, seasonal_amp,
         "amplitude of the season as a share of the base"),
    row!("seasonal_freq", "radians / period", FINITE, SEASONAL, seasonal_freq,
         "angular frequency of the season"),
    Parameter {
        in_release: false,
        ..row!("seasonal_phase", "radians", FINITE, SEASONAL, seasonal_phase,
               "angle of the season in period 0")
    },
    row!("shock_time", "periods", FINITE, SHOCK, shock_time,
         "first period of the shock"),
    row!("shock_mag", "1", FINITE, SHOCK, shock_mag,
         "factor of the shock"),
    row!("use_goodwill", "1", ParameterForm::Flag, Acts::Everywhere, use_goodwill,
         "whether customers' sentiment answers shortages and moves the mean"),
    row!("gw_growth", "1", NON_NEGATIVE, Acts::WithGoodwill, goodwill.growth,
         "factor of sentiment after a period that met all demand"),
    row!("gw_decay", "1", NON_NEGATIVE, Acts::WithGoodwill, goodwill.decay,
         "factor of sentiment after a period that left demand unmet"),
    row!("gw_cap", "1", POSITIVE, Acts::WithGoodwill, goodwill.cap,
         "highest sentiment"),
    row!("gw_floor", "1", POSITIVE, Acts::WithGoodwill, goodwill.floor,
         "lowest sentiment"),
];

/// The parameter of this name.
pub fn parameter(key: &str) -> Option<&'static Parameter> {
    PARAMETERS.iter().find(|row| row.key == key)
}

impl PartialEq for Parameter {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Parameter {
    /// Its value in a configuration.
    pub fn get(&self, config: &DemandConfig) -> ParameterValue {
        (self.get)(config)
    }

    /// Sets it. Whether the bounds of sentiment are in order is left to [`DemandConfig::check`], as they are set one
    /// after the other.
    ///
    /// # Errors
    /// [`DemandError`] for a value of another kind or out of range; the configuration is as it was then.
    pub fn set(&self, config: &mut DemandConfig, value: ParameterValue) -> Result<(), DemandError> {
        self.check(config, &value)?;
        (self.put)(config, value);
        Ok(())
    }

    /// The value where nothing is given.
    pub fn default_value(&self) -> ParameterValue {
        self.get(&DemandConfig::default())
    }

    /// Whether it makes a difference under these parameters.
    pub fn acts_in(&self, config: &DemandConfig) -> bool {
        match self.acts {
            Acts::Always | Acts::Everywhere => true,
            Acts::With(effect) => config.effects.has(effect),
            Acts::WithGoodwill => config.use_goodwill,
        }
    }

    /// Whether a single market link may have another value than the others.
    pub const fn is_of_links(&self) -> bool {
        matches!(self.acts, Acts::Always | Acts::With(_))
    }

    /// Checks a value that is to stand beside the others of a configuration.
    pub(super) fn check(&self, config: &DemandConfig, value: &ParameterValue) -> Result<(), DemandError> {
        match (self.form, value) {
            (ParameterForm::Number(range), &ParameterValue::Number(number)) if range.holds(number) => Ok(()),
            (ParameterForm::Number(range), &ParameterValue::Number(number)) => {
                Err(bounds_of(self.key, config, number).unwrap_or(DemandError::OutOfRange {
                    name: self.key,
                    found: number,
                    allowed: range.words(),
                }))
            }
            (ParameterForm::Flag, ParameterValue::Flag(_))
            | (ParameterForm::Effects, ParameterValue::Effects(_)) => Ok(()),
            (ParameterForm::Series, ParameterValue::Series(series)) => check_series(self.key, series),
            (_, ParameterValue::Absent) if self.default_value() == ParameterValue::Absent => Ok(()),
            _ => Err(DemandError::Kind { name: self.key, allowed: self.form.words() }),
        }
    }
}

impl ParameterForm {
    /// What is expected, in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Number(range) => range.words(),
            Self::Flag => "true or false",
            Self::Effects => "names of effects",
            Self::Series => "a series of finite numbers",
        }
    }
}

/// Which parameters a market link has of its own; it follows the common ones in all others. A bit per row of
/// [`PARAMETERS`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Own(u64);

impl Own {
    /// These parameters; names of others are none of a link's.
    pub fn of<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let one = |name| Self::those(|row| row.key == name).0;
        Self(names.into_iter().fold(0, |all, name| all | one(name)))
    }

    /// Every parameter that a market link may have of its own.
    pub fn every() -> Self {
        Self::those(|_| true)
    }

    /// The parameters in which a link differs from the common ones.
    pub fn differing(own: &DemandConfig, common: &DemandConfig) -> Self {
        Self::those(|row| row.get(own) != row.get(common))
    }

    /// Whether this one is among them.
    pub fn has(self, row: &Parameter) -> bool {
        self.0 & Self::those(|other| other == row).0 != 0
    }

    fn those(has: impl Fn(&Parameter) -> bool) -> Self {
        let held = PARAMETERS.iter().enumerate().filter(|(_, row)| row.is_of_links() && has(row));
        Self(held.fold(0, |all, (place, _)| all | 1 << place))
    }

    /// A link's parameters once the common ones have changed. Sentiment is the customers' of the whole network.
    pub(super) fn follow(self, own: &DemandConfig, common: &DemandConfig) -> DemandConfig {
        let mut config = common.clone();
        for (_, row) in PARAMETERS.iter().enumerate().filter(|(place, _)| self.0 >> place & 1 == 1) {
            (row.put)(&mut config, row.get(own));
        }
        config
    }
}

/// A finite bound of sentiment that is not above 0 is told beside the other one.
fn bounds_of(key: &str, config: &DemandConfig, found: f64) -> Option<DemandError> {
    let (floor, cap) = match key {
        "gw_floor" => (found, config.goodwill.cap),
        "gw_cap" => (config.goodwill.floor, found),
        _ => return None,
    };
    found.is_finite().then_some(DemandError::GoodwillBounds { floor, cap })
}

fn check_series(key: &str, series: &[f64]) -> Result<(), DemandError> {
    if series.is_empty() {
        return Err(DemandError::EmptySeries { name: key.to_owned() });
    }
    match series.iter().position(|&value| !Range::Finite.holds(value)) {
        None => Ok(()),
        Some(period) => Err(DemandError::SeriesValue {
            name: key.to_owned(),
            period,
            found: series[period],
            allowed: Range::Finite.words(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A value that is allowed and is not the default.
    fn other(row: &Parameter) -> ParameterValue {
        match row.default_value() {
            ParameterValue::Number(default) => ParameterValue::Number(default + 0.125),
            ParameterValue::Flag(default) => ParameterValue::Flag(!default),
            ParameterValue::Effects(_) => {
                ParameterValue::Effects(Effects { shock: true, ..Effects::default() })
            }
            _ if row.form == ParameterForm::Series => ParameterValue::Series(vec![3.0, 4.5].into()),
            _ => ParameterValue::Number(7.5),
        }
    }

    #[test]
    fn every_parameter_has_a_field_of_its_own_and_is_read_back() {
        let mut all = DemandConfig::default();
        for row in PARAMETERS {
            let mut config = DemandConfig::default();
            row.set(&mut config, other(row)).expect("an allowed value");
            for each in PARAMETERS {
                let expected = if each.key == row.key { other(row) } else { each.default_value() };
                assert_eq!(each.get(&config), expected, "{} after {}", each.key, row.key);
            }
            row.set(&mut all, other(row)).expect("an allowed value");
            assert!(row.acts_in(&all) || row.acts != SHOCK, "{}", row.key);
        }
        assert_eq!(all.check(), Ok(()));
        // What `{:?}` shows of a configuration is every field it has.
        let fields = format!("{:?}", DemandConfig::default()).matches(": ").count();
        // `effects` stands for three fields and itself, goodwill for four parameters and itself.
        assert_eq!(fields, PARAMETERS.len() + 3 + 1);
    }

    #[test]
    fn a_value_of_another_kind_or_out_of_range_changes_nothing() {
        let mut config = DemandConfig::default();
        for row in PARAMETERS {
            let bad = match row.form {
                ParameterForm::Number(Range::Finite) => vec![f64::NAN, f64::INFINITY],
                ParameterForm::Number(_) => vec![-1.0, f64::NAN, f64::INFINITY],
                _ => vec![1.0],
            };
            for number in bad {
                let error = row.set(&mut config, ParameterValue::Number(number)).expect_err("refused");
                assert!(error.to_string().contains(row.key), "{error}");
            }
        }
        let gone = parameter("noise_scale").expect("a parameter").set(&mut config, ParameterValue::Absent);
        assert_eq!(
            gone.expect_err("refused").to_string(),
            "noise_scale is of another kind; expected a finite number >= 0"
        );
        assert_eq!(config, DemandConfig::default());
    }
}
