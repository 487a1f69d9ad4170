//! One call at a time: what Python code may run inside of, another call may meet half done.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use pyo3::PyClass;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::pyclass::boolean_struct::False;

/// What messages call a demand engine.
pub const ENGINE: &str = "the demand engine";

/// Whether a call is under way that runs Python code in between.
#[derive(Debug, Default)]
pub struct Turn(Arc<AtomicBool>);

/// A turn that was taken; given back when it is dropped.
#[derive(Debug)]
pub struct Taken(Arc<AtomicBool>);

impl Turn {
    /// Takes the turn; refused while another call has it.
    pub fn take(&self, what: &str) -> PyResult<Taken> {
        if self.0.swap(true, Ordering::Relaxed) {
            return Err(busy(what));
        }
        Ok(Taken(Arc::clone(&self.0)))
    }

    /// Refused while a call has the turn.
    pub fn check(&self, what: &str) -> PyResult<()> {
        if self.0.load(Ordering::Relaxed) { Err(busy(what)) } else { Ok(()) }
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

/// An object to read, unless another call is changing it.
pub fn shared<'py, T: PyClass>(object: &Bound<'py, T>, what: &str) -> PyResult<PyRef<'py, T>> {
    object.try_borrow().map_err(|_| busy(what))
}

/// An object to change, unless another call has it in use.
pub fn exclusive<'py, T: PyClass<Frozen = False>>(
    object: &Bound<'py, T>,
    what: &str,
) -> PyResult<PyRefMut<'py, T>> {
    object.try_borrow_mut().map_err(|_| busy(what))
}

fn busy(what: &str) -> PyErr {
    PyRuntimeError::new_err(format!(
        "{what} is in the middle of another call: one of another thread, or the one that runs the code which calls \
         now (an action's __array__, a method of a demand engine). It takes one call at a time. This one changed \
         nothing"
    ))
}
