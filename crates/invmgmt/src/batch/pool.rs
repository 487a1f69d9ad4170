//! A pool of threads of the batch's own, built when first needed and built anew after a fork.

use std::mem;

use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::network::Network;

/// A step below this much work is done on the caller's thread: waking others takes about 10 us [ns].
const PARALLEL_FROM: usize = 60_000;
/// Rough work of a row: a part that is always there, a part per supply link, and one per market link, where a draw is
/// made [ns].
const WORK_PER_ROW: usize = 20;
const WORK_PER_SUPPLY_LINK: usize = 6;
const WORK_PER_MARKET_LINK: usize = 40;

/// Threads to play chunks on.
#[derive(Debug)]
pub(super) struct Pool {
    threads: usize,
    /// The process that built the pool, and the pool: threads do not survive a fork.
    built: Option<(u32, ThreadPool)>,
}

impl Pool {
    pub fn new(threads: usize) -> Self {
        Self { threads, built: None }
    }

    /// How many threads are worth using for this many rows.
    pub fn threads_for(&self, rows: usize, network: &Network) -> usize {
        let (supply, market) = (network.supply.len(), network.market.len());
        let work = rows * (WORK_PER_ROW + WORK_PER_SUPPLY_LINK * supply + WORK_PER_MARKET_LINK * market);
        // Each further thread must find work worth waking it for.
        if work < PARALLEL_FROM { 1 } else { self.threads.min(work / (PARALLEL_FROM / 2)) }
    }

    /// Runs a job on the pool. Where no threads can be had, the job runs on the caller's.
    pub fn run<R: Send>(&mut self, job: impl FnOnce() -> R + Send) -> R {
        match self.built() {
            Some(pool) => pool.install(job),
            None => job(),
        }
    }

    /// Runs a job on the caller's thread and others beside it on the pool, until all have ended. Where no threads can
    /// be had, the caller's runs them all.
    pub fn run_beside<J: FnOnce() + Send>(&mut self, own: impl FnOnce(), others: impl Iterator<Item = J>) {
        let Some(pool) = self.built() else {
            own();
            return others.for_each(|job| job());
        };
        pool.in_place_scope(|scope| {
            others.for_each(|job| scope.spawn(|_| job()));
            own();
        });
    }

    /// The pool of this process.
    fn built(&mut self) -> Option<&ThreadPool> {
        let process = std::process::id();
        if self.built.as_ref().is_none_or(|(builder, _)| *builder != process) {
            // The parent's pool: its threads are not here, so waiting for them to end would hang.
            mem::forget(self.built.take());
            self.built = ThreadPoolBuilder::new()
                .num_threads(self.threads)
                .thread_name(|index| format!("invmgmt-{index}"))
                .build()
                .ok()
                .map(|pool| (process, pool));
        }
        self.built.as_ref().map(|(_, pool)| pool)
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        if self.built.as_ref().is_some_and(|(builder, _)| *builder != std::process::id()) {
            mem::forget(self.built.take());
        }
    }
}
