//! numpy's generator as the engine's stream: one stream, and no copy of it.

use std::ptr::NonNull;

use invmgmt::random::Stream;
use numpy::npyffi::random::bitgen_t;
use pyo3::exceptions::PyTypeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

/// Draws straight from the bit generator of a `numpy.random.Generator` through numpy's C interface.
#[derive(Debug)]
pub struct NumpyStream {
    raw: NonNull<bitgen_t>,
    /// The `Generator` this stream belongs to; it owns what `raw` points to.
    generator: Py<PyAny>,
}

// SAFETY: `raw` is followed only by `Stream`'s methods, which are called inside methods of Python classes, that is
// with the interpreter's lock held; `generator` keeps the memory alive.
unsafe impl Send for NumpyStream {}
// SAFETY: as above; no method of a shared reference follows `raw`.
unsafe impl Sync for NumpyStream {}

impl NumpyStream {
    /// The stream of a `numpy.random.Generator`.
    pub fn new(generator: &Bound<'_, PyAny>) -> PyResult<Self> {
        let py = generator.py();
        let refuse = |_| {
            let found = generator.get_type();
            PyTypeError::new_err(format!("np_random is a {found}; expected a numpy.random.Generator"))
        };
        let capsule = generator
            .getattr(intern!(py, "bit_generator"))
            .and_then(|bits| bits.getattr(intern!(py, "capsule")))
            .map_err(refuse)?
            .cast_into::<PyCapsule>()
            .map_err(|error| refuse(error.into()))?;
        let raw = capsule.pointer_checked(Some(c"BitGenerator")).map_err(refuse)?;
        Ok(Self { raw: raw.cast(), generator: generator.clone().unbind() })
    }

    /// The `Generator` this stream draws from.
    pub fn generator(&self) -> &Py<PyAny> {
        &self.generator
    }
}

impl Stream for NumpyStream {
    fn next_u64(&mut self) -> u64 {
        // SAFETY: `raw` points to the bit generator's live interface, and no other draw runs at the same time.
        unsafe { (self.raw.as_ref().next_uint64)(self.raw.as_ref().state) }
    }

    fn next_u32(&mut self) -> u32 {
        // SAFETY: as above.
        unsafe { (self.raw.as_ref().next_uint32)(self.raw.as_ref().state) }
    }

    fn next_f64(&mut self) -> f64 {
        // SAFETY: as above. Asking for a double, not for bits, keeps to the bit generator's own conversion.
        unsafe { (self.raw.as_ref().next_double)(self.raw.as_ref().state) }
    }
}
