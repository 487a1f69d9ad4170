//! Long work that Ctrl-C ends.

use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::Duration;

use invmgmt::interruption::{Interruption, interruptible as heeding};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;

/// How often Python is asked whether Ctrl-C was pressed.
const GLANCE: Duration = Duration::from_millis(50);
/// How long work that is to end is waited for. What takes longer (a large programme being solved) goes on by itself
/// until it next asks, and its result is dropped.
const PATIENCE: Duration = Duration::from_secs(1);

/// The result of work without Python, done on a thread of its own while this one looks for Ctrl-C.
///
/// # Errors
/// What a signal's handler raises: `KeyboardInterrupt`, if nobody set another one.
pub fn interruptible<T: Send + 'static>(
    py: Python<'_>,
    work: impl FnOnce() -> T + Send + 'static,
) -> PyResult<T> {
    let interruption = Interruption::default();
    let (sender, receiver) = sync_channel(1);
    let theirs = interruption.clone();
    let thread = std::thread::Builder::new().name("gym-invmgmt".to_owned()).spawn(move || {
        // Nobody may be waiting any more.
        let _ = sender.send(heeding(&theirs, work));
    })?;
    py.detach(move || {
        loop {
            match receiver.recv_timeout(GLANCE) {
                Ok(result) => return Ok(result),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => match thread.join() {
                    Err(panic) => std::panic::resume_unwind(panic),
                    Ok(()) => return Err(PyRuntimeError::new_err("the work ended without a result")),
                },
            }
            // The method itself is not general enough: it is one function per lifetime.
            #[expect(clippy::redundant_closure_for_method_calls)]
            let signalled = Python::attach(|py| py.check_signals());
            if let Err(signal) = signalled {
                interruption.request();
                // Whether it ended in time makes no difference to the caller.
                let _ = receiver.recv_timeout(PATIENCE);
                return Err(signal);
            }
        }
    })
}
