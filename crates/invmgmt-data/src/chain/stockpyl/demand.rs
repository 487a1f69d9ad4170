//! What customers want, by the kinds of demand that the package has.

use invmgmt::law::LawValue;
use invmgmt::network::DeclaredDemand;
use serde_json::Value;

use super::entry;
use crate::chain::ChainDemand;

/// What was found of a source of demand.
pub(super) struct Source {
    pub demand: ChainDemand,
    /// Whether the file gives an order of its values, which is not kept.
    pub was_ordered: bool,
}

/// Reads a source; none where it has no customers.
///
/// # Errors
/// The kind, if it or its numbers cannot be read.
pub(super) fn read(source: &Value) -> Result<Option<Source>, String> {
    let Some(source) = source.as_object() else { return Ok(None) };
    let Some(kind) = entry(source, "type").and_then(Value::as_str) else { return Ok(None) };
    let number = |key: &str| entry(source, key).and_then(Value::as_f64);
    let list = |key: &str| -> Option<Vec<f64>> {
        entry(source, key)?.as_array().map(|items| items.iter().filter_map(Value::as_f64).collect())
    };
    // Draws of any number may be rounded to whole ones.
    let is_rounded = entry(source, "round_to_int") == Some(&Value::Bool(true));
    let rounded = is_rounded.then_some(("rounded", LawValue::Flag(true)));
    let mut was_ordered = false;
    let demand = match kind {
        "N" => number("mean").map(|mean| {
            let deviation = number("standard_deviation").unwrap_or(0.0);
            if !is_rounded || deviation == 0.0 {
                return ChainDemand { mean, deviation, law: None };
            }
            let law = vec![("loc", LawValue::Number(mean)), ("scale", LawValue::Number(deviation))];
            by_law(mean, deviation, "normal", law.into_iter().chain(rounded).collect())
        }),
        "P" => number("mean").map(|mean| by_law(mean, mean.sqrt(), "poisson", vec![mu(mean)])),
        "UD" => {
            let ends = number("lo").zip(number("hi")).filter(|(lo, hi)| lo <= hi && hi - lo < 1e5);
            ends.map(|(lo, hi)| {
                let values: Vec<f64> = (lo as i64..=hi as i64).map(|value| value as f64).collect();
                let weights = vec![1.0; values.len()];
                discrete(values, weights)
            })
        }
        "UC" => number("lo").zip(number("hi")).map(|(lo, hi)| {
            let law = vec![("loc", LawValue::Number(lo)), ("scale", LawValue::Number(hi - lo))];
            let law = law.into_iter().chain(rounded).collect();
            by_law(f64::midpoint(lo, hi), (hi - lo) / 12.0_f64.sqrt(), "uniform", law)
        }),
        "B" => number("n").zip(number("p")).map(|(n, p)| {
            let law = vec![mu(n * p), ("n", LawValue::Number(n))];
            by_law(n * p, (n * p * (1.0 - p)).sqrt(), "binomial", law)
        }),
        "CD" => {
            list("demand_list").zip(list("probabilities")).map(|(values, weights)| discrete(values, weights))
        }
        "D" => {
            let one = || entry(source, "demand_list")?.as_f64().map(|one| vec![one]);
            list("demand_list").or_else(one).filter(|all| !all.is_empty()).map(|all| {
                was_ordered = all.iter().any(|one| *one != all[0]);
                if was_ordered {
                    let weights = vec![1.0; all.len()];
                    return discrete(all, weights);
                }
                by_law(all[0], 0.0, "deterministic", vec![mu(all[0])])
            })
        }
        _ => None,
    };
    demand.map(|demand| Some(Source { demand, was_ordered })).ok_or_else(|| kind.to_owned())
}

fn by_law(mean: f64, deviation: f64, name: &str, parameters: Vec<(&str, LawValue)>) -> ChainDemand {
    let parameters = parameters.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    ChainDemand { mean, deviation, law: Some(DeclaredDemand { distribution: name.to_owned(), parameters }) }
}

fn mu(mean: f64) -> (&'static str, LawValue) {
    ("mu", LawValue::Number(mean))
}

fn discrete(values: Vec<f64>, weights: Vec<f64>) -> ChainDemand {
    let total: f64 = weights.iter().sum();
    let mean = values.iter().zip(&weights).map(|(value, weight)| value * weight).sum::<f64>() / total;
    let square = values.iter().zip(&weights).map(|(v, w)| (v - mean).powi(2) * w).sum::<f64>() / total;
    let law = vec![("values", LawValue::List(values)), ("weights", LawValue::List(weights))];
    by_law(mean, square.sqrt(), "discrete", law)
}
