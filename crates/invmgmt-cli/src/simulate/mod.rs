//! The command `simulate`.

mod figures;
mod html;
mod play;
mod print;
mod progress;

use std::io::Write;

use invmgmt::Problem;
use invmgmt_data::write_trajectory;

use crate::VideoWriter;
use crate::args::simulate::SimulateArgs;
use crate::endings::{check_ending, check_report};
use crate::failure::Failure;
use crate::problem;
use play::Outcome;

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
    let (problem, demand) = problem::of(&given.problem, &given.demand)?;
    let setting = Setting { given, command, problem, demand };
    let outcomes = play::play_all(&setting)?;
    write_files(&setting, &outcomes, video)?;
    if given.output.json {
        print::json(&setting, &outcomes, out)
    } else {
        print::table(&setting, &outcomes, out)
    }
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
