//! The plan as one table, and as one document.

use invmgmt_data::spreadsheet_safe;
use serde_json::{Map, Value, json};

use super::Plan;
use crate::assortment::Planned;
use crate::item::Item;

/// The columns of the plan, with what they mean.
pub const COLUMNS: [(&str, &str); 27] = [
    ("item", "the item"),
    ("place", "the place"),
    (
        "reorder_point",
        "order when the position (on hand + on order - owed to customers) is at most this [units]",
    ),
    ("order_up_to", "order up to this, rounded up to the multiple [units]"),
    ("order_now", "the order to place now; empty if the stock is not known [units]"),
    ("safety_stock", "kept beyond expected demand over lead time and review period [units]"),
    ("immediate_fill_rate", "share of demand met at once that is expected"),
    ("immediate_fill_rate_low", "in 95 of 100 futures the fill rate lies between this"),
    ("immediate_fill_rate_high", "and this"),
    ("cycle_service", "share of cycles, from delivery to delivery, in which nobody goes without"),
    ("avg_stock", "mean stock on hand at the ends of periods [units]"),
    ("turns", "yearly demand met over mean stock"),
    ("cost_per_year", "holding and ordering [money / year]"),
    ("class_abc", "A: the items that make 80 % of turnover, B: to 95 %, C: the rest"),
    ("class_xyz", "X: coefficient of variation of demand per period up to 0.5, Y: up to 1, Z: above"),
    ("warnings", "what to know before following the row"),
    ("avg_stock_low", "in 95 of 100 futures mean stock lies between this [units]"),
    ("avg_stock_high", "and this [units]"),
    ("orders_per_year", "orders placed [1 / year]"),
    ("mean_demand", "demand expected [units / period]"),
    ("demand_deviation", "its standard deviation [units]"),
    ("lead_time", "mean lead time [periods]"),
    ("review", "periods from review to review"),
    ("multiple", "orders are whole multiples of this [units]"),
    ("target", "what was to be reached"),
    ("supplier", "who supplies it"),
    ("drivers", "what moves the levels"),
];

/// A cell of the plan.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell {
    Text(String),
    Number(f64),
    Nothing,
}

/// A row, in the order of [`COLUMNS`].
pub(super) fn row(item: &Item, planned: &Planned) -> [Cell; COLUMNS.len()] {
    let found = &planned.recommendation;
    let number = |value: f64| Cell::Number(rounded(value));
    let warnings: Vec<&str> = found.warnings.iter().map(|warning| warning.name()).collect();
    [
        Cell::Text(item.item.clone()),
        Cell::Text(item.place.clone()),
        number(found.levels.reorder_point),
        number(found.levels.order_up_to),
        found.order_now.map_or(Cell::Nothing, number),
        number(found.safety_stock),
        number(found.immediate_fill_rate),
        number(found.fill_rate_interval.0),
        number(found.fill_rate_interval.1),
        number(found.cycle_service),
        number(found.mean_stock),
        number(found.turns),
        number(found.cost_per_year),
        Cell::Text(planned.abc.to_string()),
        Cell::Text(planned.xyz.to_string()),
        Cell::Text(warnings.join(";")),
        number(found.stock_interval.0),
        number(found.stock_interval.1),
        number(found.orders_per_year),
        number(found.mean_demand),
        number(found.deviation),
        number(item.physics.lead_time.mean()),
        number(item.physics.review as f64),
        number(item.physics.multiple),
        number(item.target.share()),
        item.supplier.clone().map_or(Cell::Nothing, Cell::Text),
        Cell::Text(found.drivers.clone()),
    ]
}

/// Six significant digits are more than anybody reads, and the same on every machine.
fn rounded(value: f64) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return 0.0;
    }
    format!("{value:.5e}").parse().unwrap_or(value)
}

pub(super) fn rows(plan: &Plan) -> impl Iterator<Item = [Cell; COLUMNS.len()]> + '_ {
    plan.loaded.items.iter().zip(&plan.planned).map(|(item, planned)| row(item, planned))
}

pub(super) fn csv(plan: &Plan) -> std::io::Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS.map(|(name, _)| name)).map_err(std::io::Error::other)?;
    for row in rows(plan) {
        let texts = row.map(|cell| match cell {
            Cell::Text(text) => spreadsheet_safe(&text).into_owned(),
            Cell::Number(number) => number.to_string(),
            Cell::Nothing => String::new(),
        });
        writer.write_record(&texts).map_err(std::io::Error::other)?;
    }
    writer.into_inner().map_err(|error| std::io::Error::other(error.to_string()))
}

pub(super) fn json(plan: &Plan) -> std::io::Result<Vec<u8>> {
    let rows: Vec<Value> = rows(plan)
        .map(|row| {
            let entries = COLUMNS.iter().zip(row).map(|((name, _), cell)| {
                let value = match cell {
                    Cell::Text(text) => Value::String(text),
                    Cell::Number(number) => json!(number),
                    Cell::Nothing => Value::Null,
                };
                ((*name).to_owned(), value)
            });
            Value::Object(entries.collect::<Map<_, _>>())
        })
        .collect();
    let trade_offs: Vec<Value> = plan
        .trade_offs
        .0
        .iter()
        .map(|taken| {
            json!({
                "target": taken.target,
                "avg_stock": taken.stock,
                "stock_value": taken.value,
                "cost_per_year": taken.cost,
            })
        })
        .collect();
    let backtest = plan.backtest.as_ref().map(|test| {
        let figures = |figures: &crate::Figures, cost: f64, reached: f64| {
            json!({
                "immediate_fill_rate": figures.immediate_fill_rate(),
                "avg_stock": figures.mean_stock() * test.items as f64,
                "cost_per_year": cost,
                "items_at_target": reached,
            })
        };
        json!({
            "periods": test.periods,
            "items": test.items,
            "plan": figures(&test.plan, test.cost.0, test.reached.0),
            "rule_of_thumb": figures(&test.rule_of_thumb, test.cost.1, test.reached.1),
        })
    });
    let document = json!({
        "command": plan.command,
        "generator": plan.generator,
        "period": plan.period.name(),
        "horizon": plan.effort.horizon,
        "periods_of_history": plan.loaded.periods,
        "assumptions": plan.loaded.assumptions,
        "notes": plan.loaded.notes,
        "trade_offs": trade_offs,
        "backtest": backtest,
        "rows": rows,
    });
    let mut bytes = serde_json::to_vec_pretty(&document).map_err(std::io::Error::other)?;
    bytes.push(b'\n');
    Ok(bytes)
}
