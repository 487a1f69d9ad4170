//! A user's demand engine as the kernel's demand process.

use invmgmt::demand::{DemandModel, DemandProcess};
use invmgmt::network::{MarketLinkIx, TableIndex};
use pyo3::exceptions::PyValueError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};

use crate::demand::usable_sentiment;

/// A user's demand engine. The first error stops further calls and is kept.
pub(super) struct CustomDemand<'a, 'py> {
    pub(super) model: DemandModel,
    pub(super) engine: &'a Bound<'py, PyAny>,
    pub(super) laws: &'a Bound<'py, PyList>,
    pub(super) failed: Option<PyErr>,
}

impl CustomDemand<'_, '_> {
    fn attempt(&mut self, otherwise: f64, call: impl FnOnce(&Self) -> PyResult<f64>) -> f64 {
        if self.failed.is_some() {
            return otherwise;
        }
        call(self).unwrap_or_else(|error| {
            self.failed = Some(error);
            otherwise
        })
    }
}

impl DemandProcess for CustomDemand<'_, '_> {
    fn sentiment_after(&mut self, _lane: usize, unmet: f64, sentiment: f64) -> f64 {
        self.attempt(sentiment, |this| {
            this.engine.call_method1(intern!(this.engine.py(), "update_goodwill"), (unmet,))?;
            usable_sentiment(this.engine.getattr(intern!(this.engine.py(), "sentiment"))?.extract()?)
        })
    }

    fn draw(&mut self, &[period]: &[usize; 1], link: MarketLinkIx, &[sentiment]: &[f64; 1]) -> [f64; 1] {
        if let Some(demand) = self.model.replayed(period, link, sentiment) {
            return [demand];
        }
        let demand = self.attempt(0.0, |this| {
            let law = this.laws.get_item(link.position())?.cast_into::<PyTuple>()?;
            let demand: f64 = this
                .engine
                .call_method1(
                    intern!(this.engine.py(), "sample"),
                    (period, law.get_item(0)?, law.get_item(1)?),
                )?
                .extract()?;
            if demand.is_finite() && demand >= 0.0 {
                Ok(demand)
            } else {
                Err(PyValueError::new_err(format!(
                    "the demand engine's sample returned {demand} in period {period}; \
                     expected a finite number >= 0. Nothing was changed"
                )))
            }
        });
        [demand]
    }
}
