//! Laws as files declare them.

use std::fmt;
use std::sync::Arc;

use super::{Discrete, Law, LawError};

/// Names of the laws a network file may use.
pub const DISTRIBUTIONS: [&str; 12] = [
    "poisson",
    "normal",
    "uniform",
    "negative_binomial",
    "intermittent",
    "deterministic",
    "discrete",
    "binomial",
    "geometric",
    "gamma",
    "exponential",
    "lognormal",
];

/// The value of a parameter of a law.
#[derive(Clone, Debug, PartialEq)]
pub enum LawValue {
    /// A number.
    Number(f64),
    /// Yes or no.
    Flag(bool),
    /// Numbers in order.
    List(Vec<f64>),
}

impl From<f64> for LawValue {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl LawValue {
    /// The number, if it is one.
    pub fn number(&self) -> Option<f64> {
        if let Self::Number(number) = self { Some(*number) } else { None }
    }
}

impl fmt::Display for LawValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Flag(flag) => write!(f, "{flag}"),
            Self::List(numbers) => {
                let shown: Vec<String> = numbers.iter().take(8).map(ToString::to_string).collect();
                let more = if numbers.len() > shown.len() { ", ..." } else { "" };
                write!(f, "[{}{more}]", shown.join(", "))
            }
        }
    }
}

/// The law of a market link's demand as declared.
#[derive(Clone, Debug, PartialEq)]
pub struct DeclaredDemand {
    /// Name of the law, one of [`DISTRIBUTIONS`].
    pub distribution: String,
    /// Its parameters in order of declaration.
    pub parameters: Vec<(String, LawValue)>,
}

impl DeclaredDemand {
    /// A law with parameters that are numbers.
    pub fn new<'a>(distribution: &str, parameters: impl IntoIterator<Item = (&'a str, f64)>) -> Self {
        let parameters = parameters.into_iter().map(|(key, value)| (key.to_owned(), value.into())).collect();
        Self { distribution: distribution.to_owned(), parameters }
    }

    /// Poisson demand of this mean [units / period].
    pub fn poisson(mean: f64) -> Self {
        Self::new("poisson", [("mu", mean)])
    }
}

/// What a number may be.
#[derive(Clone, Copy)]
enum Allowed {
    Finite,
    NonNegative,
    Positive,
    Share,
    Whole,
}

impl Allowed {
    fn holds(self, value: f64) -> bool {
        value.is_finite()
            && match self {
                Self::Finite => true,
                Self::NonNegative => value >= 0.0,
                Self::Positive => value > 0.0,
                Self::Share => value > 0.0 && value <= 1.0,
                Self::Whole => value >= 1.0 && value.fract() == 0.0 && value <= 1e9,
            }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Finite => "a finite number",
            Self::NonNegative => "a number >= 0",
            Self::Positive => "a number above 0",
            Self::Share => "a number above 0 and at most 1",
            Self::Whole => "a whole number from 1 to 1000000000",
        }
    }
}

/// The parameters of a law while they are read.
struct Parameters<'a> {
    law: &'a str,
    /// The parameters it has, in words.
    known: &'a str,
    given: &'a [(String, LawValue)],
}

fn refuse<T>(message: String) -> Result<T, LawError> {
    Err(LawError { key: "dist_param", message })
}

impl Parameters<'_> {
    fn check_names(&self, names: &[&str]) -> Result<(), LawError> {
        let article = match self.law {
            "poisson" | "normal" | "uniform" => "a",
            _ => "the",
        };
        match self.given.iter().find(|(key, _)| !names.contains(&key.as_str())) {
            None => Ok(()),
            Some((key, _)) => refuse(format!(
                "{article} {} law has no parameter '{}'; it has {}",
                self.law,
                key.escape_debug(),
                self.known
            )),
        }
    }

    fn get(&self, key: &str) -> Option<&LawValue> {
        self.given.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    fn number(&self, key: &str, allowed: Allowed) -> Result<Option<f64>, LawError> {
        match self.get(key) {
            None => Ok(None),
            Some(&LawValue::Number(number)) if allowed.holds(number) => Ok(Some(number)),
            Some(LawValue::Number(number)) if !number.is_finite() && !matches!(allowed, Allowed::Share) => {
                let words = if matches!(self.law, "poisson" | "normal" | "uniform") {
                    Allowed::Finite.words()
                } else {
                    allowed.words()
                };
                refuse(format!("{key} is {number}; expected {words}"))
            }
            Some(LawValue::Number(found)) => {
                refuse(format!("{key} is {found}; expected {}", allowed.words()))
            }
            Some(other) => refuse(format!("{key} is {other}; expected a finite number")),
        }
    }

    fn needed(&self, key: &str, allowed: Allowed) -> Result<f64, LawError> {
        match self.number(key, allowed)? {
            Some(number) => Ok(number),
            None => refuse(format!("{key} is missing; the {} law has {}", self.law, self.known)),
        }
    }

    fn list(&self, key: &str) -> Result<Option<&[f64]>, LawError> {
        match self.get(key) {
            None => Ok(None),
            Some(LawValue::List(numbers))
                if numbers.iter().all(|&number| Allowed::NonNegative.holds(number)) =>
            {
                Ok(Some(numbers))
            }
            Some(found) => refuse(format!("{key} is {found}; expected a list of numbers >= 0")),
        }
    }

    fn flag(&self, key: &str) -> Result<bool, LawError> {
        match self.get(key) {
            None => Ok(false),
            Some(&LawValue::Flag(flag)) => Ok(flag),
            Some(found) => refuse(format!("{key} is {found}; expected true or false")),
        }
    }
}

impl Law {
    /// The law a declaration names, and the mean it declares, if any.
    ///
    /// # Errors
    /// [`LawError`] for an unknown law, a parameter it does not have, or a number out of range.
    pub fn from_declared(declared: &DeclaredDemand) -> Result<(Self, Option<f64>), LawError> {
        let name = declared.distribution.as_str();
        // Names in order, what is said of them, and whether draws may be rounded.
        let (names, known, is_continuous): (&[&str], &str, bool) = match name {
            "poisson" => (&["mu", "loc"], "mu and loc", false),
            "normal" => (&["loc", "scale", "cv"], "loc and scale, or cv", true),
            "uniform" => (&["loc", "scale"], "loc and scale", true),
            "negative_binomial" => (&["mu", "dispersion"], "mu and dispersion", false),
            "intermittent" => (&["mu", "probability", "dispersion"], "mu, probability and dispersion", false),
            "deterministic" | "geometric" => (&["mu"], "mu", false),
            "discrete" => (&["values", "weights"], "values and weights", false),
            "binomial" => (&["mu", "n"], "mu and n", false),
            "gamma" | "lognormal" => (&["mu", "cv"], "mu and cv", true),
            "exponential" => (&["mu"], "mu", true),
            unknown => {
                let message = format!(
                    "Unknown demand distribution '{}'; known: {}",
                    unknown.escape_debug(),
                    DISTRIBUTIONS.join(", ")
                );
                return Err(LawError { key: "demand_dist", message });
            }
        };
        let parameters = Parameters { law: name, known, given: &declared.parameters };
        let with_rounded: Vec<&str> =
            names.iter().copied().chain(is_continuous.then_some("rounded")).collect();
        parameters.check_names(&with_rounded)?;
        let (law, mean) = parameters.law_of_name()?;
        let rounded = is_continuous && parameters.flag("rounded")?;
        Ok((if rounded { Self::Rounded(Arc::new(law)) } else { law }, mean))
    }
}

impl Parameters<'_> {
    fn law_of_name(&self) -> Result<(Law, Option<f64>), LawError> {
        let mean = || self.number("mu", Allowed::NonNegative);
        Ok(match self.law {
            "poisson" => {
                let mean = mean()?;
                (Law::Poisson { shift: self.number("loc", Allowed::Finite)?.unwrap_or(0.0) }, mean)
            }
            "normal" | "uniform" => {
                let mean = self.number("loc", Allowed::Finite)?;
                let scale = self.number("scale", Allowed::NonNegative)?;
                let variation = self.number("cv", Allowed::Positive)?;
                if let (Some(scale), Some(variation)) = (scale, variation) {
                    return refuse(format!(
                        "cv is {variation} beside a scale of {scale}; expected one of them: a deviation in proportion to \
                         the mean, or one that stays"
                    ));
                }
                let scale = scale.unwrap_or(1.0);
                let law = match variation {
                    Some(variation) => Law::ProportionalNormal { variation },
                    None if self.law == "normal" => Law::Normal { scale },
                    None => Law::Uniform { scale },
                };
                (law, mean)
            }
            "negative_binomial" => {
                let mean = mean()?;
                (Law::NegativeBinomial { dispersion: self.needed("dispersion", Allowed::NonNegative)? }, mean)
            }
            "intermittent" => {
                let mean = mean()?;
                let dispersion = self.number("dispersion", Allowed::NonNegative)?.unwrap_or(0.0);
                (
                    Law::Intermittent {
                        probability: self.needed("probability", Allowed::Share)?,
                        dispersion,
                    },
                    mean,
                )
            }
            "deterministic" => (Law::Deterministic, mean()?),
            "geometric" => (Law::Geometric, mean()?),
            "binomial" => {
                let (mean, trials) = (mean()?, self.needed("n", Allowed::Whole)?);
                if let Some(mean) = mean.filter(|&mean| mean > trials) {
                    return refuse(format!("mu is {mean}; expected at most n, which is {trials}"));
                }
                (Law::Binomial { trials }, mean)
            }
            "gamma" => {
                let mean = mean()?;
                (Law::Gamma { variation: self.needed("cv", Allowed::Positive)? }, mean)
            }
            "exponential" => (Law::Gamma { variation: 1.0 }, mean()?),
            "lognormal" => {
                let mean = mean()?;
                (Law::Lognormal { variation: self.needed("cv", Allowed::Positive)? }, mean)
            }
            _ => self.discrete()?,
        })
    }

    fn discrete(&self) -> Result<(Law, Option<f64>), LawError> {
        let Some(values) = self.list("values")?.filter(|values| !values.is_empty()) else {
            return refuse("values is missing or empty; the discrete law has values and weights".to_owned());
        };
        let weights = self.list("weights")?.map_or_else(|| vec![1.0; values.len()], <[f64]>::to_vec);
        if weights.len() != values.len() {
            let (found, expected) = (weights.len(), values.len());
            return refuse(format!(
                "weights has {found} numbers; expected {expected}, one for each of values"
            ));
        }
        let total: f64 = weights.iter().sum();
        if !(total > 0.0 && total.is_finite()) {
            return refuse(format!("weights add up to {total}; expected a number above 0"));
        }
        let law = Discrete::new(values, &weights);
        let mean = law.mean();
        if mean <= 0.0 {
            return refuse("values have a mean of 0; expected some demand".to_owned());
        }
        Ok((Law::Discrete(Arc::new(law)), Some(mean)))
    }
}
