//! The live matrices of a single environment: numpy arrays that a user may read, write and replace.

use invmgmt::episode::{Columns, Symbol};
use numpy::{Element, PyArrayDescrMethods, PyArrayDyn, PyArrayMethods, PyUntypedArrayMethods};
use pyo3::exceptions::{PyAttributeError, PyValueError};
use pyo3::prelude::*;

use crate::convert::refuse_masked;

/// The matrix of this letter.
pub fn symbol_named(letter: &str) -> PyResult<Symbol> {
    Symbol::named(letter).ok_or_else(|| PyAttributeError::new_err(format!("no matrix '{letter}'")))
}

/// The letters of the matrices that episodes on a network have, and what the columns of each belong to.
pub fn recorded(network: &invmgmt::network::Network) -> Vec<(&'static str, Vec<String>)> {
    Symbol::of(network).map(|symbol| (symbol.facts().letter, symbol.column_names(network))).collect()
}

/// Whether a matrix is an array of one dimension: it has no columns.
fn is_flat(symbol: Symbol) -> bool {
    symbol.facts().columns == Columns::None
}

/// Whether doubles at this address can be read as a slice.
pub fn is_aligned(data: *const f64) -> bool {
    data.is_aligned()
}

/// The arrays of one episode.
#[derive(Debug)]
pub struct Matrices {
    arrays: [Py<PyArrayDyn<f64>>; Symbol::COUNT],
    columns: [usize; Symbol::COUNT],
    periods: usize,
}

impl Matrices {
    /// Fresh zeros for an episode of this length.
    pub fn zeros(py: Python<'_>, network: &invmgmt::network::Network, periods: usize) -> Self {
        let columns = Symbol::ALL.map(|symbol| symbol.width(network));
        let arrays = Symbol::ALL.map(|symbol| {
            let shape: &[usize] = &[symbol.rows(periods), columns[symbol as usize]];
            let shape = if is_flat(symbol) { &shape[..1] } else { shape };
            PyArrayDyn::zeros(py, shape, false).unbind()
        });
        Self { arrays, columns, periods }
    }

    /// Rows there are for periods to play.
    pub fn periods(&self) -> usize {
        self.periods
    }

    /// The array itself.
    pub fn array<'py>(&self, py: Python<'py>, symbol: Symbol) -> Bound<'py, PyArrayDyn<f64>> {
        self.arrays[symbol as usize].bind(py).clone()
    }

    /// Puts another array in the place of one; it must have the same shape and be written to directly.
    pub fn replace(&mut self, symbol: Symbol, array: &Bound<'_, PyAny>) -> PyResult<()> {
        let name = symbol.facts().letter;
        let array = array.cast::<PyArrayDyn<f64>>().map_err(|_| {
            PyValueError::new_err(format!(
                "{name} must be a numpy array of float64; found a {}. The environment is unchanged",
                array.get_type()
            ))
        })?;
        refuse_masked(array.as_any(), name)?;
        if !self.fits(symbol, array) || array.try_readwrite().is_err() {
            let shape = array.shape();
            return Err(PyValueError::new_err(format!(
                "{name} must be a writable, aligned, C-contiguous array of shape {}; found shape {shape:?}. \
                 The environment is unchanged",
                self.shape_text(symbol)
            )));
        }
        self.arrays[symbol as usize] = array.clone().unbind();
        Ok(())
    }

    fn shape_text(&self, symbol: Symbol) -> String {
        let rows = symbol.rows(self.periods);
        let columns = self.columns[symbol as usize];
        if is_flat(symbol) { format!("({rows},)") } else { format!("({rows}, {columns})") }
    }

    fn fits(&self, symbol: Symbol, array: &Bound<'_, PyArrayDyn<f64>>) -> bool {
        let (rows, columns) = (symbol.rows(self.periods), self.columns[symbol as usize]);
        let shape_fits = match array.shape() {
            [found] => is_flat(symbol) && *found == rows,
            [found_rows, found_columns] => *found_rows == rows && *found_columns == columns,
            _ => false,
        };
        shape_fits && array.is_c_contiguous() && is_aligned(array.data())
    }

    /// Checks all matrices before anything is written: a user may change an array in place between steps.
    pub fn check(&self, py: Python<'_>) -> PyResult<()> {
        for symbol in Symbol::ALL {
            let array = self.fitting(py, symbol)?;
            if !array.dtype().is_equiv_to(&f64::get_dtype(py)) {
                return Err(PyValueError::new_err(format!(
                    "{} has been made an array of {}; expected float64. Call reset for new arrays",
                    symbol.facts().letter,
                    array.dtype()
                )));
            }
        }
        Ok(())
    }

    /// One row to read and write.
    ///
    /// A user may reshape an array in place between steps, so its shape is looked at each time.
    #[inline]
    pub fn row<'a>(&'a self, py: Python<'a>, symbol: Symbol, row: usize) -> PyResult<&'a mut [f64]> {
        let columns = self.columns[symbol as usize];
        let values = self.values(py, symbol)?;
        Ok(&mut values[row * columns..(row + 1) * columns])
    }

    /// All rows to read and write.
    #[inline]
    #[allow(clippy::mut_from_ref, reason = "the memory belongs to numpy; see the safety comment")]
    pub fn values<'a>(&'a self, py: Python<'a>, symbol: Symbol) -> PyResult<&'a mut [f64]> {
        let array = self.fitting(py, symbol)?;
        // SAFETY: the array is float64 and contiguous, and its length was just checked. The slice lives only
        // between two calls into Python, with the interpreter's lock held, so nobody else touches the memory; each
        // array is opened at most once at a time by the callers in this crate.
        unsafe { array.as_slice_mut() }.map_err(|error| PyValueError::new_err(error.to_string()))
    }

    /// An array that still has its shape and order.
    fn fitting<'a>(&'a self, py: Python<'a>, symbol: Symbol) -> PyResult<&'a Bound<'a, PyArrayDyn<f64>>> {
        let array = self.arrays[symbol as usize].bind(py);
        if !self.fits(symbol, array) {
            return Err(PyValueError::new_err(format!(
                "{} has been reshaped to {:?}; expected {}. Call reset for new arrays",
                symbol.facts().letter,
                array.shape(),
                self.shape_text(symbol)
            )));
        }
        Ok(array)
    }
}
