//! A progress bar for long work.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// Work shorter than this shows no bar.
const PATIENCE: Duration = Duration::from_secs(1);

/// Counts periods played; draws a bar on stderr if that is a terminal and the work takes its time.
pub(super) struct Progress {
    started: Instant,
    total: u64,
    done: u64,
    terminal: bool,
    bar: Option<ProgressBar>,
}

impl Progress {
    /// Nothing of `total` periods played yet.
    pub fn new(total: u64) -> Self {
        Self { started: Instant::now(), total, done: 0, terminal: std::io::stderr().is_terminal(), bar: None }
    }

    /// So many periods more are played.
    pub fn advance(&mut self, periods: usize) {
        self.done += periods as u64;
        if self.bar.is_none() && self.terminal && self.started.elapsed() > PATIENCE {
            let style =
                ProgressStyle::with_template("{bar:40} {percent:>3} %  {human_pos} periods, {eta} left")
                    .expect("a sound template");
            self.bar =
                Some(ProgressBar::new(self.total).with_style(style).with_elapsed(self.started.elapsed()));
        }
        if let Some(bar) = &self.bar {
            bar.set_position(self.done);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
