//! The command `simulate`.

mod demand;
mod figures;
mod html;
mod play;
mod print;
mod progress;
mod seeds;

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use invmgmt::network::Network;
use invmgmt::period::Rules;
use invmgmt_data::write_trajectory;

use crate::args::SimulateArgs;
use crate::failure::Failure;
use crate::{networks, scenarios};
use demand::Demand;
use play::Outcome;

pub(crate) use seeds::Seeds;

/// Everything that is known before the first period is played.
struct Setting<'a> {
    given: &'a SimulateArgs,
    command: &'a str,
    network: Network,
    demand: Demand,
    rules: Rules,
}

/// Plays the policies asked for and says how they did.
pub(crate) fn run(given: &SimulateArgs, command: &str, out: &mut dyn Write) -> Result<(), Failure> {
    if let Some(path) = &given.output.trajectory {
        check_ending(path)?;
    }
    let (network, demand, rules) = if let Some(scenario) = &given.scenario {
        let scenario = scenarios::load(scenario)?;
        let demand = demand::of_scenario(&scenario);
        (Arc::unwrap_or_clone(scenario.network), demand, scenario.rules)
    } else {
        let network = networks::load(&given.network)?;
        let demand = demand::build(&given.demand, &network, given.periods)?;
        (network, demand, Rules { backlog: !given.lost_sales, discount: given.discount })
    };
    let setting = Setting { given, command, network, demand, rules };
    let outcomes = play::play_all(&setting)?;
    write_files(&setting, &outcomes)?;
    if given.output.json {
        print::json(&setting, &outcomes, out)
    } else {
        print::table(&setting, &outcomes, out)
    }
}

/// Refuses a file name that could not be written in the end before anything is played.
fn check_ending(path: &Path) -> Result<(), Failure> {
    let known =
        |ending: &std::ffi::OsStr| ending.eq_ignore_ascii_case("npz") || ending.eq_ignore_ascii_case("csv");
    if path.extension().is_some_and(known) {
        return Ok(());
    }
    Err(Failure::Usage(format!(
        "--trajectory {}: the name must end in .npz or .csv",
        path.to_string_lossy().escape_debug()
    )))
}

fn write_files(setting: &Setting<'_>, outcomes: &[Outcome]) -> Result<(), Failure> {
    let output = &setting.given.output;
    if let (Some(path), Some(record)) = (&output.trajectory, outcomes[0].first_record.as_ref()) {
        write_trajectory(path, &setting.network, record).map_err(Failure::refused)?;
    }
    if let Some(path) = &output.report {
        html::write(path, setting, outcomes)?;
    }
    Ok(())
}
