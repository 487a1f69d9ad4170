//! The key figures shown: their names, meanings and forms, and what several episodes say about them.

use invmgmt::episode::Kpis;
use invmgmt::network::Network;
use invmgmt::period::CostParts;
use invmgmt_policy::estimate::Estimate;

/// How a key figure is written for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Two decimals.
    Number,
    /// A share in percent, one decimal.
    Percent,
}

/// A key figure of an episode.
pub(super) struct Figure {
    /// Its name in JSON.
    pub key: &'static str,
    /// Its name in tables.
    pub name: &'static str,
    /// What it means, in a few words.
    pub meaning: &'static str,
    /// How it is written.
    pub form: Form,
    value: fn(&Kpis, &CostParts) -> f64,
}

/// The row above the key figures: what a policy knows of demand.
pub(super) const INFORMATION: &str = "information";

/// Number of key figures.
pub(super) const COUNT: usize = 16;

/// All key figures, in the order of the table.
pub(super) const FIGURES: [Figure; COUNT] = [
    number("profit", "profit", "money, all nodes together", |kpis, _| kpis.total_profit),
    share("fill_rate", "fill rate", "units sold over units wanted, late deliveries included", |kpis, _| {
        kpis.fill_rate
    }),
    share(
        "immediate_fill_rate",
        "immediate fill rate",
        "units met in the period they were wanted in",
        |kpis, _| kpis.immediate_fill_rate,
    ),
    share("service_level", "service level", "share of periods with no unmet demand", |kpis, _| {
        kpis.service_level
    }),
    number("avg_inventory", "average inventory", "units per node at the end of a period", |kpis, _| {
        kpis.avg_inventory
    }),
    number("inventory_turns", "inventory turns", "units sold over average inventory", |kpis, _| {
        kpis.inventory_turns
    }),
    number("demand", "demand", "units wanted", |kpis, _| kpis.total_demand),
    number("sold", "sold", "units sold to customers", |kpis, _| kpis.total_sold),
    number("unmet", "unmet demand", "units unmet, added up over periods", |kpis, _| kpis.unmet_sum),
    number("revenue", "revenue", "money, sales between nodes included", |_, parts| parts.revenue),
    number("procurement_cost", "procurement cost", "money, purchases between nodes included", |_, parts| {
        parts.procurement
    }),
    number("holding_cost", "holding cost", "money, stock and pipeline", |_, parts| parts.holding),
    number("operating_cost", "operating cost", "money, production", |_, parts| parts.operating),
    number("unmet_penalty", "penalty for unmet demand", "money", |_, parts| parts.unmet_penalty),
    number("fixed_order_cost", "fixed cost of orders", "money", |_, parts| parts.fixed_order),
    number("salvage", "salvage", "money, worth of the stock left at the end", |_, parts| parts.salvage),
];

/// The figures that say something of a network: all, but for salvage where nothing is worth anything at the end.
pub(super) fn shown(network: &Network) -> &'static [Figure] {
    static ALL: [Figure; COUNT] = FIGURES;
    if network.has_salvage { &ALL } else { &ALL[..COUNT - 1] }
}

const fn number(
    key: &'static str,
    name: &'static str,
    meaning: &'static str,
    value: fn(&Kpis, &CostParts) -> f64,
) -> Figure {
    Figure { key, name, meaning, form: Form::Number, value }
}

const fn share(
    key: &'static str,
    name: &'static str,
    meaning: &'static str,
    value: fn(&Kpis, &CostParts) -> f64,
) -> Figure {
    Figure { key, name, meaning, form: Form::Percent, value }
}

/// The values of [`FIGURES`] in one episode.
pub(super) type Values = [f64; COUNT];

/// The key figures of an episode.
pub(super) fn values(kpis: &Kpis, parts: &CostParts) -> Values {
    FIGURES.each_ref().map(|figure| (figure.value)(kpis, parts))
}

/// A mean for people.
pub(super) fn shown_mean(estimate: &Estimate, form: Form) -> String {
    match form {
        Form::Number => format!("{:.2}", without_minus_zero(estimate.mean)),
        Form::Percent => format!("{:.1} %", 100.0 * estimate.mean),
    }
}

/// Its standard error for people; nothing with one episode.
pub(super) fn shown_error(estimate: &Estimate, form: Form) -> Option<String> {
    let error = (estimate.count > 1).then_some(estimate.standard_error)?;
    Some(match form {
        Form::Number => format!("\u{b1} {error:.2}"),
        Form::Percent => format!("\u{b1} {:.1}", 100.0 * error),
    })
}

/// Nothing should be printed as "-0.00".
fn without_minus_zero(value: f64) -> f64 {
    if value.abs() < 0.005 { 0.0 } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_named_once() {
        let mut keys: Vec<&str> = FIGURES.iter().map(|figure| figure.key).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), COUNT);
    }
}
