//! The arrays a batch writes its steps into, which a caller may hold and change too.

use numpy::npyffi::_PyArray_GET_ITEM_DATA;
use numpy::npyffi::flags::NPY_ARRAY_WRITEABLE;
use numpy::{Element, PyArray1, PyArray2, PyArrayDyn, PyArrayMethods, PyUntypedArray, PyUntypedArrayMethods};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// Arrays that a step writes, kept between steps where the caller asked for no copies.
#[derive(Debug)]
pub(super) struct Arrays {
    /// (rows, observation), of the batch's kind of number.
    pub(super) observations: Py<PyAny>,
    pub(super) rewards: Py<PyArray1<f64>>,
    pub(super) truncations: Py<PyArray1<bool>>,
    pub(super) played: Py<PyArray1<bool>>,
    pub(super) periods: Py<PyArray1<i64>>,
    pub(super) inventories: Py<PyArray1<f64>>,
    pub(super) backlogs: Py<PyArray1<f64>>,
    pub(super) sentiments: Py<PyArray1<f64>>,
}

impl Arrays {
    /// Checks that no array that is kept between steps was changed in place by the caller who holds it too.
    pub(super) fn check<F: Element>(&self, py: Python<'_>, observations: [usize; 2]) -> PyResult<()> {
        let rows = &observations[..1];
        as_made::<F>("observations", self.observations.bind(py), &observations)?;
        as_made::<f64>("rewards", self.rewards.bind(py), rows)?;
        as_made::<bool>("truncations (or terminations)", self.truncations.bind(py), rows)?;
        as_made::<bool>("the mask of rows that played", self.played.bind(py), rows)?;
        as_made::<i64>("infos['period']", self.periods.bind(py), rows)?;
        as_made::<f64>("infos['total_inventory']", self.inventories.bind(py), rows)?;
        as_made::<f64>("infos['total_backlog']", self.backlogs.bind(py), rows)?;
        as_made::<f64>("infos['sentiment']", self.sentiments.bind(py), rows)
    }

    /// Whether any of these numbers lies in an array of floats that is kept between steps.
    pub(super) fn hold<A>(&self, py: Python<'_>, numbers: &[A]) -> bool {
        let wanted = numbers.as_ptr_range();
        let (start, end) = (wanted.start as usize, wanted.end as usize);
        let observations = self.observations.bind(py);
        let kept = [&self.rewards, &self.inventories, &self.backlogs, &self.sentiments];
        let mut kept: Vec<(usize, usize)> =
            kept.iter().map(|array| (array.bind(py).data() as usize, array.bind(py).len() * 8)).collect();
        if let Ok(array) = observations.cast::<PyArray2<f64>>() {
            kept.push((array.data() as usize, array.len() * 8));
        } else if let Ok(array) = observations.cast::<PyArray2<f32>>() {
            kept.push((array.data() as usize, array.len() * 4));
        }
        kept.iter().any(|&(first, bytes)| start < first + bytes && first < end)
    }
}

/// Whether an array that was given out still has its kind, shape and flags; a caller may change them in place.
pub(super) fn is_as_made<F: Element>(array: &Bound<'_, PyAny>, shape: &[usize]) -> bool {
    array.cast::<PyArrayDyn<F>>().is_ok_and(|array| {
        // SAFETY: the pointer is that of a live array, whose flags are read with the lock held. Asking for a borrow
        // would not do: the caller's actions may be a view of this array.
        let flags = unsafe { (*_PyArray_GET_ITEM_DATA(array.as_array_ptr())).flags };
        array.shape() == shape && array.is_c_contiguous() && flags & NPY_ARRAY_WRITEABLE != 0
    })
}

/// Refuses an array that is no longer as it was made.
fn as_made<F: Element>(name: &str, array: &Bound<'_, PyAny>, shape: &[usize]) -> PyResult<()> {
    if is_as_made::<F>(array, shape) {
        return Ok(());
    }
    let found = array.cast::<PyUntypedArray>()?;
    Err(PyValueError::new_err(format!(
        "{name}, an array that copy=False keeps and each step overwrites, has been changed in place: it is now of {} \
         with shape {:?}; expected {} with shape {shape:?}, contiguous and writable. Nothing was played; the next step \
         makes new arrays",
        found.dtype(),
        found.shape(),
        F::get_dtype(array.py()),
    )))
}
