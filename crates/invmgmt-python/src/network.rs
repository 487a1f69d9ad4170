//! The compiled network as Python sees it.

use std::path::PathBuf;
use std::sync::Arc;

use invmgmt::episode::KEY_FIGURES;
use invmgmt::law::LawValue;
use invmgmt::mechanism::Mechanism;
use invmgmt::network as engine;
use invmgmt::network::{
    DeclaredLink, DeclaredNode, KeyForm, KeyOwner, KeyValue, LINK_KEYS, LinkIx, NETWORK_KEYS, NODE_KEYS,
    NodeIx, Owner, Part, StateNumber, SupplyLinkIx, TableIndex,
};
use invmgmt_data::{Content, Value};
use pyo3::exceptions::{PyFileNotFoundError, PyKeyError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple};

use crate::convert::{document, document_to_python, id_from_python, id_to_python};

/// A number of a state row: its part, what it is a number of, which of several.
type StateNumberTuple<'py> = (&'static str, Bound<'py, PyTuple>, Option<usize>);

/// A point of a drawing, x and y.
type Place = (f64, f64);
/// Points one after the other.
type Way = Vec<Place>;

/// A checked and compiled network. It never changes.
#[derive(Debug)]
#[pyclass(frozen, module = "gym_invmgmt._native")]
pub struct Network {
    pub compiled: Arc<engine::Network>,
    /// What it was made from; keys that begin with `meta_` stand nowhere else.
    document: Option<Value>,
}

impl Network {
    pub fn of(compiled: engine::Network, document: Option<Value>) -> Self {
        Self { compiled: Arc::new(compiled), document }
    }

    /// A network that is played elsewhere too.
    pub fn shared(compiled: Arc<engine::Network>) -> Self {
        Self { compiled, document: None }
    }

    /// Adds the free keys of a node or an edge of the document to its dict.
    fn add_free_keys(&self, list: &str, position: usize, target: &Bound<'_, PyDict>) -> PyResult<()> {
        let Some((_, rows)) = self.document.as_ref().and_then(|document| document.entry(list)) else {
            return Ok(());
        };
        let Content::List(rows) = &rows.content else { return Ok(()) };
        let Some(Content::Map(entries)) = rows.get(position).map(|row| &row.content) else { return Ok(()) };
        for (key, value) in entries {
            if let Some(key) = key.text().filter(|key| key.starts_with("meta_")) {
                target.set_item(key, document_to_python(target.py(), value)?)?;
            }
        }
        Ok(())
    }
}

#[pymethods]
impl Network {
    /// The keys of networks.
    #[classattr]
    #[pyo3(name = "NETWORK_KEYS")]
    fn network_keys() -> Vec<NetworkKey> {
        NETWORK_KEYS.iter().map(NetworkKey::from).collect()
    }

    /// The keys of nodes.
    #[classattr]
    #[pyo3(name = "NODE_KEYS")]
    fn node_keys() -> Vec<NetworkKey> {
        NODE_KEYS.iter().map(NetworkKey::from).collect()
    }

    /// The keys of links.
    #[classattr]
    #[pyo3(name = "LINK_KEYS")]
    fn link_keys() -> Vec<NetworkKey> {
        LINK_KEYS.iter().map(NetworkKey::from).collect()
    }

    /// The preset of this name.
    #[staticmethod]
    fn preset(name: &str) -> PyResult<Self> {
        let declared = engine::preset(name).ok_or_else(|| {
            let known = engine::PRESETS.join("', '");
            PyValueError::new_err(format!(
                "Unknown scenario: '{}'; known: '{known}' ('base' is another name of 'network'), \
                 'custom' with a config_path, the path of a .yaml file, or SUITE/ID such as 'standard-1/N01'{}",
                name.escape_debug(),
                invmgmt_data::did_you_mean(name, engine::PRESETS),
            ))
        })?;
        let compiled = declared.compile().map_err(|error| PyValueError::new_err(error.to_string()))?;
        Ok(Self::of(compiled, None))
    }

    /// The network of a YAML file.
    #[staticmethod]
    fn from_file(path: PathBuf) -> PyResult<Self> {
        let file = invmgmt_data::read_network(&path).map_err(file_error)?;
        Ok(Self::of(file.network, Some(file.document)))
    }

    /// The network of a dict with `nodes` and `edges` as a YAML file has them.
    #[staticmethod]
    fn from_dict(declared: &Bound<'_, PyDict>) -> PyResult<Self> {
        let document = document(declared.as_any())?;
        let network = invmgmt_data::network_from_value(&document).map_err(file_error)?;
        Ok(Self::of(network, Some(document)))
    }

    /// The network as a dict that `from_dict` takes.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let declared = &self.compiled.declared;
        let network = PyDict::new(py);
        for (key, text) in [("name", &declared.name), ("description", &declared.description)] {
            if let Some(text) = text {
                network.set_item(key, text)?;
            }
        }
        set_given(&network, NETWORK_KEYS, declared)?;
        let (nodes, edges) = (PyList::empty(py), PyList::empty(py));
        for (position, node) in declared.nodes.iter().enumerate() {
            let row = node_dict(py, node)?;
            self.add_free_keys("nodes", position, &row)?;
            nodes.append(row)?;
        }
        for (position, link) in declared.links.iter().enumerate() {
            let row = link_dict(py, link)?;
            self.add_free_keys("edges", position, &row)?;
            edges.append(row)?;
        }
        network.set_item("nodes", nodes)?;
        network.set_item("edges", edges)?;
        Ok(network)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, (Bound<'py, PyDict>,))> {
        let rebuild = slf.get_type().getattr("from_dict")?;
        Ok((rebuild, (slf.get().to_dict(slf.py())?,)))
    }

    /// What was declared and has no effect, in words.
    #[getter]
    fn notes(&self) -> Vec<String> {
        self.compiled.notes.iter().map(ToString::to_string).collect()
    }

    /// Names of all nodes, in order of declaration.
    #[getter]
    fn node_ids<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let ids = self.compiled.nodes.rows().iter().map(|node| id_to_python(py, &node.id));
        PyList::new(py, ids.collect::<PyResult<Vec<_>>>()?)
    }

    /// Roles per node: market, raw material, factory, distributor, retailer, each true or false.
    #[getter]
    fn roles(&self) -> Vec<(bool, bool, bool, bool, bool)> {
        let flags = |r: engine::Roles| (r.market, r.raw_material, r.factory, r.distributor, r.retailer);
        self.compiled.nodes.rows().iter().map(|node| flags(node.roles)).collect()
    }

    /// Positions of the managed nodes among all nodes, in order of id.
    #[getter]
    fn managed(&self) -> Vec<usize> {
        self.compiled.managed.rows().iter().map(|node| node.node.position()).collect()
    }

    /// All links in order of enumeration: (source, target, lead time), the last none for market links.
    #[getter]
    fn links(&self) -> Vec<(usize, usize, Option<usize>)> {
        let network = &self.compiled;
        let row = |link: LinkIx| {
            let (from, to) = network.ends(link);
            let lead_time = match network.links[link] {
                engine::Link::Supply(supply) => Some(network.supply[supply].lead_time),
                engine::Link::Market(_) => None,
            };
            (from.position(), to.position(), lead_time)
        };
        network.links.indices().map(row).collect()
    }

    /// All links in order of enumeration by the names of their ends as declared, and of their product where there are
    /// several.
    #[getter]
    fn link_names<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyTuple>>> {
        self.compiled.links.indices().map(|link| link_key(py, &self.compiled, link)).collect()
    }

    /// All links in order of enumeration in words, as labels name them: `4 -> 2`, `4 -> 2, milk`, `2: cheese`.
    #[getter]
    fn link_words(&self) -> Vec<String> {
        self.compiled.links.indices().map(|link| self.compiled.link_name(link)).collect()
    }

    /// Per node the id it was declared by: that of all its stock points, where there are several products.
    #[getter]
    fn places<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        self.compiled.nodes.rows().iter().map(|node| id_to_python(py, &node.place)).collect()
    }

    /// Per node the product of which it is a stock point; none where it holds nothing, or goods have no names.
    #[getter]
    fn point_products(&self) -> Vec<Option<String>> {
        let name = |product: usize| self.compiled.products[product].name.clone();
        self.compiled.nodes.rows().iter().map(|node| node.product.map(name)).collect()
    }

    /// Names of the products, in order of declaration; none where goods of one kind have no name.
    #[getter]
    fn products(&self) -> Vec<String> {
        self.compiled.products.iter().map(|product| product.name.clone()).collect()
    }

    /// Supply links on which each managed node buys, in order of declaration.
    #[getter]
    fn incoming(&self) -> Vec<Vec<usize>> {
        let positions =
            |node: &engine::ManagedNode| node.incoming.iter().map(|link| link.position()).collect();
        self.compiled.managed.rows().iter().map(positions).collect()
    }

    /// Length of an observation.
    #[getter]
    fn observation_length(&self) -> usize {
        self.compiled.layout.observation()
    }

    /// Sum of all lead times.
    #[getter]
    fn transit_slots(&self) -> usize {
        self.compiled.layout.length(Part::InTransit)
    }

    /// Whether chance has a say in supply, so that episodes have streams for it.
    #[getter]
    fn draws_supply(&self) -> bool {
        self.compiled.draws_supply()
    }

    /// Longest lead time [periods].
    #[getter]
    fn longest_lead_time(&self) -> usize {
        self.compiled.longest_lead_time()
    }

    /// Largest initial stock of a node [units].
    #[getter]
    fn largest_initial_inventory(&self) -> f64 {
        self.compiled.largest_initial_inventory()
    }

    /// Largest capacity of a factory [units / period].
    #[getter]
    fn largest_capacity(&self) -> f64 {
        self.compiled.largest_capacity()
    }

    /// What each entry of an observation is, in words.
    fn observation_labels(&self) -> Vec<String> {
        self.compiled.observation_labels()
    }

    /// Length of a state row: the observation, and what stands behind it.
    #[getter]
    fn state_length(&self) -> usize {
        self.compiled.layout.row()
    }

    /// Every number of a state row in order: its part, the ids of what it is a number of (none: the episode; a node;
    /// both ends of a link) and which of several it is. The observation comes first.
    fn state_numbers<'py>(&self, py: Python<'py>) -> PyResult<Vec<StateNumberTuple<'py>>> {
        let network = &self.compiled;
        let ids = |nodes: &[NodeIx]| {
            let ids = nodes.iter().map(|&node| id_to_python(py, &network.nodes[node].id));
            PyTuple::new(py, ids.collect::<PyResult<Vec<_>>>()?)
        };
        let of = |StateNumber { part, owner, slot }: StateNumber| {
            let slot = if let Owner::Chain(chain) = owner { Some(chain + 1) } else { slot };
            let owner = match owner {
                // What fails together is no single node or link; its label names it.
                Owner::Episode | Owner::Chain(_) => ids(&[]),
                Owner::Managed(node) => ids(&[network.managed[node].node]),
                Owner::Supply(link) => ids(&[network.supply[link].from, network.supply[link].to]),
                Owner::Market(link) => ids(&[network.market[link].from, network.market[link].to]),
            };
            Ok((part.facts().name, owner?, slot))
        };
        network.state_numbers().map(of).collect()
    }

    /// Per thing that may fail the supply links it limits, or on which nothing is ordered meanwhile.
    fn failing_links<'py>(&self, py: Python<'py>) -> PyResult<Vec<Vec<Bound<'py, PyTuple>>>> {
        let network = &self.compiled;
        let edge = |link: &SupplyLinkIx| {
            let row = &network.supply[*link];
            let ids = [row.from, row.to].map(|node| id_to_python(py, &network.nodes[node].id));
            PyTuple::new(py, ids.into_iter().collect::<PyResult<Vec<_>>>()?)
        };
        let chains = network.physics.iter().flat_map(|physics| &physics.chains);
        chains.map(|chain| chain.ships.iter().chain(&chain.orders).map(edge).collect()).collect()
    }

    /// Keys of the figures that tables of this network show.
    fn shown_figures(&self) -> Vec<&'static str> {
        let shown = KEY_FIGURES.iter().filter(|figure| figure.shown.on(&self.compiled));
        shown.map(|figure| figure.key).collect()
    }

    /// The letters of the matrices that episodes on it have, and what the columns of each belong to.
    fn recorded(&self) -> Vec<(&'static str, Vec<String>)> {
        crate::matrices::recorded(&self.compiled)
    }

    /// The parts of a state row in order: name, unit, who may see it, and where it begins and ends.
    fn state_parts(&self) -> Vec<(&'static str, &'static str, &'static str, usize, usize)> {
        let part = |part: Part| {
            let (facts, range) = (part.facts(), self.compiled.layout.range(part));
            (facts.name, facts.unit, facts.sight.name(), range.start, range.end)
        };
        Part::ALL.into_iter().map(part).collect()
    }

    /// Where a part of one number stands in a state row.
    fn state_position(&self, part: &str) -> PyResult<usize> {
        let found = Part::named(part).filter(|&part| self.compiled.layout.length(part) == 1);
        let found = found.map(|part| self.compiled.layout.start(part));
        found.ok_or_else(|| PyKeyError::new_err(format!("no part of one number is called {part:?}")))
    }

    /// What each entry of an action is, in words.
    fn action_labels(&self) -> Vec<String> {
        self.compiled.action_labels()
    }

    /// Where to draw what: (x, y) per node, the way of each link as such points, number of columns and of rows, and the
    /// ways of what recipes take beside their first input.
    ///
    /// Points lie in the unit square, suppliers left at 0, markets right at 1, the top at 0, the bottom at 1. A
    /// column is an echelon; neighbours in a column are at least 1 / rows apart.
    fn layout(&self) -> (Way, Vec<Way>, usize, usize, Vec<Way>) {
        let layout = invmgmt_report::Layout::of(&self.compiled);
        let places =
            |points: &[invmgmt_report::Point]| points.iter().map(|point| (point.x, point.y)).collect();
        let routes = layout.routes.rows().iter().map(|route| places(route)).collect();
        let inputs = layout.inputs.iter().map(|(_, _, way)| places(way)).collect();
        (places(layout.nodes.rows()), routes, layout.columns, layout.rows, inputs)
    }
}

/// A row of a table of keys, as Python reads it.
#[derive(Debug)]
#[pyclass(frozen, get_all, module = "gym_invmgmt._native")]
pub struct NetworkKey {
    /// Its name in files.
    key: &'static str,
    /// The same in words.
    name: &'static str,
    /// Its unit; 1 for what has none.
    unit: &'static str,
    /// What has it, in words.
    owner: &'static str,
    /// What its value is: `number`, `whole` (of a lead time also a law), `word`, `numbers`, `flag` or `structure`.
    form: &'static str,
    /// What is expected of a number, in words.
    allowed: Option<&'static str>,
    /// What must have it, in words.
    required: Option<&'static str>,
    /// The key without which it may not stand.
    needs: Option<&'static str>,
    /// What it switches on, in words.
    mechanism: Option<&'static str>,
    /// Whether it limits what flows.
    limits: bool,
}

impl<T> From<&engine::NetworkKey<T>> for NetworkKey {
    fn from(row: &engine::NetworkKey<T>) -> Self {
        let (form, allowed) = match row.form {
            KeyForm::Number(range) => ("number", Some(range.words())),
            KeyForm::Whole(_) | KeyForm::WholeOr(..) => ("whole", None),
            KeyForm::Word(_) => ("word", None),
            KeyForm::Numbers => ("numbers", None),
            KeyForm::Flag => ("flag", None),
            KeyForm::Structure(_) => ("structure", None),
        };
        let engine::NetworkKey { key, name, unit, needs, limits, .. } = *row;
        let required = row.required.map(KeyOwner::words);
        let (owner, mechanism) = (row.owner.words(), row.mechanism.map(Mechanism::name));
        Self { key, name, unit, owner, form, allowed, required, needs, mechanism, limits }
    }
}

/// A link as Python names it: (supplier, buyer), and its product where there are several.
pub fn link_key<'py>(
    py: Python<'py>,
    network: &engine::Network,
    link: LinkIx,
) -> PyResult<Bound<'py, PyTuple>> {
    let (from, to) = network.ends(link);
    let end = |node: NodeIx| id_to_python(py, &network.nodes[node].place);
    let mut names = vec![end(from)?, end(to)?];
    if network.products.len() > 1 {
        let product = match network.links[link] {
            engine::Link::Supply(supply) => network.supply[supply].product,
            engine::Link::Market(market) => network.market[market].product,
        };
        names.push(network.products[product].name.as_str().into_pyobject(py)?.into_any());
    }
    PyTuple::new(py, names)
}

/// Position of a market link given as (retailer, market), or as (retailer, market, product).
pub fn market_link(network: &engine::Network, edge: &Bound<'_, PyTuple>) -> PyResult<usize> {
    let (from, to) = (edge.get_item(0)?, edge.get_item(1)?);
    let product: Option<String> = if edge.len() > 2 { Some(edge.get_item(2)?.extract()?) } else { None };
    let found = network.market_link(&id_from_python(&from)?, &id_from_python(&to)?, product.as_deref());
    found.map(TableIndex::position).ok_or_else(|| {
        let known: Vec<String> =
            network.market.rows().iter().map(|link| network.link_name(link.link)).collect();
        PyKeyError::new_err(format!("no market link {edge}; the network has {}", known.join(", ")))
    })
}

/// The Python error for a file that was refused.
pub fn file_error(error: invmgmt_data::FileError) -> PyErr {
    if matches!(error, invmgmt_data::FileError::NotFound { .. }) {
        PyFileNotFoundError::new_err(error.to_string())
    } else {
        PyValueError::new_err(error.to_string())
    }
}

/// The keys of a table that are there, put into a dict.
fn set_given<T: engine::HasSettings>(
    target: &Bound<'_, PyDict>,
    table: &[engine::NetworkKey<T>],
    declared: &T,
) -> PyResult<()> {
    table.iter().try_for_each(|row| match row.get(declared) {
        KeyValue::Absent => Ok(()),
        KeyValue::Number(number) => target.set_item(row.key, number),
        KeyValue::Whole(number) => target.set_item(row.key, number),
        KeyValue::Word(word) => target.set_item(row.key, word),
        KeyValue::Numbers(numbers) => {
            let values = PyDict::new(target.py());
            numbers.iter().try_for_each(|(name, value)| set_law_value(&values, name, value))?;
            target.set_item(row.key, values)
        }
        KeyValue::Flag(flag) => target.set_item(row.key, flag),
        KeyValue::Structure(setting) => {
            let value = document_to_python(target.py(), &invmgmt_data::setting_value(&setting))?;
            target.set_item(row.key, value)
        }
    })
}

/// The value of a parameter of a law, put into a dict.
pub(crate) fn set_law_value(target: &Bound<'_, PyDict>, name: &str, value: &LawValue) -> PyResult<()> {
    match value {
        LawValue::Number(number) => target.set_item(name, number),
        LawValue::Flag(flag) => target.set_item(name, flag),
        LawValue::List(numbers) => target.set_item(name, numbers),
    }
}

fn node_dict<'py>(py: Python<'py>, node: &DeclaredNode) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    dict.set_item("id", id_to_python(py, &node.id)?)?;
    set_given(&dict, NODE_KEYS, node)?;
    Ok(dict)
}

fn link_dict<'py>(py: Python<'py>, link: &DeclaredLink) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    dict.set_item("from", id_to_python(py, &link.from)?)?;
    dict.set_item("to", id_to_python(py, &link.to)?)?;
    set_given(&dict, LINK_KEYS, link)?;
    Ok(dict)
}
