//! The demand engine's core: parameters, sentiment and the stream in use.

use std::sync::Arc;

use invmgmt::demand as parameters;
use invmgmt::demand::{
    DEFAULT_BASE_MEAN, DemandError, DemandModel, EFFECTS, Effects, Law, Own, PARAMETERS, ParameterForm,
    ParameterValue, Replays, SENTIMENT, Sampler, TYPES,
};
use invmgmt::law::{DeclaredDemand, LawValue};
use invmgmt::network::{MarketLinkIx, TableIndex};
use invmgmt::random::PoissonLaw;
use numpy::{PyArray1, PyArrayLike1, PyArrayMethods, TypeMustMatch};
use pyo3::exceptions::{PyIndexError, PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyTuple};

use crate::convert::refuse_masked;
use crate::network::Network;
use crate::stream::NumpyStream;
use crate::turn::{ENGINE, exclusive, shared};

/// Parameters, sentiment and stream of one demand engine.
#[derive(Debug)]
#[pyclass(module = "gym_invmgmt._native")]
pub struct Demand {
    pub model: DemandModel,
    /// Customers' sentiment in force [1].
    #[pyo3(get)]
    pub sentiment: f64,
    /// Whether a subclass's methods are to be called in place of this core's.
    #[pyo3(get, set)]
    pub overridden: bool,
    pub stream: Option<NumpyStream>,
    pub network: Option<Arc<invmgmt::network::Network>>,
    pub sampler: Option<Sampler>,
}

/// A refused parameter as Python's `ValueError`.
pub fn value_error(error: &DemandError) -> PyErr {
    PyValueError::new_err(error.to_string())
}

impl Demand {
    fn own_mean(&self) -> f64 {
        self.network.as_deref().map_or(DEFAULT_BASE_MEAN, DemandModel::average_own_mean)
    }

    fn attached(&self) -> PyResult<&Arc<invmgmt::network::Network>> {
        self.network.as_ref().ok_or_else(|| {
            PyRuntimeError::new_err(
                "this demand engine belongs to no environment; assign it to env.demand_engine",
            )
        })
    }

    fn market_link(&self, link: usize) -> PyResult<MarketLinkIx> {
        let count = self.attached()?.market.len();
        if link < count {
            Ok(MarketLinkIx::from_position(link))
        } else {
            Err(PyIndexError::new_err(format!("market link {link} of a network that has {count}")))
        }
    }

    /// Binds the engine to a network; the sampler's memory is per market link.
    pub fn attach(&mut self, network: &Arc<invmgmt::network::Network>) {
        self.sampler = Some(Sampler::new(network));
        self.network = Some(Arc::clone(network));
    }
}

#[pymethods]
impl Demand {
    #[new]
    pub fn new() -> Self {
        Self {
            model: DemandModel::default(),
            sentiment: 1.0,
            overridden: false,
            stream: None,
            network: None,
            sampler: None,
        }
    }

    #[setter]
    fn set_sentiment(slf: &Bound<'_, Self>, sentiment: &Bound<'_, PyAny>) -> PyResult<()> {
        let sentiment = usable_sentiment(number("sentiment", sentiment)?)?;
        exclusive(slf, ENGINE)?.sentiment = sentiment;
        Ok(())
    }

    /// A parameter by name; `base_mu` is none where each link keeps its own mean.
    fn get<'py>(slf: &Bound<'py, Self>, name: &str) -> PyResult<Bound<'py, PyAny>> {
        value_to_python(slf.py(), row(name)?.get(&shared(slf, ENGINE)?.model.config))
    }

    /// Sets a parameter; a refused value leaves everything as it was.
    fn set(slf: &Bound<'_, Self>, name: &str, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let row = row(name)?;
        let value = match row.form {
            _ if value.is_none() => ParameterValue::Absent,
            ParameterForm::Number(_) => ParameterValue::Number(number(name, value)?),
            ParameterForm::Flag => ParameterValue::Flag(value.is_truthy()?),
            ParameterForm::Effects => ParameterValue::Effects(effects(value)?),
            ParameterForm::Series => ParameterValue::Series(series(name, value)?),
        };
        let mut this = exclusive(slf, ENGINE)?;
        let mut changed = this.model.config.clone();
        row.set(&mut changed, value).map_err(|error| value_error(&error))?;
        this.model.put_config(changed);
        Ok(())
    }

    /// Checks all parameters together.
    fn check(&self) -> PyResult<()> {
        self.model.config.check().map_err(|error| value_error(&error))
    }

    /// Binds the engine to a network, with the series that replace draws: (market link, series) each.
    /// `links` are cores of single market links, each with the names of the parameters that are the link's own.
    #[pyo3(signature = (network, replays, num_periods, links=vec![]))]
    fn bind(
        &mut self,
        network: &Bound<'_, Network>,
        replays: Vec<(usize, Bound<'_, PyAny>)>,
        num_periods: usize,
        links: Vec<(usize, Py<Self>, Vec<String>)>,
    ) -> PyResult<()> {
        let py = network.py();
        let network = &network.get().compiled;
        let mut replaced = Replays::default();
        for (link, values) in replays {
            let name = format!(
                "user_D for edge ({})",
                network.link_name(network.market[MarketLinkIx::from_position(link)].link)
            );
            replaced
                .set(&name, MarketLinkIx::from_position(link), series(&name, &values)?, num_periods)
                .map_err(|error| value_error(&error))?;
        }
        let mut model = self.model.clone();
        model.clear_own();
        for (link, core, names) in links {
            let own = shared(core.bind(py), ENGINE)?.model.config.clone();
            let which = Own::of(names.iter().map(String::as_str));
            model
                .set_own(MarketLinkIx::from_position(link), &own, which)
                .map_err(|error| value_error(&error))?;
        }
        model.replays = replaced;
        self.model = model;
        self.attach(network);
        Ok(())
    }

    /// The generator in use, or none before the first reset.
    #[getter]
    fn np_random(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.stream.as_ref().map(|stream| stream.generator().clone_ref(py))
    }

    #[setter]
    fn set_np_random(&mut self, generator: &Bound<'_, PyAny>) -> PyResult<()> {
        self.stream = if generator.is_none() { None } else { Some(NumpyStream::new(generator)?) };
        Ok(())
    }

    /// Mean over the market links of their own means [units / period]; 20 without a network.
    #[getter]
    fn average_own_mean(&self) -> f64 {
        self.own_mean()
    }

    /// Mean demand in a period, by the parameters and the sentiment in force [units / period].
    #[pyo3(signature = (t, own_mean=None))]
    fn mean(&self, t: usize, own_mean: Option<f64>) -> f64 {
        match (own_mean, &self.network) {
            (None, Some(network)) => self.model.average_mean(network, self.own_mean(), t, self.sentiment),
            (given, _) => self.model.config.mean(t, Some(given.unwrap_or(DEFAULT_BASE_MEAN)), self.sentiment),
        }
    }

    /// Position of a market link given as (retailer, market).
    fn link_position(&self, edge: &Bound<'_, PyTuple>) -> PyResult<usize> {
        crate::network::market_link(self.attached()?, edge)
    }

    /// Mean demand of a market link [units / period].
    fn link_mean(&self, t: usize, link: usize) -> PyResult<f64> {
        Ok(self.model.mean(self.attached()?, t, self.market_link(link)?, self.sentiment))
    }

    /// Expected demand of a market link after the law's own bias and the cut at zero [units / period].
    fn link_expected(&self, t: usize, link: usize) -> PyResult<f64> {
        Ok(self.model.expected(self.attached()?, t, self.market_link(link)?, self.sentiment))
    }

    /// A raw draw's deviation from the mean, scaled and cut at zero [units].
    fn scatter(&self, mean: f64, raw: f64) -> f64 {
        self.model.config.scatter(mean, raw)
    }

    /// One raw draw of a law by name with this mean put in [units].
    fn draw_law(&mut self, distribution: &str, parameters: &Bound<'_, PyDict>, mean: f64) -> PyResult<f64> {
        let (law, _) = law_from_python(distribution, parameters)?;
        let stream = self.stream.as_mut().ok_or_else(|| {
            PyRuntimeError::new_err("this demand engine has no generator; call reset(np_random=...) first")
        })?;
        Ok(law.sample(mean, &mut PoissonLaw::new(mean), stream))
    }

    /// The mean a law declares for itself, or none.
    #[staticmethod]
    fn declared_mean(distribution: &str, parameters: &Bound<'_, PyDict>) -> PyResult<Option<f64>> {
        Ok(law_from_python(distribution, parameters)?.1)
    }

    /// Moves sentiment by a period's unmet demand, if goodwill is used.
    fn update_goodwill(&mut self, unmet: f64) {
        let config = &self.model.config;
        if config.use_goodwill {
            self.sentiment = config.goodwill.after(unmet, self.sentiment);
        }
    }

    /// The table of parameters.
    #[classattr]
    #[pyo3(name = "PARAMETERS")]
    fn parameters() -> Vec<Parameter> {
        PARAMETERS.iter().map(Parameter::from).collect()
    }

    /// Names of the laws of demand.
    #[classattr]
    #[pyo3(name = "LAWS")]
    fn laws() -> Vec<&'static str> {
        parameters::DISTRIBUTIONS.to_vec()
    }

    /// What may move the mean.
    #[classattr]
    #[pyo3(name = "EFFECTS")]
    fn effects() -> Vec<&'static str> {
        EFFECTS.to_vec()
    }

    /// Short names of combinations of effects.
    #[classattr]
    #[pyo3(name = "TYPES")]
    fn types() -> Vec<(&'static str, Vec<&'static str>)> {
        TYPES.iter().map(|(name, effects)| (*name, effects.to_vec())).collect()
    }
}

/// A row of the table of parameters, as Python reads it.
#[derive(Debug)]
#[pyclass(frozen, get_all, module = "gym_invmgmt._native")]
pub struct Parameter {
    /// Its name.
    key: &'static str,
    /// What it is.
    meaning: &'static str,
    /// Its unit.
    unit: &'static str,
    /// What its value is: `number`, `flag`, `effects` or `series`.
    form: &'static str,
    /// Whether a single market link may have another value than the others.
    is_of_links: bool,
    /// Whether the release has it.
    in_release: bool,
}

impl From<&parameters::Parameter> for Parameter {
    fn from(row: &parameters::Parameter) -> Self {
        let form = match row.form {
            ParameterForm::Number(_) => "number",
            ParameterForm::Flag => "flag",
            ParameterForm::Effects => "effects",
            ParameterForm::Series => "series",
        };
        let parameters::Parameter { key, meaning, unit, in_release, .. } = *row;
        Self { key, meaning, unit, form, is_of_links: row.is_of_links(), in_release }
    }
}

/// The parameter of this name.
pub fn row(name: &str) -> PyResult<&'static parameters::Parameter> {
    parameters::parameter(name)
        .ok_or_else(|| PyValueError::new_err(format!("Unknown demand parameter '{}'", name.escape_debug())))
}

/// A parameter's value in Python.
pub fn value_to_python(py: Python<'_>, value: ParameterValue) -> PyResult<Bound<'_, PyAny>> {
    Ok(match value {
        ParameterValue::Absent => py.None().into_bound(py),
        ParameterValue::Number(number) => number.into_pyobject(py)?.into_any(),
        ParameterValue::Flag(on) => on.into_pyobject(py)?.to_owned().into_any(),
        ParameterValue::Effects(effects) => effects.names().collect::<Vec<_>>().into_pyobject(py)?,
        ParameterValue::Series(series) => PyArray1::from_slice(py, &series).into_any(),
    })
}

/// Customers' sentiment, if it can be one.
pub fn usable_sentiment(found: f64) -> PyResult<f64> {
    if SENTIMENT.holds(found) {
        return Ok(found);
    }
    Err(PyValueError::new_err(format!("sentiment is {found}; expected {}", SENTIMENT.words())))
}

fn effects(names: &Bound<'_, PyAny>) -> PyResult<Effects> {
    let names: Vec<String> = names.extract()?;
    Effects::from_names(names.iter().map(String::as_str)).map_err(|unknown| {
        let known = EFFECTS.join(", ");
        PyValueError::new_err(format!("Unknown demand effect(s): {unknown:?}; known: {known}"))
    })
}

fn number(name: &str, value: &Bound<'_, PyAny>) -> PyResult<f64> {
    value.extract().map_err(|_| {
        let shown = value.repr().map_or_else(|_| "an object".to_owned(), |repr| repr.to_string());
        PyValueError::new_err(format!("{name} is {shown}; expected a number"))
    })
}

/// A one-dimensional series of numbers.
pub fn series(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Arc<[f64]>> {
    let py = value.py();
    let refuse =
        |found: String| PyValueError::new_err(format!("{name} must be a 1-D array of numbers; {found}"));
    refuse_masked(value, name)?;
    let array = py
        .import("numpy")?
        .call_method1("asarray", (value, "float64"))
        .map_err(|error| refuse(error.value(py).to_string()))?;
    let shape: Vec<usize> = array.getattr("shape")?.extract()?;
    if shape.len() != 1 {
        return Err(refuse(format!("got shape {}", array.getattr("shape")?)));
    }
    let array: PyArrayLike1<'_, f64, TypeMustMatch> = array.extract()?;
    Ok(array.to_vec()?.into())
}

/// A law by name and parameters, and the mean it declares.
fn law_from_python(distribution: &str, parameters: &Bound<'_, PyDict>) -> PyResult<(Law, Option<f64>)> {
    let value = |value: &Bound<'_, PyAny>| -> PyResult<LawValue> {
        if let Ok(flag) = value.cast::<PyBool>() {
            return Ok(LawValue::Flag(flag.is_true()));
        }
        match value.extract::<f64>() {
            Ok(number) => Ok(LawValue::Number(number)),
            Err(refused) => value.extract().map(LawValue::List).map_err(|_| refused),
        }
    };
    let parameters = parameters.iter().map(|(key, given)| Ok((key.extract()?, value(&given)?)));
    let declared = DeclaredDemand {
        distribution: distribution.to_owned(),
        parameters: parameters.collect::<PyResult<_>>()?,
    };
    Law::from_declared(&declared).map_err(|error| PyValueError::new_err(error.message))
}
