//! A star: source, supplier, stores, one market.

use super::AdapterError;
use crate::cell::content;
use crate::nearest::nearest;
use crate::table::{Source, Table};
use crate::text::shown;
use crate::value::{Content, Value};

/// The supplier's id when no id is a number.
const FAR_FROM_NUMBERS: i64 = 999_999;

/// A star of stores.
#[derive(Clone, Debug)]
pub struct Star {
    /// Name of the network.
    pub name: String,
    /// Column of the stores' ids.
    pub store_id_col: String,
    /// Ids of the stores wanted, as texts.
    pub selected: Vec<String>,
    /// Id of the market.
    pub market_id: Value,
    /// Id of the supplier; none: one past the largest number in use.
    pub supplier_id: Option<Value>,
    /// Id of the source; none: one past the largest number in use.
    pub source_id: Option<Value>,
    /// Stock of a store at the start [units].
    pub initial_inventory: f64,
    /// Holding cost of a store [money / unit / period].
    pub retailer_holding_cost: f64,
    /// Stock of the supplier at the start [units].
    pub supplier_inventory: f64,
    /// Holding cost of the supplier [money / unit / period].
    pub supplier_holding_cost: f64,
    /// Lead time of every supply link [periods].
    pub lead_time: i64,
    /// Price in the stores [money / unit].
    pub retail_price: f64,
    /// Penalty for unmet demand [money / unit / period].
    pub backlog_cost: f64,
    /// Price at the supplier [money / unit].
    pub purchase_cost: f64,
    /// Mean demand of a store [units / period].
    pub demand_mu: f64,
}

/// The document of the star, its `metadata` included.
///
/// # Errors
/// [`AdapterError`]: the table cannot be read, lacks the column, or lacks a store.
pub fn star_network(source: &Source, star: &Star) -> Result<Value, AdapterError> {
    let stores = selected_stores(source, star)?;
    let ids = stores.iter().map(|store| &store.id).chain([&star.market_id]);
    let largest = |ids: &mut dyn Iterator<Item = &Value>| ids.filter_map(whole).max();
    let store_numbers = stores.iter().filter_map(|store| whole(&store.id)).count();
    let all: Vec<&Value> = ids.collect();
    let supplier = star.supplier_id.clone().unwrap_or_else(|| {
        let beyond = largest(&mut stores.iter().map(|store| &store.id)).map(|most| most + 1);
        Value::from(beyond.filter(|_| store_numbers > 0).unwrap_or(FAR_FROM_NUMBERS))
    });
    let chained: Vec<&Value> = all.into_iter().chain([&supplier]).collect();
    let origin = star.source_id.clone().unwrap_or_else(|| {
        largest(&mut chained.into_iter())
            .map_or_else(|| Value::from("RAW_SOURCE"), |most| Value::from(most + 1))
    });
    let node = |id: &Value, stock: f64, holding: f64| {
        vec![("id", id.clone()), ("I0", stock.into()), ("h", holding.into())]
    };
    let mut nodes = vec![Value::map([("id", star.market_id.clone())])];
    let mut edges = Vec::new();
    for store in &stores {
        let own = node(&store.id, star.initial_inventory, star.retailer_holding_cost);
        let own = own.into_iter().map(|(key, value)| (key.to_owned(), value));
        nodes.push(Value::map(own.chain(store.described.iter().cloned())));
        edges.push(market_link(
            &store.id,
            &star.market_id,
            star.retail_price,
            star.backlog_cost,
            star.demand_mu,
        ));
        edges.push(supply_link(&supplier, &store.id, star.lead_time, star.purchase_cost, 0.0));
    }
    nodes.push(Value::map(node(&supplier, star.supplier_inventory, star.supplier_holding_cost)));
    nodes.push(Value::map([("id", origin.clone())]));
    edges.push(supply_link(&origin, &supplier, star.lead_time, 0.0, 0.0));
    let selected: Vec<Value> = star.selected.iter().map(|id| Value::from(id.as_str())).collect();
    let metadata = Value::map([
        ("adapter", Value::from("retail_store_csv_star_topology")),
        ("source", source.name().into()),
        ("store_id_col", star.store_id_col.as_str().into()),
        ("selected_store_ids", selected.into()),
        ("source_id", as_text(&origin).into()),
        ("supplier_id", as_text(&supplier).into()),
        ("topology_assumption", ASSUMPTION.into()),
    ]);
    Ok(Value::map([
        ("name", star.name.as_str().into()),
        ("metadata", metadata),
        ("nodes", nodes.into()),
        ("edges", edges.into()),
    ]))
}

/// What the table does not say. The words are those of the published metadata.
const ASSUMPTION: &str = "synthetic finite-supplier star graph inferred from store metadata, with an explicit \
                          unlimited upstream raw source";

/// A store of the table.
struct Store {
    id: Value,
    /// Its other columns, as `meta_NAME`.
    described: Vec<(String, Value)>,
}

/// The stores wanted, in the order asked for. Of rows with the same id the last one counts.
fn selected_stores(source: &Source, star: &Star) -> Result<Vec<Store>, AdapterError> {
    let mut table = Table::open(source)?;
    let column = table.find(&star.store_id_col)?;
    let mut found: Vec<Option<Store>> = star.selected.iter().map(|_| None).collect();
    let mut others: Vec<String> = Vec::new();
    while table.advance()? {
        let id = table.cell(column)?;
        let mut wanted = star.selected.iter().enumerate().filter(|(_, asked)| *asked == id).peekable();
        if wanted.peek().is_none() && others.len() < super::MAX_REMEMBERED {
            others.push(id.to_owned());
        }
        for (place, _) in wanted {
            let mut described = Vec::new();
            for (position, name) in
                table.names().iter().enumerate().filter(|(position, _)| *position != column)
            {
                let value = Value::new(table.content(position)?);
                if value.content != Content::Null {
                    described.push((format!("meta_{name}"), value));
                }
            }
            found[place] = Some(Store { id: Value::new(content(id)), described });
        }
    }
    let absent: Vec<&String> =
        star.selected.iter().zip(&found).filter(|(_, store)| store.is_none()).map(|(id, _)| id).collect();
    let Some(first) = absent.first() else { return Ok(found.into_iter().flatten().collect()) };
    let quoted: Vec<String> = absent.iter().take(20).map(|id| format!("'{}'", shown(id))).collect();
    let near = nearest(first, others.iter().map(String::as_str))
        .map(|near| format!("; nearest: '{}'", shown(near)))
        .unwrap_or_default();
    let message = format!("no store with {} {}{near}", star.store_id_col, quoted.join(", "));
    Err(AdapterError::data(&source.name(), message))
}

fn whole(id: &Value) -> Option<i64> {
    match id.content {
        Content::Integer(number) => Some(number),
        _ => None,
    }
}

fn as_text(id: &Value) -> String {
    match &id.content {
        Content::Text(text) => text.clone(),
        _ => id.to_string(),
    }
}

/// A link into a market with Poisson demand.
pub(crate) fn market_link(from: &Value, to: &Value, price: f64, penalty: f64, mean: f64) -> Value {
    Value::map([
        ("from", from.clone()),
        ("to", to.clone()),
        ("p", price.into()),
        ("b", penalty.into()),
        ("demand_dist", "poisson".into()),
        ("dist_param", Value::map([("mu", mean)])),
    ])
}

/// A link of goods.
pub(crate) fn supply_link(from: &Value, to: &Value, lead_time: i64, price: f64, pipeline: f64) -> Value {
    Value::map([
        ("from", from.clone()),
        ("to", to.clone()),
        ("L", lead_time.into()),
        ("p", price.into()),
        ("g", pipeline.into()),
    ])
}
