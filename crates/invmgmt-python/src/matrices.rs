//! The live matrices of a single environment: numpy arrays that a user may read, write and replace.

use numpy::{Element, PyArrayDescrMethods, PyArrayDyn, PyArrayMethods, PyUntypedArrayMethods};
use pyo3::exceptions::{PyAttributeError, PyValueError};
use pyo3::prelude::*;

use crate::convert::refuse_masked;

/// Names of the matrices, in the order of [`Symbol`].
pub const SYMBOLS: [&str; 9] = ["X", "Y", "R", "S", "D", "U", "P", "GW", "action_log"];

/// Which matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Symbol {
    /// Stock, (T + 1, nodes).
    X,
    /// On order, (T + 1, supply links).
    Y,
    /// Filled, (T, supply links).
    R,
    /// Moved, (T, links).
    S,
    /// Demand, (T, market links).
    D,
    /// Unmet, (T, market links).
    U,
    /// Profit, (T, nodes).
    P,
    /// Sentiment, (T,).
    Gw,
    /// Requested, (T, supply links).
    ActionLog,
}

impl Symbol {
    const ALL: [Self; 9] =
        [Self::X, Self::Y, Self::R, Self::S, Self::D, Self::U, Self::P, Self::Gw, Self::ActionLog];

    /// The matrix of this name.
    pub fn named(name: &str) -> PyResult<Self> {
        SYMBOLS
            .iter()
            .position(|known| *known == name)
            .map(|position| Self::ALL[position])
            .ok_or_else(|| PyAttributeError::new_err(format!("no matrix '{name}'")))
    }

    fn extra_rows(self) -> usize {
        usize::from(matches!(self, Self::X | Self::Y))
    }
}

/// Whether doubles at this address can be read as a slice.
pub fn is_aligned(data: *const f64) -> bool {
    data.is_aligned()
}

/// The nine arrays of one episode.
#[derive(Debug)]
pub struct Matrices {
    arrays: [Py<PyArrayDyn<f64>>; 9],
    columns: [usize; 9],
    periods: usize,
}

impl Matrices {
    /// Fresh zeros for an episode of this length.
    pub fn zeros(py: Python<'_>, network: &invmgmt::network::Network, periods: usize) -> Self {
        let (nodes, links) = (network.nodes.len(), network.links.len());
        let (supply, market) = (network.supply.len(), network.market.len());
        let columns = [nodes, supply, supply, links, market, market, nodes, 1, supply];
        let arrays = std::array::from_fn(|position| {
            let symbol = Symbol::ALL[position];
            let shape: &[usize] = &[periods + symbol.extra_rows(), columns[position]];
            let shape = if symbol == Symbol::Gw { &shape[..1] } else { shape };
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
        let name = SYMBOLS[symbol as usize];
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
        let rows = self.periods + symbol.extra_rows();
        let columns = self.columns[symbol as usize];
        if symbol == Symbol::Gw { format!("({rows},)") } else { format!("({rows}, {columns})") }
    }

    fn fits(&self, symbol: Symbol, array: &Bound<'_, PyArrayDyn<f64>>) -> bool {
        let (rows, columns) = (self.periods + symbol.extra_rows(), self.columns[symbol as usize]);
        let shape_fits = match array.shape() {
            [found] => symbol == Symbol::Gw && *found == rows,
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
                    SYMBOLS[symbol as usize],
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
                SYMBOLS[symbol as usize],
                array.shape(),
                self.shape_text(symbol)
            )));
        }
        Ok(array)
    }
}
