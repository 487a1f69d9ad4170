//! Actions from Python: an array, anything numpy makes one of, or a dict by link.

use invmgmt::action::ActionMode;
use numpy::{PyArray1, PyArrayMethods, PyUntypedArrayMethods};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::Episode;
use crate::matrices::is_aligned;

impl Episode {
    /// Copies the action into `action`, converted and checked; on error nothing of the episode has changed.
    pub(super) fn read_action(&mut self, action: &Bound<'_, PyAny>) -> PyResult<()> {
        if let Ok(array) = action.cast::<PyArray1<f64>>()
            && array.len() == self.action.len()
            && array.is_c_contiguous()
            && is_aligned(array.data())
        {
            // SAFETY: the slice is copied at once, with the interpreter's lock held.
            self.action.copy_from_slice(unsafe { array.as_slice()? });
        } else if let Ok(orders) = action.cast::<PyDict>() {
            self.read_orders(orders)?;
        } else {
            self.read_numbers(action)?;
        }
        self.actions
            .check(&self.network, &self.action)
            .map_err(|(_, error)| PyValueError::new_err(format!("{error}. Nothing was changed")))
    }

    /// Reads anything numpy makes a row of real numbers of.
    fn read_numbers(&mut self, action: &Bound<'_, PyAny>) -> PyResult<()> {
        let py = action.py();
        let unreadable = |error: PyErr| {
            let why = error.value(py);
            PyValueError::new_err(format!("action cannot be read: {why}. Nothing was changed"))
        };
        let array = py.import("numpy")?.call_method1("asarray", (action,)).map_err(unreadable)?;
        if array.getattr("dtype")?.getattr("kind")?.extract::<String>()? == "c" {
            let message = "action holds complex numbers; expected real ones. Nothing was changed";
            return Err(PyValueError::new_err(message));
        }
        let array = array.call_method1("astype", ("float64",)).map_err(unreadable)?;
        let shape: Vec<usize> = array.getattr("shape")?.extract()?;
        if shape != [self.action.len()] {
            return Err(PyValueError::new_err(format!(
                "action has shape {}; expected ({},), {}. Nothing was changed",
                array.getattr("shape")?,
                self.action.len(),
                self.actions.mode().entries()
            )));
        }
        self.action.copy_from_slice(&array.call_method0("tolist")?.extract::<Vec<f64>>()?);
        Ok(())
    }

    fn read_orders(&mut self, orders: &Bound<'_, PyDict>) -> PyResult<()> {
        if !matches!(self.actions.mode(), ActionMode::Raw | ActionMode::Integer) {
            return Err(PyValueError::new_err(format!(
                "action is a dict; in this action_mode expected an array of {} numbers, {}. Nothing was changed",
                self.action.len(),
                self.actions.mode().entries()
            )));
        }
        let links = self.supply_links.bind(orders.py());
        self.action.fill(0.0);
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
            self.action[position] = quantity.extract().map_err(|_| {
                PyValueError::new_err(format!(
                    "action[{}] is {}; expected a number. Nothing was changed",
                    shown(&edge),
                    shown(&quantity)
                ))
            })?;
        }
        Ok(())
    }
}

/// A Python object as a message shows it, control characters escaped.
fn shown(value: &Bound<'_, PyAny>) -> String {
    value.repr().map_or_else(|_| "an object".to_owned(), |repr| repr.to_string())
}
