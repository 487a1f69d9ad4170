//! The network of imported stores: supplier, warehouses, stores, a market for each.

use std::collections::BTreeMap;

use super::{Imported, StoreSeries};
use crate::adapters::{market_link, supply_link};
use crate::value::Value;

/// Price of a unit where the data do not say it [money].
const PRICE: f64 = 3.0;
/// Stock at the start, in periods of mean demand.
const COVER: f64 = 4.0;
/// Share of the selling price: what stores pay, what warehouses pay.
const PURCHASE: [f64; 2] = [1.0 / 3.0, 1.0 / 6.0];
/// Share of the selling price: penalty for a unit unmet, holding cost in a store, holding cost in a warehouse.
const PENALTY: f64 = 1.0 / 15.0;
const HOLDING: [f64; 2] = [1.0 / 150.0, 1.0 / 600.0];
/// Lead time of every supply link [periods].
const LEAD_TIME: i64 = 1;

/// A store with its nodes of the network.
pub(super) struct Placed<'a> {
    pub series: &'a StoreSeries,
    /// Name of its column of demand.
    pub column: String,
    pub store: String,
    pub market: String,
}

/// The stores under names that files and the command line can carry, each once.
pub(super) fn placed(imported: &Imported) -> Vec<Placed<'_>> {
    let mut taken: Vec<String> = vec!["period".to_owned()];
    let mut placed = Vec::with_capacity(imported.stores.len());
    for series in &imported.stores {
        let mut column = plain(&series.name);
        while taken.contains(&column) {
            column.push('_');
        }
        taken.push(column.clone());
        let (store, market) = (format!("store_{column}"), format!("market_{column}"));
        placed.push(Placed { series, column, store, market });
    }
    placed
}

fn plain(name: &str) -> String {
    let sign = |c: char| if c.is_alphanumeric() || "_.-".contains(c) { c } else { '_' };
    let plain: String = name.trim().chars().map(sign).collect();
    if plain.is_empty() { "unnamed".to_owned() } else { plain }
}

fn mean(units: &[f64]) -> f64 {
    units.iter().sum::<f64>() / units.len().max(1) as f64
}

/// A number to four significant digits: a rule makes no exacter ones.
fn rounded(number: f64) -> f64 {
    format!("{number:.3e}").parse().unwrap_or(number)
}

/// The document of the network.
pub(super) fn network(imported: &Imported, placed: &[Placed<'_>]) -> Value {
    let (mut markets, mut stores, mut edges) = (Vec::new(), Vec::new(), Vec::new());
    // Mean demand and turnover below each warehouse.
    let mut warehouses: BTreeMap<String, (f64, f64)> = BTreeMap::new();
    for Placed { series, store, market, .. } in placed {
        let (demand, price) = (mean(&series.units), series.price.unwrap_or(PRICE));
        let warehouse = series
            .group
            .as_deref()
            .map_or_else(|| "warehouse".into(), |group| format!("warehouse_{}", plain(group)));
        let below = warehouses.entry(warehouse.clone()).or_default();
        below.0 += demand;
        below.1 += demand * price;
        markets.push(Value::map([("id", market.as_str())]));
        stores.push(node(store, demand, price * HOLDING[0]));
        let (store, market) = (Value::from(store.as_str()), Value::from(market.as_str()));
        let law = rounded(demand);
        edges.push(market_link(&store, &market, rounded(price), rounded(price * PENALTY), law));
        edges.push(supply_link(&warehouse.into(), &store, LEAD_TIME, rounded(price * PURCHASE[0]), 0.0));
    }
    for (warehouse, (demand, turnover)) in &warehouses {
        let price = if *demand > 0.0 { turnover / demand } else { PRICE };
        stores.push(node(warehouse, *demand, price * HOLDING[1]));
        let to = warehouse.as_str().into();
        edges.push(supply_link(&"supplier".into(), &to, LEAD_TIME, rounded(price * PURCHASE[1]), 0.0));
    }
    let nodes: Vec<Value> =
        markets.into_iter().chain(stores).chain([Value::map([("id", "supplier")])]).collect();
    Value::map([
        ("name", Value::from(imported.name.as_str())),
        ("nodes", nodes.into()),
        ("edges", edges.into()),
    ])
}

fn node(id: &str, demand: f64, holding: f64) -> Value {
    let stock = (COVER * demand).ceil();
    Value::map([("id", Value::from(id)), ("I0", stock.into()), ("h", rounded(holding).into())])
}

/// The rules above in sentences.
pub(super) fn rules(imported: &Imported) -> Vec<String> {
    let mut rules = Vec::new();
    if imported.stores.iter().any(|store| store.price.is_none()) {
        rules.push(format!("selling price of a unit where the data tell none: {PRICE}"));
    }
    if imported.stores.iter().all(|store| store.group.is_none()) {
        rules.push("one warehouse for all stores".to_owned());
    }
    rules.push(
        "one supplier without limit above the warehouses; every store serves a market of its own".to_owned(),
    );
    rules.push(format!("lead time of every supply link: {LEAD_TIME} period"));
    rules.push(
        "stores pay a third of the selling price, warehouses a sixth; goods on their way cost nothing".into(),
    );
    rules.push(
        "holding cost per unit and period: 1/150 of the selling price in stores, 1/600 in warehouses".into(),
    );
    rules.push("penalty for a unit unmet, per period: 1/15 of the selling price".to_owned());
    rules.push(format!("stock at the start: {COVER} periods of mean demand, in stores and in warehouses"));
    rules.push(
        "sales are taken for demand: what customers wanted on days of empty shelves is not in the data"
            .into(),
    );
    rules
}
