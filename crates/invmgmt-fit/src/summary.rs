//! A fit in words, for terminals.

use std::fmt::Write;

use invmgmt::demand::{Effects, Law, ParameterValue};

use crate::config::{declared, entries};
use crate::estimates::Estimate;
use crate::fit::{Evidence, Fit, Outcome};

impl Fit {
    /// Level, effects, scatter and zeros with their evidence, one a line, and the notes.
    pub fn summary(&self) -> String {
        let mut text = format!("{:<14} {}\n", "level", self.level());
        for (name, finding, evidence) in self.findings() {
            let _ = writeln!(text, "{name:<14} {finding:<44} {evidence}");
        }
        for note in &self.notes {
            let _ = writeln!(text, "note: {note}");
        }
        text
    }

    /// The level in words.
    pub fn level(&self) -> String {
        let base = number(self.config.base_mu.unwrap_or_default());
        if self.config.effects == Effects::default() {
            format!("{base} units per period")
        } else {
            format!("{base} units per period before the effects")
        }
    }

    /// The law with its own parameters, in words.
    fn law_name(&self) -> String {
        let link = declared(&self.law, self.config.base_mu.unwrap_or_default());
        let own = link.parameters.iter().filter(|(key, _)| key != "mu");
        let own: Vec<String> =
            own.map(|(key, value)| format!("{key} {}", number(value.number().unwrap_or_default()))).collect();
        format!("{}, {}", link.distribution.replace('_', " "), own.join(", "))
    }

    /// The keys of a market link that say the law, as network files have them.
    pub(crate) fn link_keys(&self) -> String {
        let link = declared(&self.law, self.config.base_mu.unwrap_or_default());
        let parameters: Vec<String> = link
            .parameters
            .iter()
            .map(|(key, value)| format!("{key}: {}", number(value.number().unwrap_or_default())))
            .collect();
        format!("demand_dist: {}, dist_param: {{{}}}", link.distribution, parameters.join(", "))
    }

    /// Name, finding and evidence of each effect, of the dispersion and of intermittency, in words.
    pub fn findings(&self) -> Vec<(&'static str, String, String)> {
        let names = ["trend", "season", "level shift"];
        let mut findings: Vec<_> = names
            .into_iter()
            .zip(&self.effects)
            .map(|(name, evidence)| (name, finding(evidence), judgement(evidence)))
            .collect();
        let dispersion = &self.dispersion;
        let scatter = match (dispersion.found, dispersion.ratio > 1.0) {
            (true, true) if !matches!(self.law, Law::Poisson { .. }) => self.law_name(),
            (false, _) => "none found: a Poisson law's scatter".to_owned(),
            (true, true) => format!("wide, noise_scale {}", number(self.config.noise_scale)),
            (true, false) => format!("narrow, noise_scale {}", number(self.config.noise_scale)),
        };
        let ratio = format!(
            "variance / mean {}, by chance {}",
            number(dispersion.ratio),
            probability(dispersion.false_alarm)
        );
        findings.push(("dispersion", scatter, ratio));
        let zeros = &self.intermittency;
        let pattern = if zeros.found {
            format!("{}, demand every {} periods", zeros.pattern(), number(zeros.average_interval))
        } else {
            "none found".to_owned()
        };
        let counted = format!(
            "{} zeros, {} expected, by chance {}",
            zeros.zeros,
            number(zeros.expected_zeros),
            probability(zeros.false_alarm)
        );
        findings.push(("intermittency", pattern, counted));
        findings
    }

    /// The `demand_config` as JSON, every number in full.
    pub fn to_json(&self) -> String {
        let value = |value: &ParameterValue| match value {
            ParameterValue::Absent => "null".to_owned(),
            // The shortest text that reads back as the same number.
            ParameterValue::Number(number) => format!("{number:?}"),
            ParameterValue::Flag(on) => on.to_string(),
            ParameterValue::Effects(effects) => format!("{:?}", effects.names().collect::<Vec<_>>()),
            ParameterValue::Series(series) => format!("{series:?}"),
        };
        let pairs: Vec<String> =
            entries(&self.config).iter().map(|(key, entry)| format!("\"{key}\": {}", value(entry))).collect();
        format!("{{{}}}", pairs.join(", "))
    }
}

fn finding(evidence: &Evidence) -> String {
    match evidence.outcome {
        Outcome::Found => {
            let parameters: Vec<String> = evidence.estimates.iter().map(parameter).collect();
            parameters.join(", ")
        }
        Outcome::NoneFound => "none found".to_owned(),
        Outcome::NotSought => format!("not looked for: needs {} periods", evidence.needs),
    }
}

fn judgement(evidence: &Evidence) -> String {
    if evidence.outcome == Outcome::NotSought {
        return String::new();
    }
    format!(
        "likelihood ratio {:.1}, {:.1} needed, by chance {}",
        evidence.statistic,
        evidence.threshold,
        probability(evidence.false_alarm)
    )
}

fn parameter(estimate: &Estimate) -> String {
    let value = match estimate.name {
        "slope" => format!("{} % of the base per period", signed(100.0 * estimate.value)),
        name => format!("{name} {}", number(estimate.value)),
    };
    let error = match (estimate.name, estimate.error) {
        ("slope", Some(error)) => format!(" \u{b1} {}", number(100.0 * error)),
        (_, Some(error)) => format!(" \u{b1} {}", number(error)),
        _ => String::new(),
    };
    value + &error
}

fn signed(value: f64) -> String {
    format!("{}{}", if value < 0.0 { "-" } else { "+" }, number(value.abs()))
}

/// Three figures of a number, none after the point from a hundred on.
fn number(value: f64) -> String {
    let size = value.abs();
    let decimals = match size {
        _ if size >= 99.95 || value.fract() == 0.0 => 0,
        _ if size >= 9.995 => 1,
        _ if size >= 0.9995 => 2,
        _ if size >= 0.0005 => 4,
        _ => return if size < 1e-9 { "0".to_owned() } else { format!("{value:.1e}") },
    };
    format!("{value:.decimals$}")
}

fn probability(value: f64) -> String {
    match value {
        tiny if tiny < 1e-16 => "< 1e-16".to_owned(),
        small if small < 0.001 => format!("{small:.0e}"),
        plain => format!("{plain:.3}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_show_three_figures() {
        let shown = [1234.5, 45.678, 3.456_78, 0.012_34, 12.0, 3e-7].map(number);
        assert_eq!(shown, ["1234", "45.7", "3.46", "0.0123", "12", "3.0e-7"]);
        assert_eq!([0.5, 2e-5, 0.0].map(probability), ["0.500", "2e-5", "< 1e-16"]);
    }
}
