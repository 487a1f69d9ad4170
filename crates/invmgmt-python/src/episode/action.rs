//! Actions from Python: an array, anything numpy makes one of, or a dict by link.

use invmgmt::action::ActionMode;
use numpy::{PyArray1, PyArrayMethods, PyUntypedArrayMethods};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::Episode;
use crate::convert::refuse_masked;
use crate::matrices::is_aligned;

/// What reading an action needs to know of the episode, which may meanwhile be read by the action's own code.
pub(super) struct ActionReader {
    mode: ActionMode,
    entries: usize,
    /// Position of each supply link by (supplier, buyer).
    supply_links: Py<PyDict>,
}

impl Episode {
    /// Copies an action that is a plain array of doubles, and says whether it is. No Python code runs.
    pub(super) fn copy_action(&mut self, action: &Bound<'_, PyAny>) -> bool {
        if let Ok(array) = action.cast_exact::<PyArray1<f64>>()
            && array.len() == self.action.len()
            && array.is_c_contiguous()
            && is_aligned(array.data())
            // SAFETY: the slice is copied at once, with the interpreter's lock held.
            && let Ok(values) = unsafe { array.as_slice() }
        {
            self.action.copy_from_slice(values);
            return true;
        }
        false
    }

    /// How other actions are read.
    pub(super) fn action_reader(&self, py: Python<'_>) -> ActionReader {
        ActionReader {
            mode: self.actions.mode(),
            entries: self.action.len(),
            supply_links: self.supply_links.clone_ref(py),
        }
    }

    /// Checks the numbers of the action that was read.
    pub(super) fn check_action(&self) -> PyResult<()> {
        self.actions
            .check(&self.network, &self.action)
            .map_err(|(_, error)| PyValueError::new_err(format!("{error}. Nothing was changed")))
    }
}

impl ActionReader {
    /// The numbers of an action.
    pub(super) fn read(&self, action: &Bound<'_, PyAny>) -> PyResult<Vec<f64>> {
        action.cast::<PyDict>().map_or_else(|_| self.read_numbers(action), |orders| self.read_orders(orders))
    }

    /// Reads anything numpy makes a row of real numbers of.
    fn read_numbers(&self, action: &Bound<'_, PyAny>) -> PyResult<Vec<f64>> {
        let py = action.py();
        let unreadable = |error: PyErr| {
            let why = error.value(py);
            PyValueError::new_err(format!("action cannot be read: {why}. Nothing was changed"))
        };
        refuse_masked(action, "action")?;
        let array = py.import("numpy")?.call_method1("asarray", (action,)).map_err(unreadable)?;
        if array.getattr("dtype")?.getattr("kind")?.extract::<String>()? == "c" {
            let message = "action holds complex numbers; expected real ones. Nothing was changed";
            return Err(PyValueError::new_err(message));
        }
        let array = array.call_method1("astype", ("float64",)).map_err(unreadable)?;
        let shape: Vec<usize> = array.getattr("shape")?.extract()?;
        if shape != [self.entries] {
            return Err(PyValueError::new_err(format!(
                "action has shape {}; expected ({},), {}. Nothing was changed",
                array.getattr("shape")?,
                self.entries,
                self.mode.entries()
            )));
        }
        array.call_method0("tolist")?.extract()
    }

    fn read_orders(&self, orders: &Bound<'_, PyDict>) -> PyResult<Vec<f64>> {
        if !matches!(self.mode, ActionMode::Raw | ActionMode::Integer) {
            return Err(PyValueError::new_err(format!(
                "action is a dict; in this action_mode expected an array of {} numbers, {}. Nothing was changed",
                self.entries,
                self.mode.entries()
            )));
        }
        let links = self.supply_links.bind(orders.py());
        let mut quantities = vec![0.0; self.entries];
        for (edge, quantity) in orders.iter() {
            let position: usize = links
                .get_item(&edge)
                .ok()
                .flatten()
                .ok_or_else(|| {
                    PyValueError::new_err(format!(
                        "action orders on {}, which is no supply link; known: {}. Nothing was changed",
                        shown(&edge),
                        links.keys()
                    ))
                })?
                .extract()?;
            quantities[position] = quantity.extract().map_err(|_| {
                PyValueError::new_err(format!(
                    "action[{}] is {}; expected a number. Nothing was changed",
                    shown(&edge),
                    shown(&quantity)
                ))
            })?;
        }
        Ok(quantities)
    }
}

/// A Python object as a message shows it, control characters escaped.
fn shown(value: &Bound<'_, PyAny>) -> String {
    value.repr().map_or_else(|_| "an object".to_owned(), |repr| repr.to_string())
}
