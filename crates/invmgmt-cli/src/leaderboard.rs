//! The command `leaderboard`.

use std::io::Write;

use invmgmt_benchmark::leaderboard;
use invmgmt_data::replace_file;

use crate::args::benchmark::LeaderboardArgs;
use crate::failure::Failure;

/// Merges folders of results that check, and says who comes how close.
pub(crate) fn run(given: &LeaderboardArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let board = leaderboard(&given.folders, !given.no_replay, threads).map_err(Failure::refused)?;
    if let Some(path) = &given.out {
        replace_file(path, |file| file.write_all(board.to_json().as_bytes())).map_err(Failure::refused)?;
    }
    if given.json {
        write!(out, "{}", board.to_json())?;
    } else {
        write!(out, "{}", board.table())?;
    }
    Ok(())
}
