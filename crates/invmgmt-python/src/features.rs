//! Observations made of features, as Python holds them.

use invmgmt::features::{FeatureLayout, Features as EngineFeatures};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::actions::said;
use crate::network::Network;

/// What an observation is made of on one network.
#[derive(Debug)]
#[pyclass(frozen, module = "gym_invmgmt._native")]
pub struct Features {
    pub layout: EngineFeatures,
    labels: Vec<String>,
    simplifies: Vec<&'static str>,
}

#[pymethods]
impl Features {
    /// Features of a layout given by name; `alone` leaves out the plain observation.
    #[new]
    #[pyo3(signature = (network, name, alone=false))]
    fn new(network: &Bound<'_, Network>, name: &str, alone: bool) -> PyResult<Self> {
        let network = &network.get().compiled;
        let layout = FeatureLayout::named(name).ok_or_else(|| {
            let known: Vec<&str> = FeatureLayout::NAMES.iter().map(|(name, _)| *name).collect();
            PyValueError::new_err(format!(
                "observation is '{}'; expected raw, {}, or one of these with -blind behind it",
                name.escape_debug(),
                known.join(", ")
            ))
        })?;
        let layout = FeatureLayout { with_state: layout.with_state && !alone, ..layout };
        let features = EngineFeatures::new(network, layout);
        let simplifies = said(&layout.scope(), network);
        Ok(Self { labels: features.labels(network), layout: features, simplifies })
    }

    /// What each number of an observation is.
    #[getter]
    fn labels(&self) -> Vec<String> {
        self.labels.clone()
    }

    /// Features per node, and features that all nodes share.
    #[getter]
    fn counts(&self) -> (usize, usize) {
        (self.layout.per_node(), self.layout.shared())
    }

    /// What they leave out of account, in words.
    #[getter]
    fn simplifies(&self) -> Vec<&'static str> {
        self.simplifies.clone()
    }

    /// Whether mean demand is estimated from what has been sold.
    #[getter]
    fn blind(&self) -> bool {
        self.layout.layout().blind
    }
}
