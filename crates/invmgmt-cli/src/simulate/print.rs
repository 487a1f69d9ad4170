//! Results on stdout: a table for people, JSON for programs.

use std::fmt::Write as _;
use std::io::Write;

use invmgmt::episode::NODE_FIGURES;
use invmgmt::network::Network;
use invmgmt_policy::estimate::CONFIDENCE;
use serde_json::{Map, Value, json};

use super::Setting;
use super::figures::{FIGURES, INFORMATION, Values, shown, shown_error, shown_mean, told};
use super::play::Outcome;
use crate::failure::Failure;
use crate::networks;

/// A policy's name in the table's head is broken into lines of this many characters.
const HEAD_WIDTH: usize = 26;
/// Most lines of a policy's name.
const HEAD_LINES: usize = 4;

/// What was simulated, as pairs of a word and its value.
pub(super) fn facts(setting: &Setting<'_>) -> Vec<(&'static str, String)> {
    let network: &Network = &setting.problem.network;
    let unmet = if setting.problem.rules.backlog { "unmet demand waits" } else { "unmet demand is lost" };
    let discount = match setting.problem.rules.discount {
        1.0 => String::new(),
        weight => format!(", discount {weight}"),
    };
    let rules = format!("{} periods, {unmet}{discount}", setting.problem.num_periods);
    let seeds = &setting.given.seeds;
    let seeds = match seeds.hint("--seeds") {
        None => seeds.to_string(),
        Some(hint) => format!("{seeds} ({hint})"),
    };
    vec![
        ("network", format!("{}: {}", networks::title(network).escape_debug(), networks::summary(network))),
        ("demand", setting.demand.escape_debug().to_string()),
        ("rules", rules),
        ("seeds", seeds),
    ]
}

/// Prints what was simulated, the key figures of every policy side by side, and which files were written.
pub(super) fn table(setting: &Setting<'_>, outcomes: &[Outcome], out: &mut dyn Write) -> Result<(), Failure> {
    for (word, value) in facts(setting) {
        writeln!(out, "{word:<9}{value}")?;
    }
    writeln!(out)?;
    write_columns(outcomes, &shown(&setting.problem.network), out)?;
    if setting.given.output.by_node {
        write_nodes(&setting.problem.network, outcomes, out)?;
    }
    if setting.given.seeds.0.len() > 1 {
        writeln!(out, "\nmean over {} seeds \u{b1} standard error", setting.given.seeds.0.len())?;
    }
    let mut gap = "\n";
    for note in outcomes.iter().filter_map(Outcome::simplified) {
        writeln!(out, "{gap}{note}")?;
        gap = "";
    }
    let output = &setting.given.output;
    let mut gap = "\n";
    for path in [&output.trajectory, &output.video, &output.report].into_iter().flatten() {
        writeln!(out, "{gap}wrote {}", path.to_string_lossy().escape_debug())?;
        gap = "";
    }
    Ok(())
}

/// The table itself: policies above, key figures below each other.
fn write_columns(outcomes: &[Outcome], shown: &[usize], out: &mut dyn Write) -> Result<(), Failure> {
    let heads: Vec<Vec<String>> = outcomes.iter().map(|outcome| head(&outcome.spec)).collect();
    let columns: Vec<Vec<String>> = outcomes
        .iter()
        .map(|outcome| std::iter::once(outcome.information.to_owned()).chain(cells(outcome, shown)).collect())
        .collect();
    let width_of = |cells: &[String]| cells.iter().map(|cell| cell.chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> =
        heads.iter().zip(&columns).map(|(head, cells)| width_of(head).max(width_of(cells))).collect();
    let titles = || shown.iter().map(|&figure| FIGURES[figure].row.title);
    let first = titles().map(str::len).max().unwrap_or(0);
    let mut write_line = |name: &str, columns: &[Vec<String>], row: usize| -> Result<(), Failure> {
        let mut line = format!("{name:<first$}");
        for (cells, &width) in columns.iter().zip(&widths) {
            line.push_str("   ");
            line.extend(std::iter::repeat_n(' ', width - cells[row].chars().count()));
            line.push_str(&cells[row]);
        }
        Ok(writeln!(out, "{}", line.trim_end())?)
    };
    let tallest = heads.iter().map(Vec::len).max().unwrap_or(0);
    let heads: Vec<Vec<String>> = heads.into_iter().map(|head| bottom_aligned(head, tallest)).collect();
    for row in 0..tallest {
        write_line("", &heads, row)?;
    }
    let names = std::iter::once(INFORMATION).chain(titles());
    for (row, name) in names.enumerate() {
        write_line(name, &columns, row)?;
    }
    Ok(())
}

/// A policy's name in lines that break after commas; a very long one is cut.
fn head(spec: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for part in spec.escape_debug().to_string().split_inclusive(',') {
        let last = lines.last_mut().expect("there is always a line");
        if last.is_empty() || last.len() + part.len() <= HEAD_WIDTH {
            last.push_str(part);
        } else {
            lines.push(part.to_owned());
        }
    }
    if lines.len() > HEAD_LINES {
        lines.truncate(HEAD_LINES - 1);
        lines.push("...".to_owned());
    }
    lines
}

fn bottom_aligned(mut lines: Vec<String>, height: usize) -> Vec<String> {
    lines.splice(0..0, std::iter::repeat_n(String::new(), height - lines.len()));
    lines
}

/// A policy's figures.
fn cells(outcome: &Outcome, shown: &[usize]) -> Vec<String> {
    let estimates = outcome.estimates();
    let unit = |figure: usize| FIGURES[figure].row.unit;
    let errors: Vec<Option<String>> =
        shown.iter().map(|&figure| shown_error(&estimates[figure], unit(figure))).collect();
    // Standard errors stand below each other, whatever their length.
    let width = errors.iter().flatten().map(|error| error.chars().count()).max().unwrap_or(0);
    let cell = |(&figure, error): (&usize, &Option<String>)| {
        let mean = shown_mean(estimates[figure].mean, unit(figure));
        match error {
            Some(error) => format!("{mean} {error:<width$}"),
            None => mean,
        }
    };
    shown.iter().zip(&errors).map(cell).collect()
}

/// Prints one JSON document. Figures that are infinite are null.
pub(super) fn json(setting: &Setting<'_>, outcomes: &[Outcome], out: &mut dyn Write) -> Result<(), Failure> {
    let network = &setting.problem.network;
    let path =
        |path: &Option<std::path::PathBuf>| path.as_ref().map(|path| path.to_string_lossy().into_owned());
    let (told, seeds) = (told(network), &setting.given.seeds.0);
    let policies: Vec<Value> =
        outcomes.iter().map(|outcome| policy(network, outcome, &told, seeds)).collect();
    let document = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "command": setting.command,
        "network": {
            "name": network.declared.name,
            "nodes": network.nodes.len(),
            "links": network.links.len(),
        },
        "periods": setting.problem.num_periods,
        "backlog": setting.problem.rules.backlog,
        "discount": setting.problem.rules.discount,
        "seeds": setting.given.seeds.0,
        "confidence": CONFIDENCE,
        "policies": policies,
        "trajectory": path(&setting.given.output.trajectory),
        "report": path(&setting.given.output.report),
    });
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)?;
    Ok(())
}

fn policy(network: &Network, outcome: &Outcome, shown: &[usize], seeds: &[u64]) -> Value {
    let estimates = outcome.estimates();
    let kpis: Map<String, Value> = shown
        .iter()
        .map(|&figure| {
            let estimate = &estimates[figure];
            let (low, high) = estimate.interval().unzip();
            let error = (estimate.count > 1).then_some(estimate.standard_error);
            let value = json!({ "mean": estimate.mean, "standard_error": error, "low": low, "high": high });
            (FIGURES[figure].key.to_owned(), value)
        })
        .collect();
    let episodes: Vec<Value> =
        seeds.iter().zip(&outcome.episodes).map(|(&seed, values)| episode(seed, shown, values)).collect();
    json!({
        "policy": outcome.spec,
        "information": outcome.information,
        "simplifies": outcome.simplifies,
        "kpis": kpis,
        "nodes": nodes(network, outcome),
        "links": outcome.places.links().map(cap).collect::<Map<_, _>>(),
        "episodes": episodes,
    })
}

/// The mean figures of every node, as far as they say something of it.
fn nodes(network: &Network, outcome: &Outcome) -> Map<String, Value> {
    let of_node = |(node, means): (_, Vec<Option<f64>>)| {
        let figures = NODE_FIGURES.iter().zip(means);
        let figures = figures.filter_map(|(figure, mean)| Some((figure.key.to_owned(), json!(mean?))));
        (network.managed_id(node).to_string(), Value::Object(figures.collect()))
    };
    network.managed.indices().zip(outcome.places.nodes()).map(of_node).collect()
}

/// The mean figure of a link with a cap.
fn cap((name, share): (&str, f64)) -> (String, Value) {
    (name.to_owned(), json!({ "cap_utilisation": share }))
}

/// Prints the mean figures of every node, a table for each policy.
fn write_nodes(network: &Network, outcomes: &[Outcome], out: &mut dyn Write) -> Result<(), Failure> {
    for outcome in outcomes {
        let means: Vec<Vec<Option<f64>>> = outcome.places.nodes().collect();
        let says = |position: &usize| {
            NODE_FIGURES[*position].shown.on(network) && means.iter().any(|row| row[*position].is_some())
        };
        let shown: Vec<usize> = (0..NODE_FIGURES.len()).filter(says).collect();
        let heads = network.managed.indices().map(|node| network.managed_id(node).to_string());
        let mut columns = vec![
            std::iter::once(format!("nodes under {}", outcome.spec.escape_debug()))
                .chain(shown.iter().map(|&figure| NODE_FIGURES[figure].title.to_owned()))
                .collect::<Vec<String>>(),
        ];
        for (head, row) in heads.zip(&means) {
            let cell = |&figure: &usize| {
                row[figure].map_or_else(String::new, |mean| shown_mean(mean, NODE_FIGURES[figure].unit))
            };
            columns.push(
                std::iter::once(head.escape_debug().to_string()).chain(shown.iter().map(cell)).collect(),
            );
        }
        let width = |cells: &[String]| cells.iter().map(|cell| cell.chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = columns.iter().map(|cells| width(cells)).collect();
        writeln!(out)?;
        for row in 0..=shown.len() {
            let mut line = format!("{:<1$}", columns[0][row], widths[0]);
            for (cells, width) in columns.iter().zip(&widths).skip(1) {
                let _ = write!(line, "   {:>width$}", cells[row]);
            }
            writeln!(out, "{}", line.trim_end())?;
        }
    }
    Ok(())
}

fn episode(seed: u64, shown: &[usize], values: &Values) -> Value {
    let figures = shown.iter().map(|&figure| (FIGURES[figure].key.to_owned(), json!(values[figure])));
    let fields: Map<String, Value> =
        std::iter::once(("seed".to_owned(), json!(seed))).chain(figures).collect();
    Value::Object(fields)
}
