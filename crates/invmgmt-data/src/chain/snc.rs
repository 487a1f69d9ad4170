//! Lines of stages: a text file, one line a stage, whose last cells name in pairs who feeds it and how much.

use std::collections::HashMap;
use std::path::Path;

use super::{Chain, ChainDemand, ChainLink, ChainStage, CostKind, StageTime, factor_of};
use crate::adapters::AdapterError;
use crate::text::{read_text, shown};

/// The columns, in order; behind the last stand pairs of a supplier and its quantity.
const COLUMNS: [&str; 8] = [
    "stage_id",
    "lead_time",
    "max_s_time",
    "cost_rate",
    "risk_pool",
    "ext_demand_mean",
    "ext_demand_std",
    "ext_demand_thres",
];
/// Pooling of independent demands: deviations add up as squares.
const INDEPENDENT: f64 = 2.0;

/// Reads lines of stages. Costs are those added at each stage; `ext_demand_thres` is the number of deviations covered.
///
/// # Errors
/// [`AdapterError`] with every mistake of the file, each with its line.
pub fn read_snc(path: &Path) -> Result<Chain, AdapterError> {
    let text = read_text(path).map_err(|error| AdapterError::Table(error.into()))?;
    let source = path.to_string_lossy();
    let mut lines = Lines { mistakes: Vec::new(), stages: Vec::new(), feeds: Vec::new(), pools: Vec::new() };
    let reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    for record in reader.into_records() {
        let record = record.map_err(|error| AdapterError::data(&source, error.to_string()))?;
        let line = record.position().map_or(0, csv::Position::line);
        let cells: Vec<&str> = record.iter().map(str::trim).collect();
        if cells.iter().all(|cell| cell.is_empty()) || cells[0].eq_ignore_ascii_case(COLUMNS[0]) {
            continue;
        }
        lines.take(line, &cells);
    }
    lines.into_chain(path, &source)
}

struct Lines {
    mistakes: Vec<String>,
    stages: Vec<ChainStage>,
    /// Line, customer, name of the supplier, quantity.
    feeds: Vec<(u64, usize, String, f64)>,
    /// Stages whose demands are pooled in another way than independent ones.
    pools: Vec<String>,
}

impl Lines {
    fn take(&mut self, line: u64, cells: &[&str]) {
        let number = |at: usize| -> Result<Option<f64>, String> {
            let cell = cells.get(at).copied().unwrap_or("");
            match cell.parse::<f64>() {
                _ if cell.is_empty() => Ok(None),
                Ok(number) if number.is_finite() && number >= 0.0 => Ok(Some(number)),
                _ => Err(format!(
                    "line {line}: {}: found '{}'; expected a number >= 0",
                    COLUMNS[at],
                    shown(cell)
                )),
            }
        };
        let numbers: Vec<Result<Option<f64>, String>> = (1..COLUMNS.len()).map(number).collect();
        let mut value = |at: usize| match &numbers[at - 1] {
            Ok(number) => *number,
            Err(mistake) => {
                self.mistakes.push(mistake.clone());
                None
            }
        };
        let mut stage = ChainStage::new(cells[0]);
        stage.time = StageTime::Fixed(value(1).unwrap_or(0.0));
        stage.max_service_time = value(2);
        stage.cost = value(3).unwrap_or(0.0);
        if value(4).is_some_and(|pool| pool != INDEPENDENT) {
            self.pools.push(cells[0].to_owned());
        }
        let (mean, deviation, factor) = (value(5), value(6), value(7));
        stage.demand = (mean.is_some() || deviation.is_some()).then(|| ChainDemand {
            mean: mean.unwrap_or(0.0),
            deviation: deviation.unwrap_or(0.0),
            law: None,
        });
        stage.safety_factor = factor;
        let customer = self.stages.len();
        let pairs: Vec<&str> =
            cells.iter().skip(COLUMNS.len()).copied().filter(|cell| !cell.is_empty()).collect();
        for pair in pairs.chunks(2) {
            match pair {
                [name, quantity] => match quantity.parse::<f64>() {
                    Ok(number) if number.is_finite() && number > 0.0 => {
                        self.feeds.push((line, customer, (*name).to_owned(), number));
                    }
                    _ => self.mistakes.push(format!(
                        "line {line}: up_stages: found the quantity '{}' of {}; expected a number above 0",
                        shown(quantity),
                        shown(name)
                    )),
                },
                _ => self.mistakes.push(format!(
                    "line {line}: up_stages: {} has no quantity; expected pairs of a stage and its quantity",
                    shown(pair[0])
                )),
            }
        }
        self.stages.push(stage);
    }

    fn into_chain(self, path: &Path, source: &str) -> Result<Chain, AdapterError> {
        let Self { mut mistakes, stages, feeds, pools } = self;
        let places: HashMap<&str, usize> =
            stages.iter().enumerate().map(|(position, stage)| (stage.name.as_str(), position)).collect();
        let mut links = Vec::new();
        for (line, to, name, quantity) in &feeds {
            match places.get(name.as_str()) {
                Some(&from) => links.push(ChainLink { from, to: *to, quantity: *quantity }),
                None => mistakes.push(format!("line {line}: up_stages: there is no stage {}", shown(name))),
            }
        }
        if !mistakes.is_empty() {
            return Err(AdapterError::data(source, mistakes.join("\n")));
        }
        let mut left_out = Vec::new();
        if !pools.is_empty() {
            left_out.push(format!(
                "risk_pool of {}: independent demands are pooled (2), whatever it says",
                pools.join(", ")
            ));
        }
        let mut assumptions = vec![
            "cost_rate is what a stage adds to the cost of a unit; lead_time and max_s_time are days".into(),
        ];
        if stages.iter().all(|stage| stage.safety_factor.is_none()) {
            let usual = factor_of(0.95);
            assumptions.push(format!("no ext_demand_thres: {usual:.3} deviations of demand are covered"));
        }
        let name = path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
        Chain { name, stages, links, costs: CostKind::Added, assumptions, left_out }.checked(source)
    }
}
