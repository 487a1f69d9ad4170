//! The command `import`: from a data set to files that `simulate` plays.

use std::io::Write;

use invmgmt_data::import::{Choices, Columns, Dataset, Imported, Written, read_dataset, write_scenario};

use crate::args::import::{ChoiceArgs, CsvArgs, DatasetArgs, FolderArgs, ImportArgs};
use crate::failure::Failure;
use crate::import_network;
use crate::wording::{counted, quoted};

/// Reads a data set, writes the scenario, says what is in it and how to play it.
pub(crate) fn run(given: &ImportArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let (dataset, item, choices) = match &given.dataset {
        DatasetArgs::M5(of) => (Dataset::M5(of.folder.clone()), item(of), &of.choices),
        DatasetArgs::Favorita(of) => (Dataset::Favorita(of.folder.clone()), item(of), &of.choices),
        DatasetArgs::Rossmann(of) => (Dataset::Rossmann(of.folder.clone()), item(of), &of.choices),
        DatasetArgs::Csv(of) => (tables(of), of.item.clone(), &of.choices),
        DatasetArgs::Willems(of) => return import_network::willems(of, out),
        DatasetArgs::Snc(of) => return import_network::snc(of, out),
        DatasetArgs::Stockpyl(of) => return import_network::stockpyl(of, out),
        DatasetArgs::Network(of) => return import_network::network(of, out),
    };
    let ChoiceArgs { output, products, stores, max_stores, last } = choices;
    let (products, stores) = (products.clone(), stores.clone());
    let wanted = Choices { item, products, stores, max_stores: *max_stores, last: *last };
    let imported = read_dataset(&dataset, &wanted).map_err(Failure::refused)?;
    let written = write_scenario(&imported, output).map_err(Failure::refused)?;
    Ok(print(&imported, &written, out)?)
}

fn item(of: &FolderArgs) -> Option<String> {
    of.item.clone()
}

fn tables(of: &CsvArgs) -> Dataset {
    let CsvArgs { units, time, store, item_column, group, price, .. } = of;
    let columns = Columns {
        units: units.clone(),
        time: time.clone(),
        store: store.clone(),
        item: item_column.clone(),
        group: group.clone(),
        price: price.clone(),
    };
    Dataset::Csv(of.files.iter().map(|file| of.form.source(file)).collect(), columns)
}

fn print(imported: &Imported, written: &Written, out: &mut dyn Write) -> std::io::Result<()> {
    let files: Vec<String> =
        written.files.iter().map(|file| file.to_string_lossy().escape_debug().to_string()).collect();
    writeln!(out, "wrote    {}", files.join(", "))?;
    let ends = [imported.periods.first(), imported.periods.last()];
    let [first, last] = ends.map(|period| period.map_or("", String::as_str).escape_debug().to_string());
    let (stores, periods) =
        (counted(imported.store_names().len(), "store"), counted(imported.periods.len(), "period"));
    let products = match imported.products().len() {
        0 => String::new(),
        count => format!(", {}", counted(count, "product")),
    };
    writeln!(out, "demand   {stores}{products}, {periods}, {first} to {last}")?;
    let sections = [
        ("observed in the data", &imported.observed),
        ("left out or changed", &imported.notes),
        ("inferred, not in the data", &written.inferred),
    ];
    for (title, sentences) in sections {
        section(title, sentences, out)?;
    }
    writeln!(out, "\nplay it:")?;
    write!(out, "  gym-invmgmt")?;
    for word in &written.arguments {
        // An option a line: there is one per store.
        let is_option = word.starts_with("--");
        write!(out, "{}{}", if is_option { " \\\n      " } else { " " }, quoted(word))?;
    }
    writeln!(out)
}

/// Sentences under a title, if there are any.
pub(crate) fn section(title: &str, sentences: &[String], out: &mut dyn Write) -> std::io::Result<()> {
    if !sentences.is_empty() {
        writeln!(out, "\n{title}:")?;
    }
    for sentence in sentences {
        // Quotes stay as they are; what could disturb a terminal does not.
        let safe: Vec<String> = sentence.split(char::is_control).map(ToOwned::to_owned).collect();
        writeln!(out, "  - {}", safe.join(" "))?;
    }
    Ok(())
}
