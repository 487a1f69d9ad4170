//! Scenarios as Python sees them.

use invmgmt::demand::DemandModel;
use invmgmt::network::MarketLinkIx;
use invmgmt_data::{ChoiceError, Diagnostic, Scenario as Declared, find_scenario, names_scenario};
use numpy::PyArray1;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::convert::id_to_python;
use crate::demand::Demand;
use crate::network::{Network, file_error};

/// A market link as (retailer, market), with something of its own.
type OfLink<'py, T> = ((Bound<'py, PyAny>, Bound<'py, PyAny>), Bound<'py, T>);

/// Value, least and most; objective, criterion and kind; who computed them, and all of it in words.
type Best<'a> =
    ((Option<f64>, Option<f64>, Option<f64>), (&'a str, &'a str, &'a str), (&'a str, String, Option<f64>));

/// A scenario read and checked. It never changes.
#[derive(Debug)]
#[pyclass(frozen, module = "gym_invmgmt._native")]
pub struct Scenario {
    pub(crate) read: Declared,
}

impl Scenario {
    fn ends<'py>(
        &self,
        py: Python<'py>,
        link: MarketLinkIx,
    ) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
        let (network, row) = (&self.read.network, &self.read.network.market[link]);
        let end = |node| id_to_python(py, &network.nodes[node].id);
        Ok((end(row.from)?, end(row.to)?))
    }
}

#[pymethods]
impl Scenario {
    /// The scenario of a YAML file, or a problem of a suite, `SUITE/ID`.
    #[staticmethod]
    fn find(text: &str) -> PyResult<Self> {
        match find_scenario(text) {
            Ok(read) => Ok(Self { read }),
            Err(ChoiceError::File(error)) => Err(file_error(error)),
            Err(error) => Err(PyValueError::new_err(error.to_string())),
        }
    }

    /// Whether a text names a scenario, or something that is none and stands where scenarios stand (a suite); not a
    /// network, by name or by the path of its file.
    #[staticmethod]
    fn is_named(text: &str) -> bool {
        names_scenario(text)
    }

    /// The scenario of a YAML text.
    #[staticmethod]
    fn from_yaml(text: &str) -> PyResult<Self> {
        Ok(Self { read: invmgmt_data::scenario_from_yaml(text).map_err(file_error)? })
    }

    /// Its title.
    #[getter]
    fn name(&self) -> Option<&str> {
        self.read.name.as_deref()
    }

    /// What it stands for.
    #[getter]
    fn description(&self) -> Option<&str> {
        self.read.description.as_deref()
    }

    /// Where the problem stands in the literature.
    #[getter]
    fn source(&self) -> Option<&str> {
        self.read.facts.source.as_deref()
    }

    /// In which order events fall, and what is charged when.
    #[getter]
    fn convention(&self) -> Option<&str> {
        self.read.facts.convention.as_deref()
    }

    /// The best there can be: numbers, words of lists, words.
    #[getter]
    fn optimum(&self) -> Option<Best<'_>> {
        let optimum = self.read.facts.optimum.as_ref()?;
        Some((
            (optimum.value, optimum.low, optimum.high),
            (optimum.objective.word(), optimum.criterion.word(), optimum.kind.word()),
            (&optimum.by, optimum.to_string(), optimum.published),
        ))
    }

    /// Policies with a published value: policy, value, by.
    #[getter]
    fn known(&self) -> Vec<(&str, f64, &str)> {
        self.read.facts.known.iter().map(|known| (&*known.policy, known.value, &*known.by)).collect()
    }

    /// What the file says and what has no effect, in words.
    #[getter]
    fn notes(&self) -> Vec<String> {
        self.read.notes.iter().map(Diagnostic::with_line).collect()
    }

    /// The network, with what the scenario changes in it. What it declares without effect is said by the scenario.
    #[getter]
    fn network(&self) -> Network {
        let mut network = (*self.read.network).clone();
        network.notes.clear();
        Network::of(network, None)
    }

    /// Length of an episode [periods].
    #[getter]
    fn num_periods(&self) -> usize {
        self.read.num_periods
    }

    /// Whether unmet demand waits.
    #[getter]
    fn backlog(&self) -> bool {
        self.read.rules.backlog
    }

    /// Discount factor per period.
    #[getter]
    fn discount(&self) -> f64 {
        self.read.rules.discount
    }

    /// Series that are the demand of market links [units].
    fn series<'py>(&self, py: Python<'py>) -> PyResult<Vec<OfLink<'py, PyArray1<f64>>>> {
        let links = self.read.network.market.indices();
        let series =
            links.filter_map(|link| self.read.demand.replays.series(link).map(|series| (link, series)));
        series.map(|(link, series)| Ok((self.ends(py, link)?, PyArray1::from_slice(py, series)))).collect()
    }

    /// The core of the demand that all market links share.
    fn demand(&self) -> Demand {
        core(self.read.demand.config.clone())
    }

    /// Cores of the demand of market links with parameters of their own.
    fn link_demand<'py>(&self, py: Python<'py>) -> PyResult<Vec<OfLink<'py, Demand>>> {
        let links = self.read.network.market.indices();
        let own = links.filter_map(|link| self.read.demand.own(link).map(|own| (link, own)));
        own.map(|(link, own)| Ok((self.ends(py, link)?, Bound::new(py, core(own.clone()))?))).collect()
    }

    /// The scenario as a YAML file that stands alone.
    fn to_yaml(&self) -> String {
        self.read.to_yaml()
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, (String,))> {
        Ok((slf.get_type().getattr("from_yaml")?, (slf.get().to_yaml(),)))
    }
}

/// A classic: name, title, page, whether its position is observed, its parameters: name, meaning, default, allowed.
type Page = (String, String, String, bool, Vec<(String, String, String, String)>);

/// The known problems with parameters that come along.
#[pyfunction]
pub fn classics() -> Vec<Page> {
    let page = |classic: &invmgmt_data::Classic| {
        let parameters = classic.parameters.iter();
        let parameters =
            parameters.map(|own| (own.name.clone(), own.meaning.clone(), own.usual(), own.allowed()));
        let (name, title, text) = (classic.name.clone(), classic.title.clone(), classic.page.clone());
        (name, title, text, classic.position, parameters.collect())
    };
    invmgmt_data::classics().iter().map(page).collect()
}

/// The suites that come along: name, version, and the ids of their problems.
#[pyfunction]
pub fn suites() -> Vec<(String, u32, Vec<String>)> {
    invmgmt_data::suite_ids()
}

fn core(config: invmgmt::demand::DemandConfig) -> Demand {
    let mut core = Demand::new();
    core.model = DemandModel::default();
    core.model.put_config(config);
    core
}
