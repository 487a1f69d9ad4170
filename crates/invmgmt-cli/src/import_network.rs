//! `import willems`, `import snc`, `import stockpyl`, `import network`: from what people have to network files.

use std::io::Write;
use std::path::{Path, PathBuf};

use invmgmt::network::Network;
use invmgmt_data::chain::{Chain, ChainRules, read_snc, read_stockpyl, read_willems, willems_chains};
use invmgmt_data::{
    Value, document_to_json, document_to_yaml, load_network, network_from_value, replace_file, to_yaml,
    write_tables,
};

use crate::args::import::{ChainArgs, NetworkArgs, SncArgs, StockpylArgs, WillemsArgs};
use crate::failure::Failure;
use crate::import::section;
use crate::networks;
use crate::wording::{counted, quoted};

/// A chain of the workbook of real supply chains.
pub(crate) fn willems(given: &WillemsArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let chain = one_of_workbook(&given.file, given.chain.as_deref())?;
    make(&chain, &given.rules, out)
}

/// Lines of stages.
pub(crate) fn snc(given: &SncArgs, out: &mut dyn Write) -> Result<(), Failure> {
    make(&read_snc(&given.file).map_err(Failure::refused)?, &given.rules, out)
}

/// An instance of stockpyl.
pub(crate) fn stockpyl(given: &StockpylArgs, out: &mut dyn Write) -> Result<(), Failure> {
    make(&read_stockpyl(&given.file, &given.name).map_err(Failure::refused)?, &given.rules, out)
}

/// A network in another form.
pub(crate) fn network(given: &NetworkArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let network = networks::load(&given.network)?;
    let yaml = to_yaml(&network.declared);
    let document = Value::from_yaml(&yaml).map_err(Failure::refused)?;
    let files = write(&document, &given.output.output)?;
    say_files(&files, &network, out)
}

/// A chain of a workbook: the one asked for, or the only one there is.
pub(crate) fn one_of_workbook(file: &Path, chain: Option<&str>) -> Result<Chain, Failure> {
    let known = willems_chains(file).map_err(Failure::refused)?;
    let chain = match (chain, known.as_slice()) {
        (Some(chain), _) => chain,
        (None, [only]) => only,
        (None, _) => {
            let file = file.to_string_lossy();
            return Err(Failure::Refused(format!(
                "{}: which chain? say --chain; it has: {}",
                file.escape_debug(),
                known.join(", ")
            )));
        }
    };
    read_willems(file, chain).map_err(Failure::refused)
}

/// Makes the network of a chain, writes it and says all there is to say.
fn make(chain: &Chain, given: &ChainArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let rules = ChainRules { period: given.period, rate: given.rate };
    let made = chain.network(&rules).map_err(Failure::refused)?;
    let network = network_from_value(&made.document).map_err(Failure::refused)?;
    let files = write(&made.document, &given.output.output)?;
    let (stages, links) = (counted(chain.stages.len(), "stage"), counted(chain.links.len(), "link"));
    writeln!(out, "read     {}: {stages}, {links}", chain.name.escape_debug())?;
    say_files(&files, &network, out)?;
    section("assumed, not in the file", &made.assumptions, out)?;
    section("not carried over", &made.left_out, out)?;
    let place = quoted(&given.output.output.to_string_lossy());
    writeln!(out, "\nplay it:\n  gym-invmgmt check {place}\n  gym-invmgmt play {place}")?;
    Ok(())
}

fn say_files(files: &[PathBuf], network: &Network, out: &mut dyn Write) -> Result<(), Failure> {
    let names: Vec<String> =
        files.iter().map(|file| file.to_string_lossy().escape_debug().to_string()).collect();
    writeln!(out, "wrote    {}", names.join(", "))?;
    Ok(writeln!(out, "network  {}", networks::summary(network))?)
}

/// Writes a network as the name of the file says: YAML, JSON, or a folder of tables.
fn write(document: &Value, path: &Path) -> Result<Vec<PathBuf>, Failure> {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
    let text = match ending.as_str() {
        "yaml" | "yml" if !path.is_dir() => document_to_yaml(document),
        "json" if !path.is_dir() => document_to_json(document),
        "" => {
            if path.is_file() {
                let path = path.to_string_lossy();
                let message =
                    format!("--output {}: is a file; expected a folder for tables", path.escape_debug());
                return Err(Failure::Refused(message));
            }
            let files = write_tables(document, path).map_err(Failure::refused)?;
            // What stands there already and belongs to another network would be read with these.
            load_network(path).map_err(Failure::refused)?;
            return Ok(files);
        }
        _ => {
            let path = path.to_string_lossy();
            return Err(Failure::Usage(format!(
                "--output {}: the name must end in .yaml or .json, or be that of a folder for tables",
                path.escape_debug()
            )));
        }
    };
    replace_file(path, |file| file.write_all(text.as_bytes())).map_err(Failure::refused)?;
    Ok(vec![path.to_owned()])
}
