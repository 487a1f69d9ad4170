//! The command `optimize`.

use std::io::Write;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::thread::available_parallelism;

use invmgmt::network::Network;
use invmgmt_policy::estimate::{CONFIDENCE, Estimate};
use invmgmt_policy::optimize::{Family, Optimum, Problem, Settings, optimize};
use serde_json::{Value, json};

use crate::args::OptimizeArgs;
use crate::failure::Failure;
use crate::networks;
use crate::simulate::{self, demand::Demand};

/// Finds levels and says what they earn.
pub(crate) fn run(given: &OptimizeArgs, command: &str, out: &mut dyn Write) -> Result<(), Failure> {
    let family = Family::from_name(&given.family).map_err(Failure::refused)?;
    let (network, demand, rules) = simulate::problem(&given.problem, &given.demand)?;
    let network = Arc::new(network);
    let problem =
        Problem { network: &network, demand: &demand.model, rules, num_periods: demand.num_periods };
    let threads = given.threads.or_else(|| available_parallelism().ok()).map_or(1, NonZeroUsize::get);
    let settings = Settings {
        family,
        budget: given.budget,
        training: given.seeds.0.clone(),
        held_out: given.held_out.0.clone(),
        threads,
    };
    let found = optimize(&problem, &settings).map_err(Failure::refused)?;
    if given.json {
        serde_json::to_writer_pretty(&mut *out, &document(given, command, &problem, &found))?;
        return Ok(writeln!(out)?);
    }
    table(given, &network, &demand, &found, out)
}

/// Prints what was played and what was found; the last line can be pasted behind `simulate --policy`.
fn table(
    given: &OptimizeArgs,
    network: &Network,
    demand: &Demand,
    found: &Optimum,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let unmet = if given.problem.lost_sales { "unmet demand is lost" } else { "unmet demand waits" };
    let title = networks::title(network).escape_debug();
    writeln!(out, "network    {title}: {}", networks::summary(network))?;
    writeln!(out, "demand     {}", demand.description.escape_debug())?;
    let discount = match given.problem.discount {
        1.0 => String::new(),
        weight => format!(", discount {weight}"),
    };
    writeln!(out, "rules      {} periods, {unmet}{discount}", demand.num_periods)?;
    let why = if found.settled { "restarts found nothing better" } else { "the budget was used up" };
    let sets = if found.tried == 1 { "set" } else { "sets" };
    writeln!(out, "search     {} {sets} of levels; {why}", found.tried)?;
    writeln!(out, "seeds      {}; held out: {}", given.seeds, given.held_out)?;
    writeln!(out)?;
    writeln!(out, "profit on the seeds of the search   {}", shown(&found.training))?;
    writeln!(out, "profit on held-out seeds            {}", shown(&found.held_out))?;
    writeln!(out, "held-out gain over the start        {}", shown(&found.gain))?;
    writeln!(out)?;
    writeln!(out, "start   {}", found.start)?;
    writeln!(out, "found   {}", found.spec)?;
    Ok(())
}

/// Mean, standard error and interval.
fn shown(estimate: &Estimate) -> String {
    let mean = estimate.mean;
    match estimate.interval() {
        Some((low, high)) => {
            let confidence = 100.0 * CONFIDENCE;
            let error = estimate.standard_error;
            format!("{mean:.2} \u{b1} {error:.2}, {confidence} % interval {low:.2} to {high:.2}")
        }
        None => format!("{mean:.2} with every seed"),
    }
}

fn document(given: &OptimizeArgs, command: &str, problem: &Problem<'_>, found: &Optimum) -> Value {
    let estimate = |of: &Estimate| json!({ "mean": of.mean, "standard_error": of.standard_error, "low": of.low, "high": of.high });
    let history = found
        .history
        .iter()
        .map(|step| json!({ "tried": step.tried, "levels": step.levels, "profit": step.profit }));
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "command": command,
        "network": {
            "name": problem.network.declared.name,
            "nodes": problem.network.nodes.len(),
            "links": problem.network.links.len(),
        },
        "periods": problem.num_periods,
        "backlog": problem.rules.backlog,
        "discount": problem.rules.discount,
        "seeds": given.seeds.0,
        "held_out_seeds": given.held_out.0,
        "policy": found.spec,
        "levels": found.levels,
        "start": found.start,
        "confidence": CONFIDENCE,
        "training": estimate(&found.training),
        "held_out": estimate(&found.held_out),
        "gain": estimate(&found.gain),
        "tried": found.tried,
        "settled": found.settled,
        "history": history.collect::<Vec<_>>(),
    })
}
