//! A tree from the levels of a table: source, first level, ..., leaves, one market.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::star::{market_link, supply_link};
use super::{AdapterError, Filter, Sieve};
use crate::table::{Source, Table};
use crate::value::Value;

/// A tree of a table's levels.
#[derive(Clone, Debug)]
pub struct Hierarchy {
    /// Name of the network.
    pub name: String,
    /// Columns from the top level to the leaves.
    pub columns: Vec<String>,
    /// Most rows looked at, of those wanted; none: all.
    pub max_rows: Option<usize>,
    /// Id of the market.
    pub market_id: String,
    /// Id of the source; `_UPSTREAM` is added while it is taken.
    pub root_id: String,
    /// Stock of every node at the start [units].
    pub initial_inventory: f64,
    /// Holding cost of every node [money / unit / period].
    pub holding_cost: f64,
    /// Lead time of every supply link [periods].
    pub lead_time: i64,
    /// Price at the leaves [money / unit].
    pub retail_price: f64,
    /// Penalty for unmet demand [money / unit / period].
    pub backlog_cost: f64,
    /// Price on every supply link [money / unit].
    pub purchase_cost: f64,
    /// Pipeline holding cost of every supply link [money / unit / period].
    pub pipeline_holding_cost: f64,
    /// Mean demand of a leaf [units / period].
    pub demand_mu: f64,
}

/// The document of the tree, its `metadata` included, and what is odd about it in sentences.
///
/// A node's id is `column=value`. Rows with a blank level are passed over.
///
/// # Errors
/// [`AdapterError`]: the table cannot be read, lacks a column, or no row is left.
pub fn hierarchy_network(
    source: &Source,
    tree: &Hierarchy,
    filter: &Filter,
) -> Result<(Value, Vec<String>), AdapterError> {
    if tree.columns.is_empty() {
        return Err(AdapterError::Argument("hierarchy_cols is empty; expected at least one column".into()));
    }
    let (paths, mut notes) = distinct_paths(source, tree, filter)?;
    let inner: BTreeSet<&str> = paths.iter().flatten().map(String::as_str).collect();
    let mut root = tree.root_id.clone();
    while inner.contains(root.as_str()) || root == tree.market_id {
        root += "_UPSTREAM";
    }
    let leaves: BTreeSet<&str> = paths.iter().filter_map(|path| path.last()).map(String::as_str).collect();
    // Sorted as texts; links into the market among the others.
    let mut edges: BTreeMap<(&str, &str), Value> = BTreeMap::new();
    let supply = |from: &str, to: &str| {
        supply_link(&from.into(), &to.into(), tree.lead_time, tree.purchase_cost, tree.pipeline_holding_cost)
    };
    let mut parents: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for path in &paths {
        let levels = std::iter::once(root.as_str()).chain(path.iter().map(String::as_str));
        for (from, to) in levels.clone().zip(levels.skip(1)) {
            edges.insert((from, to), supply(from, to));
            parents.entry(to).or_default().insert(from);
        }
    }
    let market = tree.market_id.as_str();
    for leaf in &leaves {
        let link = market_link(
            &(*leaf).into(),
            &market.into(),
            tree.retail_price,
            tree.backlog_cost,
            tree.demand_mu,
        );
        edges.insert((leaf, market), link);
    }
    notes.extend(parents.iter().filter(|(_, above)| above.len() > 1).map(|(node, above)| {
        let above = above.iter().copied().collect::<Vec<_>>().join(", ");
        format!("{node} stands below more than one node ({above}) and buys from each: this is no tree")
    }));
    let ids: BTreeSet<&str> = inner.iter().copied().chain([market, root.as_str()]).collect();
    let nodes = ids.into_iter().map(|id| {
        let mut node = vec![("id", Value::from(id))];
        if id != market && id != root {
            node.push(("I0", tree.initial_inventory.into()));
            node.push(("h", tree.holding_cost.into()));
        }
        Value::map(node)
    });
    let document = Value::map([
        ("name", Value::from(tree.name.as_str())),
        ("metadata", metadata(source, tree, filter, paths.len(), &leaves, &root)),
        ("nodes", nodes.collect::<Vec<_>>().into()),
        ("edges", edges.into_values().collect::<Vec<_>>().into()),
    ]);
    Ok((document, notes))
}

/// Paths from the top level to a leaf in the order of the table, each once, as ids of nodes.
fn distinct_paths(
    source: &Source,
    tree: &Hierarchy,
    filter: &Filter,
) -> Result<(Vec<Vec<String>>, Vec<String>), AdapterError> {
    let mut table = Table::open(source)?;
    let columns = tree.columns.iter().map(|column| Ok((table.find(column)?, column.as_str())));
    let columns = columns.collect::<Result<Vec<_>, AdapterError>>()?;
    let mut sieve = Sieve::new(&table, filter)?;
    let (mut paths, mut known): (Vec<Vec<String>>, HashSet<Vec<String>>) = (Vec::new(), HashSet::new());
    let (mut rows, mut blank) = (0_usize, 0_usize);
    while tree.max_rows.is_none_or(|most| rows < most) && table.advance()? {
        if !sieve.passes(&table)? {
            continue;
        }
        rows += 1;
        let mut path = Vec::with_capacity(columns.len());
        for (position, name) in &columns {
            let cell = table.cell(*position)?;
            if cell.is_empty() {
                break;
            }
            path.push(format!("{name}={cell}"));
        }
        if path.len() < columns.len() {
            blank += 1;
        } else if known.insert(path.clone()) {
            paths.push(path);
        }
    }
    if rows == 0 && tree.max_rows != Some(0) {
        return Err(sieve.nothing(&source.name()));
    }
    if paths.is_empty() {
        let message = format!("no row has a text in all of {}", tree.columns.join(", "));
        return Err(AdapterError::data(&source.name(), message));
    }
    let notes = (blank > 0).then(|| format!("{blank} row(s) with a blank level were passed over"));
    Ok((paths, notes.into_iter().collect()))
}

fn metadata(
    source: &Source,
    tree: &Hierarchy,
    filter: &Filter,
    paths: usize,
    leaves: &BTreeSet<&str>,
    root: &str,
) -> Value {
    let columns: Vec<Value> = tree.columns.iter().map(|column| column.as_str().into()).collect();
    let filter = filter.iter().map(|(column, value)| (column.as_str(), value.as_str()));
    let edges = leaves.iter().map(|leaf| Value::map([("leaf", *leaf), ("market", tree.market_id.as_str())]));
    Value::map([
        ("adapter", Value::from("hierarchy_csv_tree_topology")),
        ("source", source.name().into()),
        ("hierarchy_cols", columns.into()),
        ("group_filter", Value::map(filter)),
        ("path_count", (paths as i64).into()),
        ("leaf_count", (leaves.len() as i64).into()),
        ("root_source_id", root.into()),
        ("topology_assumption", ASSUMPTION.into()),
        ("leaf_edges", edges.collect::<Vec<_>>().into()),
    ])
}

/// What the table does not say. The words are those of the published metadata.
const ASSUMPTION: &str = "tree-shaped replenishment DAG inferred from dataset forecasting hierarchy, with an explicit \
                          unlimited root source feeding finite hierarchy nodes; not a physically observed \
                          supply-chain network";
