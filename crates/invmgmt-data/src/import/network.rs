//! The network of imported stores: supplier, warehouses, stores, a market for each.

use std::collections::{BTreeMap, HashMap, HashSet};

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

/// A store with its nodes of the network, and one of its products.
pub(super) struct Placed<'a> {
    pub series: &'a StoreSeries,
    /// Name of its product, where items are kept apart.
    pub product: Option<String>,
    /// Name of its column of demand.
    pub column: String,
    pub store: String,
    pub market: String,
}

/// The stores under names that files and the command line can carry, each once for each of its products.
pub(super) fn placed(imported: &Imported) -> Vec<Placed<'_>> {
    let stores = names(imported.stores.iter().map(|series| series.name.as_str()), &["period"]);
    let products = names(imported.stores.iter().filter_map(|series| series.product.as_deref()), &[]);
    let mut columns: Vec<String> = vec!["period".to_owned()];
    let mut placed = Vec::with_capacity(imported.stores.len());
    for series in &imported.stores {
        let name = &stores[series.name.as_str()];
        let product = series.product.as_ref().map(|product| products[product.as_str()].clone());
        let mut column = product.as_ref().map_or(name.clone(), |product| format!("{name}_{product}"));
        while columns.contains(&column) {
            column.push('_');
        }
        columns.push(column.clone());
        let (store, market) = (format!("store_{name}"), format!("market_{name}"));
        placed.push(Placed { series, product, column, store, market });
    }
    placed
}

/// Plain names for these, no two alike and none of them taken.
fn names<'a>(given: impl Iterator<Item = &'a str>, taken: &[&str]) -> HashMap<&'a str, String> {
    let mut taken: HashSet<String> = taken.iter().map(|&name| name.to_owned()).collect();
    let mut names = HashMap::new();
    for name in given {
        names.entry(name).or_insert_with(|| {
            let mut plain = plain(name);
            while !taken.insert(plain.clone()) {
                plain.push('_');
            }
            plain
        });
    }
    names
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

/// What a place of the network holds: its products in the order of their first mention; one without a name where none
/// are kept apart.
#[derive(Default)]
struct Held(Vec<HeldProduct>);

struct HeldProduct {
    name: Option<String>,
    /// Mean demand below the place [units / period].
    demand: f64,
    /// Mean turnover below it [money / period].
    turnover: f64,
    /// Selling price where nothing is sold [money].
    price: f64,
}

impl Held {
    fn add(&mut self, product: Option<&String>, demand: f64, price: f64, price_of_none: f64) {
        let at = self.0.iter().position(|known| known.name.as_ref() == product).unwrap_or_else(|| {
            let name = product.cloned();
            self.0.push(HeldProduct { name, demand: 0.0, turnover: 0.0, price: price_of_none });
            self.0.len() - 1
        });
        self.0[at].demand += demand;
        self.0[at].turnover += demand * price;
    }

    /// A number, or one per product, of a product's mean demand and selling price.
    fn numbers(&self, of: impl Fn(f64, f64) -> f64) -> Value {
        let number = |one: &HeldProduct| {
            of(one.demand, if one.demand > 0.0 { one.turnover / one.demand } else { one.price })
        };
        match self.0.as_slice() {
            [one] if one.name.is_none() => number(one).into(),
            several => {
                Value::map(several.iter().map(|one| (one.name.as_deref().unwrap_or_default(), number(one))))
            }
        }
    }

    fn node(&self, id: &str, holding: f64) -> Value {
        let stock = self.numbers(|demand, _| (COVER * demand).ceil());
        let holding = self.numbers(|_, price| rounded(price * holding));
        Value::map([("id", Value::from(id)), ("I0", stock), ("h", holding)])
    }

    fn supply_link(&self, from: &str, to: &str, share: f64) -> Value {
        let mut link = supply_link(&from.into(), &to.into(), LEAD_TIME, 0.0, 0.0);
        link.put("p", self.numbers(|_, price| rounded(price * share)));
        link
    }
}

/// The document of the network.
pub(super) fn network(imported: &Imported, placed: &[Placed<'_>]) -> Value {
    let (mut markets, mut stocking, mut edges) = (Vec::new(), Vec::new(), Vec::new());
    let mut warehouses: BTreeMap<String, Held> = BTreeMap::new();
    for of_store in placed.chunk_by(|one, other| one.store == other.store) {
        let Placed { series, store, market, .. } = &of_store[0];
        let warehouse = series
            .group
            .as_deref()
            .map_or_else(|| "warehouse".into(), |group| format!("warehouse_{}", plain(group)));
        let mut held = Held::default();
        for Placed { series, product, .. } in of_store {
            let (demand, price) = (mean(&series.units), series.price.unwrap_or(PRICE));
            held.add(product.as_ref(), demand, price, price);
            warehouses.entry(warehouse.clone()).or_default().add(product.as_ref(), demand, price, PRICE);
            let (from, to) = (store.as_str().into(), market.as_str().into());
            let mut link = market_link(&from, &to, rounded(price), rounded(price * PENALTY), rounded(demand));
            if let Some(product) = product {
                link.put("product", product.as_str().into());
            }
            edges.push(link);
        }
        edges.push(held.supply_link(&warehouse, store, PURCHASE[0]));
        markets.push(Value::map([("id", market.as_str())]));
        stocking.push(held.node(store, HOLDING[0]));
    }
    for (warehouse, held) in &warehouses {
        stocking.push(held.node(warehouse, HOLDING[1]));
        edges.push(held.supply_link("supplier", warehouse, PURCHASE[1]));
    }
    let nodes: Vec<Value> =
        markets.into_iter().chain(stocking).chain([Value::map([("id", "supplier")])]).collect();
    let mut network = vec![("name", Value::from(imported.name.as_str()))];
    let mut products: Vec<&str> = Vec::new();
    for product in placed.iter().filter_map(|one| one.product.as_deref()) {
        if !products.contains(&product) {
            products.push(product);
        }
    }
    if !products.is_empty() {
        network.push(("products", products.into_iter().map(Value::from).collect::<Vec<_>>().into()));
    }
    network.extend([("nodes", nodes.into()), ("edges", edges.into())]);
    Value::map(network)
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
