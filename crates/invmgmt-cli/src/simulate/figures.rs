//! The key figures shown: those that the engine's list names for the command line, and what several episodes say about
//! them.

use std::sync::LazyLock;

use invmgmt::episode::{FigureUnit, KEY_FIGURES, KeyFigure, Kpis};
use invmgmt::network::Network;
use invmgmt::period::CostParts;
use invmgmt_policy::estimate::Estimate;

/// A key figure of an episode.
pub(super) struct Figure {
    /// Its name in JSON.
    pub key: &'static str,
    /// What it is.
    pub row: &'static KeyFigure,
}

/// The row above the key figures: what a policy knows of demand.
pub(super) const INFORMATION: &str = "information";

/// All key figures, in the order of the table.
pub(super) static FIGURES: LazyLock<Vec<Figure>> = LazyLock::new(|| {
    let shown = |row: &'static KeyFigure| row.names.command_line.map(|key| Figure { key, row });
    KEY_FIGURES.iter().filter_map(shown).collect()
});

/// Where the figures that say something of a network stand: all, but for salvage where nothing is worth anything at the
/// end.
pub(super) fn shown(network: &Network) -> Vec<usize> {
    let says_something = |figure: &Figure| figure.row.key != "salvage" || network.has_salvage;
    (0..FIGURES.len()).filter(|&position| says_something(&FIGURES[position])).collect()
}

/// The values of [`FIGURES`] in one episode.
pub(super) type Values = Vec<f64>;

/// The key figures of an episode.
pub(super) fn values(kpis: &Kpis, parts: &CostParts) -> Values {
    let value = |figure: &Figure| figure.row.value(kpis, parts).expect("shown without a record");
    FIGURES.iter().map(value).collect()
}

/// A mean for people.
pub(super) fn shown_mean(estimate: &Estimate, unit: FigureUnit) -> String {
    match unit {
        FigureUnit::Share => format!("{:.1} %", 100.0 * estimate.mean),
        _ => format!("{:.2}", without_minus_zero(estimate.mean)),
    }
}

/// Its standard error for people; nothing with one episode.
pub(super) fn shown_error(estimate: &Estimate, unit: FigureUnit) -> Option<String> {
    let error = (estimate.count > 1).then_some(estimate.standard_error)?;
    Some(match unit {
        FigureUnit::Share => format!("\u{b1} {:.1}", 100.0 * error),
        _ => format!("\u{b1} {error:.2}"),
    })
}

/// Nothing should be printed as "-0.00".
fn without_minus_zero(value: f64) -> f64 {
    if value.abs() < 0.005 { 0.0 } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names that scripts read from the JSON of `simulate` since its first version.
    #[test]
    fn old_names_of_the_document_keep_working() {
        for name in [
            "profit",
            "fill_rate",
            "service_level",
            "avg_inventory",
            "inventory_turns",
            "demand",
            "sold",
            "unmet",
            "revenue",
            "procurement_cost",
            "holding_cost",
            "operating_cost",
            "unmet_penalty",
            "fixed_order_cost",
            "salvage",
        ] {
            assert!(FIGURES.iter().any(|figure| figure.key == name), "{name}");
        }
        assert_eq!(values(&Kpis::default(), &CostParts::default()).len(), FIGURES.len());
    }
}
