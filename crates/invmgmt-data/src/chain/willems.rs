//! The workbook of 38 real supply chains: S. P. Willems, "Data set: real-world multiechelon supply chains used for
//! inventory optimization", Manufacturing & Service Operations Management 10 (2008). Users have their own copy of it.
//!
//! Per chain a sheet `NN_SD` of stages and a sheet `NN_LL` of links.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use calamine::{Data, Reader as _, open_workbook_auto};

use super::network::listed;
use super::{Chain, ChainDemand, ChainLink, ChainStage, CostKind, StageTime, factor_of};
use crate::adapters::AdapterError;
use crate::text::shown;

/// Ends of the names of the two sheets of a chain.
const STAGES: &str = "_SD";
const LINKS: &str = "_LL";
/// Most values a stage time may have.
const MOST_VALUES: usize = 6;
/// Mistakes that are listed; of others only the number is given.
const MOST_MISTAKES: usize = 40;
/// A column that says nothing which the links do not say.
const DEPTH: &str = "reldepth";

type Rows = [Vec<Data>];

/// The chains of a workbook, by the numbers its sheets begin with.
///
/// # Errors
/// [`AdapterError`] if the file is no workbook that can be read.
pub fn willems_chains(path: &Path) -> Result<Vec<String>, AdapterError> {
    let book = open(path)?;
    let names = book.sheet_names();
    let both = |name: &&str| names.iter().any(|other| *other == format!("{name}{LINKS}"));
    Ok(names.iter().filter_map(|name| name.strip_suffix(STAGES)).filter(both).map(str::to_owned).collect())
}

/// Reads a chain of the workbook: `06`, or `6`.
///
/// # Errors
/// [`AdapterError`] naming the chains there are, or with the mistakes of the sheets, each with its row.
pub fn read_willems(path: &Path, chain: &str) -> Result<Chain, AdapterError> {
    let source = path.to_string_lossy();
    let known = willems_chains(path)?;
    let number = |text: &str| text.trim().parse::<u32>().ok();
    let is_it =
        |name: &&String| *name == chain.trim() || (number(name).is_some() && number(name) == number(chain));
    let Some(name) = known.iter().find(is_it) else {
        let there = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        let message =
            format!("has no chain '{}' (sheets NN{STAGES} and NN{LINKS}); it has: {there}", shown(chain));
        return Err(AdapterError::data(&source, message));
    };
    let mut book = open(path)?;
    let mut rows = |sheet: &str| -> Result<Vec<Vec<Data>>, AdapterError> {
        let range =
            book.worksheet_range(sheet).map_err(|error| AdapterError::data(&source, error.to_string()))?;
        Ok(range.rows().map(<[Data]>::to_vec).collect())
    };
    let (stage_rows, link_rows) = (rows(&format!("{name}{STAGES}"))?, rows(&format!("{name}{LINKS}"))?);
    let mut reader = Sheets { mistakes: Vec::new(), left_out: Vec::new(), strays: BTreeMap::new() };
    let stages = reader.stages(&format!("{name}{STAGES}"), &stage_rows);
    let links = reader.links(&format!("{name}{LINKS}"), &link_rows, &stages);
    if !reader.mistakes.is_empty() {
        let more = reader.mistakes.len().saturating_sub(MOST_MISTAKES);
        reader.mistakes.truncate(MOST_MISTAKES);
        if more > 0 {
            reader.mistakes.push(format!("and {more} more"));
        }
        return Err(AdapterError::data(&source, reader.mistakes.join("\n")));
    }
    let strays = std::mem::take(&mut reader.strays);
    reader.left_out.extend(strays.iter().map(|(what, stages)| format!("{what}: {}", listed(stages))));
    let assumptions = vec![
        "stageCost is what a stage adds to the cost of a unit; what goes into it counts too".to_owned(),
        "one unit of every supplier goes into a unit, as the workbook gives no quantities".to_owned(),
        "times are days, avgDemand and stdDevDemand are of a day, demand is normal".to_owned(),
        "stage times of several values are drawn with their percentages; with a deviation, they are normal"
            .into(),
    ];
    let name = format!("chain {name}");
    let chain = Chain { name, stages, links, costs: CostKind::Added, assumptions, left_out: reader.left_out };
    chain.checked(&source)
}

fn open(path: &Path) -> Result<calamine::Sheets<std::io::BufReader<std::fs::File>>, AdapterError> {
    // A file that is not there is told as every other.
    drop(crate::text::open(path, "Workbook").map_err(|error| AdapterError::Table(error.into()))?);
    open_workbook_auto(path).map_err(|error| {
        let message = format!("cannot be read as a workbook (.xlsx or .xls): {error}");
        AdapterError::data(&path.to_string_lossy(), message)
    })
}

/// A name without what people write differently: case, spaces, underscores.
fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric() || *c == '%').flat_map(char::to_lowercase).collect()
}

struct Sheets {
    mistakes: Vec<String>,
    left_out: Vec<String>,
    /// What stands at stages where it says nothing, with their names.
    strays: BTreeMap<&'static str, Vec<String>>,
}

/// A row of a sheet by the names of its columns.
struct Row<'a> {
    columns: &'a HashMap<String, usize>,
    cells: &'a [Data],
    /// Sheet and number, for messages.
    place: String,
}

impl Row<'_> {
    fn cell(&self, column: &str) -> Option<&Data> {
        let cell = self.columns.get(&plain(column)).and_then(|&at| self.cells.get(at))?;
        (!matches!(cell, Data::Empty) && !cell.to_string().trim().is_empty()).then_some(cell)
    }

    fn text(&self, column: &str) -> Option<String> {
        self.cell(column).map(|cell| match cell {
            // A name that is a number, as spreadsheets keep it.
            Data::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => format!("{number:.0}"),
            other => other.to_string().trim().to_owned(),
        })
    }

    fn number(&self, column: &str, mistakes: &mut Vec<String>) -> Option<f64> {
        let cell = self.cell(column)?;
        let number = match cell {
            Data::Float(number) => Some(*number),
            Data::Int(number) => Some(*number as f64),
            Data::String(text) => text.trim().trim_end_matches('%').trim().parse().ok(),
            _ => None,
        };
        match number {
            Some(number) if number.is_finite() && number >= 0.0 => Some(number),
            _ => {
                let found = cell.to_string();
                let place = &self.place;
                mistakes
                    .push(format!("{place}: {column}: found '{}'; expected a number >= 0", shown(&found)));
                None
            }
        }
    }
}

impl Sheets {
    /// The columns of a sheet by their plain names; a sheet without those that must be there is a mistake.
    fn columns(&mut self, sheet: &str, rows: &Rows, needed: &[&str]) -> Option<HashMap<String, usize>> {
        let header = rows.first().map_or(&[][..], Vec::as_slice);
        let names = header.iter().enumerate().map(|(at, cell)| (plain(&cell.to_string()), at));
        let columns: HashMap<String, usize> = names.filter(|(name, _)| !name.is_empty()).collect();
        let missing: Vec<&str> =
            needed.iter().copied().filter(|name| !columns.contains_key(&plain(name))).collect();
        if missing.is_empty() {
            return Some(columns);
        }
        let found: Vec<String> = header.iter().map(ToString::to_string).collect();
        let (missing, found) = (missing.join(", "), shown(&found.join(", ")));
        self.mistakes.push(format!("sheet {sheet}: no column {missing}; the first row has: {found}"));
        None
    }

    fn stages(&mut self, sheet: &str, rows: &Rows) -> Vec<ChainStage> {
        let Some(columns) = self.columns(sheet, rows, &["Stage Name", "stageCost", "stageTime"]) else {
            return Vec::new();
        };
        self.note_unknown(sheet, &columns);
        let mut stages = Vec::with_capacity(rows.len());
        for (at, cells) in rows.iter().enumerate().skip(1) {
            let row = Row { columns: &columns, cells, place: format!("sheet {sheet}, row {}", at + 1) };
            match row.text("Stage Name") {
                Some(name) => stages.push(self.stage(name, &row)),
                None if cells.iter().all(|cell| matches!(cell, Data::Empty)) => {}
                None => self.mistakes.push(format!("{}: no Stage Name", row.place)),
            }
        }
        stages
    }

    /// Columns that nobody reads are said once.
    fn note_unknown(&mut self, sheet: &str, columns: &HashMap<String, usize>) {
        let mut read: Vec<String> = [
            "Stage Name",
            "stageCost",
            "stageClassification",
            "avgDemand",
            "stdDevDemand",
            "maxServiceTime",
            "serviceLevel",
            "stageTime",
            "stdDev stageTime",
            "xPosition",
            "yPosition",
        ]
        .map(plain)
        .to_vec();
        if columns.contains_key(DEPTH) {
            self.left_out.push(format!("sheet {sheet}: column relDepth, which follows from the links"));
        }
        read.push(DEPTH.to_owned());
        read.extend((1..=MOST_VALUES).flat_map(|k| [format!("stagetime{k}"), format!("stagetime%{k}")]));
        let mut unknown: Vec<&String> = columns.keys().filter(|name| !read.contains(name)).collect();
        unknown.sort();
        if !unknown.is_empty() {
            let names: Vec<String> = unknown.into_iter().map(|name| shown(name)).collect();
            self.left_out.push(format!("sheet {sheet}: columns nobody knows: {}", names.join(", ")));
        }
    }

    fn stage(&mut self, name: String, row: &Row<'_>) -> ChainStage {
        let mistakes = &mut self.mistakes;
        let mut stage = ChainStage::new(name);
        stage.kind = row.text("stageClassification");
        stage.cost = row.number("stageCost", mistakes).unwrap_or(0.0);
        let mut stray = |what| self.strays.entry(what).or_default().push(shown(&stage.name));
        stage.time = stage_time(row, mistakes, &mut stray);
        let (mean, deviation) = (row.number("avgDemand", mistakes), row.number("stdDevDemand", mistakes));
        if mean.is_none() && deviation.is_some_and(|deviation| deviation > 0.0) {
            stray("stdDevDemand without avgDemand");
        }
        stage.demand = mean.map(|mean| ChainDemand { mean, deviation: deviation.unwrap_or(0.0), law: None });
        stage.max_service_time = row.number("maxServiceTime", mistakes);
        let level =
            row.number("serviceLevel", mistakes).map(|level| if level > 1.0 { level / 100.0 } else { level });
        match level {
            Some(level) if level >= 1.0 => {
                let place = &row.place;
                mistakes.push(format!("{place}: serviceLevel: found {level}; expected a share below 1"));
            }
            level => stage.safety_factor = level.map(factor_of),
        }
        let position = (row.number("xPosition", mistakes), row.number("yPosition", mistakes));
        stage.place = position.0.zip(position.1);
        stage
    }

    fn links(&mut self, sheet: &str, rows: &Rows, stages: &[ChainStage]) -> Vec<ChainLink> {
        let Some(columns) = self.columns(sheet, rows, &["sourceStage", "destinationStage"]) else {
            return Vec::new();
        };
        let places: HashMap<&str, usize> =
            stages.iter().enumerate().map(|(at, stage)| (stage.name.as_str(), at)).collect();
        let mut links = Vec::with_capacity(rows.len());
        for (at, cells) in rows.iter().enumerate().skip(1) {
            let row = Row { columns: &columns, cells, place: format!("sheet {sheet}, row {}", at + 1) };
            let ends = ["sourceStage", "destinationStage"].map(|column| (column, row.text(column)));
            if ends.iter().all(|(_, name)| name.is_none()) {
                continue;
            }
            let [from, to] = ends.map(|(column, name)| {
                let Some(name) = name else {
                    self.mistakes.push(format!("{}: {column} is empty", row.place));
                    return None;
                };
                let place = places.get(name.as_str()).copied();
                if place.is_none() && !stages.is_empty() {
                    let name = shown(&name);
                    self.mistakes.push(format!("{}: {column}: there is no stage {name}", row.place));
                }
                place
            });
            if let (Some(from), Some(to)) = (from, to) {
                links.push(ChainLink { from, to, quantity: 1.0 });
            }
        }
        links
    }
}

/// Up to six values with their percentages, else normal where there is a deviation, else fixed.
fn stage_time(row: &Row<'_>, mistakes: &mut Vec<String>, stray: &mut impl FnMut(&'static str)) -> StageTime {
    let mut values = Vec::new();
    for k in 1..=MOST_VALUES {
        let time = row.number(&format!("stageTime_{k}"), mistakes);
        let share = row.number(&format!("stageTime_%_{k}"), mistakes);
        match (time, share) {
            (Some(time), Some(share)) if share > 0.0 => values.push((time, share)),
            (None, Some(share)) if share > 0.0 => {
                mistakes
                    .push(format!("{}: stageTime_%_{k} is {share}, and stageTime_{k} is empty", row.place));
            }
            (Some(time), None) if time > 0.0 => stray("values of stageTime without a percentage"),
            _ => {}
        }
    }
    let mean = row.number("stageTime", mistakes).unwrap_or(0.0);
    let deviation = row.number("stdDev stageTime", mistakes).unwrap_or(0.0);
    if !values.is_empty() && deviation > 0.0 {
        stray("stdDev stageTime beside values with percentages, which say more");
    }
    match values.as_slice() {
        [] if deviation > 0.0 => StageTime::Normal { mean, deviation },
        [] => StageTime::Fixed(mean),
        [(time, _)] => StageTime::Fixed(*time),
        _ => StageTime::Values(values),
    }
}
