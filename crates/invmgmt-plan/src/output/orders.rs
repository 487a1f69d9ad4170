//! The orders to place now, by supplier, in packs, with dates.

use invmgmt_data::spreadsheet_safe;

use super::Plan;
use super::table::Cell;

/// The columns of the list of orders, with what they mean.
pub(super) const COLUMNS: [(&str, &str); 10] = [
    ("supplier", "whom to order from"),
    ("item", "the item"),
    ("place", "the place"),
    ("units", "units to order"),
    ("packs", "the same in packs, where orders are whole multiples"),
    ("pack_size", "units in a pack"),
    ("order_date", "when to order"),
    ("expected", "when the order can be expected to be sold from, by the mean lead time"),
    ("latest", "by the longest lead time"),
    ("value", "units times cost [money]"),
];

/// Orders above zero, by supplier, item and place.
pub(super) fn rows(plan: &Plan) -> Vec<[Cell; COLUMNS.len()]> {
    let day = |period: i64| match plan.period.first_day(period).filter(|_| plan.loaded.dated) {
        Some(date) => Cell::Text(date.to_string()),
        None => Cell::Number(period as f64),
    };
    let mut orders: Vec<_> = plan
        .loaded
        .items
        .iter()
        .zip(&plan.planned)
        .filter_map(|(item, planned)| {
            let units = planned.recommendation.order_now.filter(|units| *units > 0.0)?;
            Some((item.supplier.as_deref().unwrap_or_default(), item, units))
        })
        .collect();
    orders.sort_by_key(|(supplier, item, _)| (*supplier, item.item.as_str(), item.place.as_str()));
    let row = |(supplier, item, units): (&str, &crate::Item, f64)| {
        let physics = &item.physics;
        let pack = Some(physics.multiple).filter(|multiple| *multiple > 0.0);
        let now = plan.loaded.next;
        [
            Cell::Text(supplier.to_owned()),
            Cell::Text(item.item.clone()),
            Cell::Text(item.place.clone()),
            Cell::Number(units),
            pack.map_or(Cell::Nothing, |pack| Cell::Number((units / pack).round())),
            pack.map_or(Cell::Nothing, Cell::Number),
            day(now),
            day(now + physics.lead_time.mean().round() as i64),
            day(now + i64::from(physics.lead_time.longest())),
            Cell::Number((units * item.money.cost * 100.0).round() / 100.0),
        ]
    };
    orders.into_iter().map(row).collect()
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
