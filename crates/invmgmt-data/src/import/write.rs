//! A scenario as files: `scenario.yaml`, which names `network.yaml` and `demand.csv`; `metadata.json`, and the command
//! that plays them.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::Imported;
use super::network::{Placed, network, placed, rules};
use crate::adapters::{AdapterError, write_document};
use crate::to_yaml::document_to_yaml;
use crate::value::Value;
use crate::{WriteError, replace_file};

/// Names of the files that the scenario names.
const NETWORK: &str = "network.yaml";
const DEMAND: &str = "demand.csv";

/// A scenario on the disk.
#[derive(Clone, Debug)]
pub struct Written {
    /// The files, in order: scenario, network, demand, metadata.
    pub files: Vec<PathBuf>,
    /// Arguments of `gym-invmgmt` that play it.
    pub arguments: Vec<String>,
    /// Everything that was set by a rule, in sentences.
    pub inferred: Vec<String>,
}

/// Writes a scenario into a folder, which is made if it is missing. Files of these names are replaced.
///
/// # Errors
/// [`AdapterError`]: a file cannot be written.
pub fn write_scenario(imported: &Imported, folder: &Path) -> Result<Written, AdapterError> {
    if folder.is_file() {
        let message = "is a file; expected the name of a folder";
        return Err(AdapterError::data(&folder.to_string_lossy(), message));
    }
    std::fs::create_dir_all(folder)
        .map_err(|source| WriteError::Unwritable { path: folder.to_owned(), source })?;
    let files = ["scenario.yaml", NETWORK, DEMAND, "metadata.json"].map(|name| folder.join(name)).to_vec();
    let placed = placed(imported);
    let arguments = simulate(&files[0]);
    let inferred: Vec<String> = imported.inferred.iter().cloned().chain(rules(imported)).collect();
    write_document(&network(imported, &placed), &files[1])?;
    replace_file(&files[2], |file| write_demand(file, imported, &placed))?;
    let text = document_to_yaml(&scenario(imported, &placed));
    replace_file(&files[0], |file| file.write_all(text.as_bytes()))?;
    replace_file(&files[3], |file| write_metadata(file, imported, &inferred, &arguments))?;
    Ok(Written { files, arguments, inferred })
}

/// The command that plays the scenario.
fn simulate(scenario: &Path) -> Vec<String> {
    let words = ["simulate", "--scenario", &scenario.to_string_lossy(), "--policy", "newsvendor:blind"];
    words.map(str::to_owned).to_vec()
}

/// The scenario: the network, and for each store its column of demand, in files beside it.
fn scenario(imported: &Imported, placed: &[Placed<'_>]) -> Value {
    let link = |Placed { column, store, market, product, .. }: &Placed<'_>| {
        let series = Value::map([("file", Value::from(DEMAND)), ("column", column.as_str().into())]);
        let mut link = vec![("from", Value::from(store.as_str())), ("to", market.as_str().into())];
        link.extend(product.as_ref().map(|product| ("product", product.as_str().into())));
        link.push(("series", series));
        Value::map(link)
    };
    let links: Vec<Value> = placed.iter().map(link).collect();
    Value::map([
        ("name", Value::from(imported.name.as_str())),
        ("network", NETWORK.into()),
        ("demand", Value::map([("links", Value::from(links))])),
        ("num_periods", Value::from(imported.periods.len() as i64)),
    ])
}

/// A row per period, a column per store, or per store and product [units].
fn write_demand(file: impl Write, imported: &Imported, placed: &[Placed<'_>]) -> std::io::Result<()> {
    let mut table = csv::Writer::from_writer(file);
    table.write_record(std::iter::once("period").chain(placed.iter().map(|store| store.column.as_str())))?;
    for (position, period) in imported.periods.iter().enumerate() {
        table.write_field(period)?;
        for Placed { series, .. } in placed {
            table.write_field(series.units[position].to_string())?;
        }
        table.write_record(None::<&[u8]>)?;
    }
    table.flush()
}

fn write_metadata(
    mut file: impl Write,
    imported: &Imported,
    inferred: &[String],
    arguments: &[String],
) -> std::io::Result<()> {
    let mut metadata = serde_json::json!({
        "dataset": imported.name,
        "stores": imported.store_names(),
        "num_periods": imported.periods.len(),
        "first_period": imported.periods.first(),
        "last_period": imported.periods.last(),
        "observed": imported.observed,
        "inferred": inferred,
        "notes": imported.notes,
        "simulate": arguments,
    });
    let products = imported.products();
    if !products.is_empty() {
        metadata["products"] = products.into();
    }
    serde_json::to_writer_pretty(&mut file, &metadata)?;
    writeln!(file)
}
