//! Files in and out: networks from YAML, series from CSV, the record of an episode to `.npz` and `.csv`.
//!
//! A network file is read in two steps. [`Value::from_yaml`] makes of its text a document in which every key and value
//! remembers its line; [`network_from_value`] turns the document into a checked
//! [`Network`](invmgmt::network::Network) or reports every mistake at once, each with its line. Whoever holds a
//! network in another form (the Python binding: a graph) builds the [`Value`] itself and takes the second step only.
//!
//! ```
//! let error = invmgmt_data::network_from_yaml(
//!     "nodes: [{id: shop, I0: 5, h: 0.1}, {id: town}, {id: farm}]
//! edges:
//!   - {from: shop, to: town, p: 2, b: 0.1, demand_dist: poisson, dist_param: {mu: 3}}
//!   - {from: farm, to: shop, L: -1, p: 1, g: 0}
//! ",
//! )
//! .unwrap_err();
//! assert_eq!(
//!     error.to_string(),
//!     "line 4: edges[1] (farm -> shop): L: found -1; expected a non-negative integer (whole periods)"
//! );
//! ```
#![forbid(unsafe_code)]

pub mod adapters;
mod cell;
pub mod chain;
mod classics;
mod error;
pub mod import;
mod journal;
mod keys;
mod mapping;
mod nearest;
mod network_file;
mod npz;
mod replace;
mod scenario;
mod schema;
mod series;
mod suite;
mod table;
mod tables;
mod text;
mod to_json;
mod to_yaml;
mod topologies;
mod trajectory_file;
mod value;
mod yaml;

pub use classics::{Classic, Parameter, classic, classics};
pub use error::{Diagnostic, FileError};
pub use journal::{Journal, JournalError};
pub use nearest::{did_you_mean, nearest};
pub use network_file::{
    NetworkFile, load_network, network_from_value, network_from_yaml, parse_network, read_network,
};
pub use npz::{Array, ArrayError, read_arrays, write_arrays};
pub use replace::{UNFINISHED, WriteError, new_file, replace_file};
pub use scenario::{
    Criterion, Facts, Files, KnownPolicy, Objective, Optimum, Proof, Scenario, load_scenario, parse_scenario,
    read_scenario, scenario_from_yaml,
};
pub use schema::{SCHEMAS, schema};
pub use series::{MAX_CSV_BYTES, MAX_SERIES_ROWS, SeriesError, read_column, read_demand};
pub use suite::{
    Case, ChoiceError, FileKind, SUITES, Suite, UnknownSuite, find_scenario, find_suite, kind_of, load_suite,
    names_scenario, parse_suite, suite, suite_from_yaml, suite_ids,
};
pub use table::{
    CellRange, ColumnKind, ColumnLook, DateOrder, DateSpan, DecimalSign, Looked, MAX_LINE_BYTES, Separator,
    Source, Table, TableForm, look,
};
pub use tables::{has_tables, read_tables, write_tables};
pub use text::{MAX_FILE_BYTES, read_text, shown};
pub use to_json::{document_to_json, network_to_json};
pub use to_yaml::{document_to_yaml, setting_value, to_yaml};
pub use topologies::{TOPOLOGIES, topology};
pub use trajectory_file::{spreadsheet_safe, write_trajectory};
pub use value::{Content, Value};
pub use yaml::{MAX_COPIED_VALUES, MAX_DEPTH, MAX_VALUES};
