//! Domain randomisation, as Python holds it.

use invmgmt::demand::{Drawn, Randomization as EngineRandomization};
use numpy::{IntoPyArray, PyArray1};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::demand::row;
use crate::stream::NumpyStream;

/// What may be drawn at a reset.
#[derive(Debug)]
#[pyclass(frozen, module = "gym_invmgmt._native")]
pub struct Randomization {
    pub options: EngineRandomization,
}

/// Effects, goodwill, noise scale, external series and backlog rule that were drawn.
type Draw<'py> = (Vec<&'static str>, bool, f64, Option<Bound<'py, PyArray1<f64>>>, Option<bool>);

#[pymethods]
impl Randomization {
    #[new]
    #[pyo3(signature = (*, effect_options, effect_prob, goodwill_options, backlog_options, noise_scale_range,
                        external_series_prob, external_series_length, base_mu, given))]
    #[allow(clippy::too_many_arguments, reason = "keyword arguments of a Python function")]
    fn new(
        effect_options: Vec<String>,
        effect_prob: f64,
        goodwill_options: Vec<bool>,
        backlog_options: Option<Vec<bool>>,
        noise_scale_range: (f64, f64),
        external_series_prob: f64,
        external_series_length: Option<usize>,
        base_mu: f64,
        given: Vec<(String, f64)>,
    ) -> PyResult<Self> {
        let options = EngineRandomization {
            effect_options,
            effect_prob,
            goodwill_options,
            backlog_options,
            noise_scale_range,
            external_series_prob,
            external_series_length,
            base_mu,
            given: given.iter().map(|(name, number)| Ok((row(name)?, *number))).collect::<PyResult<_>>()?,
        };
        options.check().map_err(|error| PyValueError::new_err(error.to_string()))?;
        Ok(Self { options })
    }

    /// Draws from a `numpy.random.Generator`: effects, goodwill, noise scale, external series, backlog rule.
    fn draw<'py>(&self, generator: &Bound<'py, PyAny>, num_periods: usize) -> PyResult<Draw<'py>> {
        let mut stream = NumpyStream::new(generator)?;
        let Drawn { effects, use_goodwill, noise_scale, external_series, backlog } =
            self.options.draw(&mut stream, num_periods);
        let series = external_series.map(|series| series.into_pyarray(generator.py()));
        Ok((effects.names().collect(), use_goodwill, noise_scale, series, backlog))
    }
}
