//! The command `fit`.

use std::io::Write;
use std::path::Path;

use invmgmt::demand::ParameterValue;
use invmgmt::random::Pcg64;
use invmgmt_data::{read_column, read_demand, replace_file};
use invmgmt_fit::{Evidence, Fit, Outcome, Settings, declared, entries, fit, simulate_law};
use invmgmt_report::{Finding, HistoryPage};
use serde_json::{Map, Value, json};

use crate::args::files::FitArgs;
use crate::endings::check_report;
use crate::failure::Failure;

/// Simulated paths drawn in a report, with seeds 0, 1, ...
const PATHS: u64 = 5;
/// A report goes on after the history for this share of its length.
const PERIODS_BEYOND: usize = 4;

/// Fits demand to a column of a file and says what was found.
pub(crate) fn run(given: &FitArgs, command: &str, out: &mut dyn Write) -> Result<(), Failure> {
    if let Some(path) = &given.report {
        check_report(path)?;
    }
    let name = given.file.to_string_lossy().escape_debug().to_string();
    let table = given.form.source(&given.file);
    let sold = read_demand(&table, &given.column).map_err(Failure::refused)?;
    let stock = given.stock.as_deref().map(|column| read_column(&table, column)).transpose();
    let (history, hidden) = match stock.map_err(Failure::refused)? {
        Some(stock) => wanted(&sold, &stock),
        None => (sold, None),
    };
    let found = fit(&history, Settings { false_alarm: given.false_alarm })
        .map_err(|error| Failure::Refused(format!("{name}: {error}")))?;
    let source = format!("{name}:{}", given.column.escape_debug());
    if let Some(path) = &given.report {
        write_report(path, &source, command, &history, &found)?;
    }
    if given.json {
        let mut document = as_json(&source, &history, &found);
        if let Some(hidden) = &hidden {
            document["sold_out"] =
                json!({"periods": hidden.periods, "sold": hidden.sold, "wanted": hidden.wanted});
        }
        serde_json::to_writer_pretty(&mut *out, &document)?;
        writeln!(out)?;
    } else {
        writeln!(out, "{:<14} {}", "history", facts(&source, &history))?;
        if let Some(Hidden { periods, sold, wanted }) = hidden {
            let of = format!(
                "{periods} periods ended without stock: mean {sold:.2} sold in them, {wanted:.2} wanted"
            );
            writeln!(out, "{:<14} {of} (estimated)", "sold out")?;
        }
        write!(out, "{}", found.summary())?;
        writeln!(out, "\n{:<14} {}", "demand_config", found.to_json())?;
    }
    Ok(())
}

/// Periods that ended without stock: how many, and the means of what was sold and wanted in them [units].
struct Hidden {
    periods: usize,
    sold: f64,
    wanted: f64,
}

/// The history as it would have been with stock in every period.
fn wanted(sold: &[f64], stock: &[f64]) -> (Vec<f64>, Option<Hidden>) {
    let out: Vec<bool> = stock.iter().map(|units| *units <= 0.0).collect();
    let (history, periods) = invmgmt_fit::wanted(sold, &out, &mut Pcg64::seeded(0));
    let mean = |values: &[f64]| {
        let within = values.iter().zip(&out).filter(|(_, out)| **out).map(|(units, _)| units);
        within.sum::<f64>() / periods.max(1) as f64
    };
    let hidden = Hidden { periods, sold: mean(sold), wanted: mean(&history) };
    (history, Some(hidden))
}

fn facts(source: &str, history: &[f64]) -> String {
    let mean = history.iter().sum::<f64>() / history.len() as f64;
    format!("{source}, {} periods, mean {mean:.2}", history.len())
}

fn as_json(source: &str, history: &[f64], found: &Fit) -> Value {
    let config: Map<String, Value> = entries(&found.config)
        .into_iter()
        .map(|(key, value)| {
            let value = match value {
                ParameterValue::Absent => Value::Null,
                ParameterValue::Number(number) => json!(number),
                ParameterValue::Flag(on) => json!(on),
                ParameterValue::Effects(effects) => effects.names().collect(),
                ParameterValue::Series(series) => json!(&*series),
            };
            (key.to_owned(), value)
        })
        .collect();
    let effects: Map<String, Value> =
        found.effects.iter().map(|evidence| (evidence.effect.to_owned(), effect(evidence))).collect();
    let zeros = &found.intermittency;
    json!({
        "source": source,
        "periods": history.len(),
        "demand_config": config,
        "begins": found.begins,
        "law": law(found),
        "effects": effects,
        "dispersion": {
            "found": found.dispersion.found,
            "ratio": found.dispersion.ratio,
            "false_alarm": found.dispersion.false_alarm,
        },
        "intermittency": {
            "found": zeros.found,
            "zeros": zeros.zeros,
            "expected_zeros": zeros.expected_zeros,
            "false_alarm": zeros.false_alarm,
            "average_interval": zeros.average_interval,
            "size_variation": zeros.size_variation,
            "pattern": zeros.pattern(),
        },
        "autocorrelation": found.autocorrelation,
        "notes": found.notes,
        "fitted": found.fitted,
    })
}

/// The law as the keys of a market link.
fn law(found: &Fit) -> Value {
    let link = declared(&found.law, found.config.base_mu.unwrap_or_default());
    let parameters: Map<String, Value> =
        link.parameters.into_iter().map(|(key, value)| (key, json!(value.number()))).collect();
    json!({ "demand_dist": link.distribution, "dist_param": parameters })
}

fn effect(evidence: &Evidence) -> Value {
    let estimates: Map<String, Value> = evidence
        .estimates
        .iter()
        .map(|one| (one.name.to_owned(), json!({ "value": one.value, "error": one.error })))
        .collect();
    json!({
        "found": evidence.outcome == Outcome::Found,
        "sought": evidence.outcome != Outcome::NotSought,
        "needs_periods": evidence.needs,
        "statistic": evidence.statistic,
        "threshold": evidence.threshold,
        "false_alarm": evidence.false_alarm,
        "estimates": estimates,
    })
}

/// Writes the report, whole or not at all.
fn write_report(
    path: &Path,
    source: &str,
    command: &str,
    history: &[f64],
    found: &Fit,
) -> Result<(), Failure> {
    let periods = history.len() + history.len() / PERIODS_BEYOND;
    let played = periods - found.begins;
    let from_begin = |values: &mut dyn Iterator<Item = f64>| -> Vec<f64> {
        std::iter::repeat_n(0.0, found.begins).chain(values).collect()
    };
    let fitted = from_begin(&mut (0..played).map(|t| found.config.mean(t, None, 1.0)));
    let drawn = |seed| simulate_law(&found.config, &found.law, played, seed);
    let paths: Vec<Vec<f64>> = (0..PATHS).map(|seed| from_begin(&mut drawn(seed).into_iter())).collect();
    let findings = found
        .findings()
        .into_iter()
        .map(|(name, finding, evidence)| Finding { name: name.to_owned(), finding, evidence })
        .collect();
    let title = format!("Demand fitted to {source}");
    let page = HistoryPage {
        title: &title,
        command,
        facts: vec![("history", facts(source, history)), ("level", found.level())],
        findings,
        notes: &found.notes,
        demand: &found.to_json(),
        history,
        fitted: &fitted,
        paths: &paths,
        generator: concat!("gym-invmgmt ", env!("CARGO_PKG_VERSION")),
    };
    let html = page.to_html();
    replace_file(path, |file| file.write_all(html.as_bytes())).map_err(Failure::refused)
}
