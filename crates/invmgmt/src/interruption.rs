//! Work that can be ended early.
//!
//! Whoever starts long work does so by [`interruptible`] and keeps the [`Interruption`]. The work asks from time to
//! time ([`current`]) and gives up, with an error of its own, once it was requested. Work that nobody interrupts runs
//! to its end.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A request to end, shared by those who may make it and those who heed it.
#[derive(Clone, Debug, Default)]
pub struct Interruption(Arc<AtomicBool>);

impl Interruption {
    /// Asks the work to end.
    pub fn request(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether the work is to end.
    pub fn is_requested(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

thread_local! {
    static CURRENT: RefCell<Interruption> = RefCell::default();
}

/// Runs work on this thread that ends early if the interruption is requested.
pub fn interruptible<T>(interruption: &Interruption, work: impl FnOnce() -> T) -> T {
    let before = CURRENT.replace(interruption.clone());
    let result = work();
    CURRENT.set(before);
    result
}

/// The interruption of the work this thread is at. Threads it starts know of it only if they are told.
pub fn current() -> Interruption {
    CURRENT.with_borrow(Clone::clone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_knows_of_its_own_interruption_and_no_longer_than_it_lasts() {
        let (outer, inner) = (Interruption::default(), Interruption::default());
        interruptible(&outer, || {
            interruptible(&inner, || {
                inner.request();
                assert!(current().is_requested());
            });
            assert!(!current().is_requested());
        });
        inner.request();
        assert!(!current().is_requested());
    }
}
