//! The command `optimize`.

use std::io::Write;
use std::num::NonZeroUsize;
use std::thread::available_parallelism;

use invmgmt::Problem;
use invmgmt_policy::estimate::{CONFIDENCE, Estimate};
use invmgmt_policy::optimize::{OptimizeError, Optimum, Reached, Settings, is_drawn, optimize};
use serde_json::{Value, json};

use crate::args::optimize::OptimizeArgs;
use crate::args::seeds::Seeds;
use crate::failure::Failure;
use crate::networks;
use crate::problem;
use crate::wording::estimated;

/// Seeds the search looks at, and seeds its result is measured on, where none are given.
const TRAINING: &str = "20000..20064";
const HELD_OUT: &str = "30000..30256";

/// The seeds in use.
struct Chosen {
    training: Seeds,
    held_out: Seeds,
}

/// Finds levels and says what they earn.
pub(crate) fn run(given: &OptimizeArgs, command: &str, out: &mut dyn Write) -> Result<(), Failure> {
    let (problem, demand) = problem::of(&given.problem, &given.demand)?;
    let threads = given.threads.or_else(|| available_parallelism().ok()).map_or(1, NonZeroUsize::get);
    let or = |seeds: &Option<Seeds>, default: &str| {
        seeds.clone().unwrap_or_else(|| default.parse().expect("sound seeds"))
    };
    let chosen = Chosen { training: or(&given.seeds, TRAINING), held_out: or(&given.held_out, HELD_OUT) };
    let settings = Settings {
        family: given.sought.0,
        review: given.sought.1,
        targets: given.targets.clone(),
        budget: given.budget,
        training: chosen.training.0.clone(),
        held_out: chosen.held_out.0.clone(),
        test_from: given.test_from,
        threads,
        gradient: given.gradient,
    };
    if !is_drawn(&problem) {
        refuse_idle_seeds(given)?;
    }
    let found = optimize(&problem, &settings).map_err(|error| refused(&error, &chosen))?;
    if given.json {
        serde_json::to_writer_pretty(&mut *out, &document(&chosen, given, command, &problem, &found))?;
        return Ok(writeln!(out)?);
    }
    table(&chosen, given, &problem, &demand, &found, out)
}

/// A refused search, its options called as they are, and what may have been meant by a single number.
fn refused(error: &OptimizeError, chosen: &Chosen) -> Failure {
    let message = error.to_string().replace("test_from", "--test-from");
    let hint = match error {
        OptimizeError::FewSeeds { name: "training seeds", .. } => chosen.training.hint("--seeds"),
        OptimizeError::FewSeeds { .. } => chosen.held_out.hint("--held-out"),
        _ => None,
    };
    Failure::Refused(hint.map_or(message.clone(), |hint| format!("{message}; {hint}")))
}

/// Seeds say nothing where nothing is drawn.
fn refuse_idle_seeds(given: &OptimizeArgs) -> Result<(), Failure> {
    let idle = [("--seeds", given.seeds.is_some()), ("--held-out", given.held_out.is_some())];
    match idle.iter().find(|(_, given)| *given) {
        None => Ok(()),
        Some((option, _)) => Err(Failure::Usage(format!(
            "nothing is drawn, so every seed plays the same episode and {option} would do nothing; leave it out, and \
             say --test-from to measure the result on periods that the search does not see"
        ))),
    }
}

/// Prints what was played and what was found; the last line can be pasted behind `simulate --policy`.
fn table(
    chosen: &Chosen,
    given: &OptimizeArgs,
    problem: &Problem,
    demand: &str,
    found: &Optimum,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let network = &problem.network;
    let unmet = if problem.rules.backlog { "unmet demand waits" } else { "unmet demand is lost" };
    let title = networks::title(network).escape_debug();
    writeln!(out, "network    {title}: {}", networks::summary(network))?;
    writeln!(out, "demand     {}", demand.escape_debug())?;
    let discount = match problem.rules.discount {
        1.0 => String::new(),
        weight => format!(", discount {weight}"),
    };
    writeln!(out, "rules      {} periods, {unmet}{discount}", problem.num_periods)?;
    let why = if found.settled { "restarts found nothing better" } else { "the budget was used up" };
    let sets = if found.tried == 1 { "set" } else { "sets" };
    writeln!(out, "search     {} {sets} of levels; {why}", found.tried)?;
    if found.drawn {
        writeln!(out, "seeds      {}; held out: {}", chosen.training, chosen.held_out)?;
    } else {
        writeln!(out, "seeds      none: nothing is drawn, there is one episode")?;
    }
    if let Some(at) = given.test_from {
        let last = problem.num_periods - 1;
        writeln!(out, "periods    the search saw 0 to {}; held out: {at} to {last}", at - 1)?;
    }
    writeln!(out)?;
    let (seen, held_out) = match (given.test_from, found.drawn) {
        (None, true) => ("the seeds of the search", "held-out seeds"),
        (Some(_), _) => ("the periods of the search", "held-out periods"),
        (None, false) => ("the episode of the search", ""),
    };
    let mut line = |what: String, estimate: &Estimate| writeln!(out, "{what:<36}{}", estimated(estimate));
    line(format!("profit on {seen}"), &found.training)?;
    if let (Some(profit), Some(gain)) = (&found.held_out, &found.gain) {
        line(format!("profit on {held_out}"), profit)?;
        line("held-out gain over the start".to_owned(), gain)?;
    } else {
        let said = "held out: nothing. The search saw all there is, and its profit flatters it";
        if has_series(problem) {
            writeln!(out, "{said}; --test-from T\nmeasures levels on periods from T on that it did not see")?;
        } else {
            writeln!(out, "{said}")?;
        }
    }
    for reached in &found.targets {
        targets(reached, found, (seen, held_out), out)?;
    }
    writeln!(out)?;
    writeln!(out, "start   {}", found.start)?;
    writeln!(out, "found   {}", found.spec)?;
    Ok(())
}

/// What was reached of a target, and where it was not, what that says.
fn targets(
    reached: &Reached,
    found: &Optimum,
    (seen, held_out): (&str, &str),
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let mut name = reached.service.words().to_owned();
    if let Some(retailer) = &reached.retailer {
        name.extend([" of ", &retailer.escape_debug().to_string()]);
    }
    let percent = |share: f64| format!("{} %", (1e4 * share).round() / 100.0);
    let (target, best) = (percent(reached.share), percent(reached.training.mean));
    let verdict = match (reached.is_reached, found.settled) {
        (true, _) => "reached".to_owned(),
        (false, true) => format!("cannot be reached, as far as the search went; at best {best}"),
        (false, false) => {
            format!("not reached when the budget was used up; at best {best} so far")
        }
    };
    writeln!(out, "\ntarget  {name} {target}: {verdict}")?;
    let mut line = |what: &str, estimate: &Estimate| {
        let mean = 100.0 * estimate.mean;
        let interval = match estimate.interval() {
            Some((low, high)) => {
                let (low, high, confidence) = (100.0 * low, 100.0 * high, 100.0 * CONFIDENCE);
                format!(
                    " \u{b1} {:.2}, {confidence} % interval {low:.2} to {high:.2}",
                    100.0 * estimate.standard_error
                )
            }
            None => String::new(),
        };
        writeln!(out, "        on {what:<26}{mean:.2} %{interval}")
    };
    line(seen, &reached.training)?;
    if let Some(estimate) = &reached.held_out {
        line(held_out, estimate)?;
    }
    Ok(())
}

fn document(
    chosen: &Chosen,
    given: &OptimizeArgs,
    command: &str,
    problem: &Problem,
    found: &Optimum,
) -> Value {
    let estimate = |of: &Estimate| {
        let several = |number: f64| (of.count > 1).then_some(number);
        json!({
            "mean": of.mean,
            "standard_error": several(of.standard_error),
            "low": several(of.low),
            "high": several(of.high),
        })
    };
    let seeds = |of: &Seeds| if found.drawn { json!(of.0) } else { Value::Null };
    let history = found
        .history
        .iter()
        .map(|step| json!({ "tried": step.tried, "levels": step.levels, "profit": step.profit, "lack": step.lack }));
    let targets = found.targets.iter().map(|reached| {
        json!({
            "service": reached.service.key(),
            "retailer": reached.retailer,
            "target": reached.share,
            "reached": reached.is_reached,
            "training": estimate(&reached.training),
            "held_out": reached.held_out.as_ref().map(estimate),
        })
    });
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
        "drawn": found.drawn,
        "seeds": seeds(&chosen.training),
        "held_out_seeds": seeds(&chosen.held_out),
        "test_from": given.test_from,
        "policy": found.spec,
        "levels": found.levels,
        "targets": targets.collect::<Vec<_>>(),
        "start": found.start,
        "confidence": CONFIDENCE,
        "training": estimate(&found.training),
        "held_out": found.held_out.as_ref().map(estimate),
        "gain": found.gain.as_ref().map(estimate),
        "tried": found.tried,
        "settled": found.settled,
        "history": history.collect::<Vec<_>>(),
    })
}

/// Whether demand has a series that can be cut.
fn has_series(problem: &Problem) -> bool {
    let Problem { network, demand, .. } = problem;
    network
        .market
        .indices()
        .any(|link| demand.replays.series(link).is_some() || demand.config_of(link).external_series.is_some())
}
