//! The command `simulate`.

pub(crate) mod demand;
mod figures;
mod html;
mod play;
mod print;
mod progress;
mod seeds;

use std::io::Write;
use std::path::Path;

use invmgmt::Problem;
use invmgmt::period::Rules;
use invmgmt_data::write_trajectory;

use crate::VideoWriter;
use crate::args::{DemandArgs, ProblemArgs, SimulateArgs};
use crate::failure::Failure;
use crate::{networks, scenarios};
use play::Outcome;

pub(crate) use seeds::Seeds;

/// Everything that is known before the first period is played.
struct Setting<'a> {
    given: &'a SimulateArgs,
    command: &'a str,
    problem: Problem,
    /// Its demand in words.
    demand: String,
}

/// Plays the policies asked for and says how they did.
pub(crate) fn run(
    given: &SimulateArgs,
    command: &str,
    video: Option<VideoWriter<'_>>,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    // What could not be written in the end is refused before anything is played.
    if let Some(path) = &given.output.trajectory {
        check_ending("--trajectory", path, &["npz", "csv"])?;
    }
    if let Some(path) = &given.output.report {
        check_report(path)?;
    }
    if let Some(path) = &given.output.video {
        check_ending("--video", path, &["gif"])?;
        if video.is_none() {
            return Err(Failure::Refused(
                "--video: this program draws no moving pictures; the one that comes with the Python package does \
                 (pip install gym-invmgmt). Nothing was played; --report writes pictures that do not move"
                    .to_owned(),
            ));
        }
    }
    let (problem, demand) = problem(&given.problem, &given.demand)?;
    let setting = Setting { given, command, problem, demand };
    let outcomes = play::play_all(&setting)?;
    write_files(&setting, &outcomes, video)?;
    if given.output.json {
        print::json(&setting, &outcomes, out)
    } else {
        print::table(&setting, &outcomes, out)
    }
}

/// What is played, from a scenario or from single options; and its demand in words.
pub(crate) fn problem(given: &ProblemArgs, drawn: &DemandArgs) -> Result<(Problem, String), Failure> {
    if let Some(scenario) = &given.scenario {
        let scenario = scenarios::load(scenario)?;
        let description = demand::of_scenario(&scenario).description;
        return Ok((scenario.problem, description));
    }
    let network = networks::load(&given.network)?;
    let demand = demand::build(drawn, &network, given.periods)?;
    let rules = Rules { backlog: !given.lost_sales, discount: given.discount };
    Ok((Problem::new(network, demand.model, rules, demand.num_periods), demand.description))
}

/// Refuses a report whose name promises another kind of file than HTML; a name without an ending promises nothing.
pub(crate) fn check_report(path: &Path) -> Result<(), Failure> {
    if path.extension().is_none() { Ok(()) } else { check_ending("--report", path, &["html", "htm"]) }
}

/// Refuses a file name that does not end as it must.
pub(crate) fn check_ending(option: &str, path: &Path, allowed: &[&str]) -> Result<(), Failure> {
    let is_allowed =
        |ending: &std::ffi::OsStr| allowed.iter().any(|known| ending.eq_ignore_ascii_case(known));
    if path.extension().is_some_and(is_allowed) {
        return Ok(());
    }
    Err(Failure::Usage(format!(
        "{option} {}: the name must end in .{}",
        path.to_string_lossy().escape_debug(),
        allowed.join(" or .")
    )))
}

fn write_files(
    setting: &Setting<'_>,
    outcomes: &[Outcome],
    video: Option<VideoWriter<'_>>,
) -> Result<(), Failure> {
    let output = &setting.given.output;
    let record = outcomes[0].first_record.as_ref();
    if let (Some(path), Some(record)) = (&output.trajectory, record) {
        write_trajectory(path, &setting.problem.network, record).map_err(Failure::refused)?;
    }
    if let (Some(path), Some(record), Some(write_video)) = (&output.video, record, video) {
        write_video(path, &setting.problem.network, record)
            .map_err(|why| Failure::Refused(format!("--video: {why}")))?;
    }
    if let Some(path) = &output.report {
        html::write(path, setting, outcomes)?;
    }
    Ok(())
}
