//! Between Python's values and the engine's.

use invmgmt::network::NodeId;
use invmgmt_data::{Content, Value};
use pyo3::exceptions::PyValueError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple};

/// A node's name as Python sees it.
pub fn id_to_python<'py>(py: Python<'py>, id: &NodeId) -> PyResult<Bound<'py, PyAny>> {
    Ok(match id {
        NodeId::Number(number) => number.into_pyobject(py)?.into_any(),
        NodeId::Text(text) => text.into_pyobject(py)?.into_any(),
    })
}

/// A node's name from Python: an int (numpy's included) or a str.
pub fn id_from_python(value: &Bound<'_, PyAny>) -> PyResult<NodeId> {
    if let Ok(text) = value.cast::<PyString>() {
        return Ok(NodeId::Text(text.to_str()?.to_owned()));
    }
    if value.is_instance_of::<PyBool>() {
        return Err(PyValueError::new_err(format!("node id is {value}; expected an int or a str")));
    }
    value.extract::<i64>().map(NodeId::Number).map_err(|_| {
        let shown = value.repr().map_or_else(|_| "an object".to_owned(), |repr| repr.to_string());
        PyValueError::new_err(format!("node id is {shown}; expected an int or a str"))
    })
}

/// Refuses a masked array that hides entries, or a list of such: they would be read as numbers like all others.
pub fn refuse_masked(value: &Bound<'_, PyAny>, name: &str) -> PyResult<()> {
    let py = value.py();
    if value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>() {
        for item in value.try_iter()? {
            let item = item?;
            if item.is_instance_of::<PyFloat>() || item.is_instance_of::<PyInt>() {
                // Numbers stand in rows of their own.
                break;
            }
            refuse_masked(&item, name)?;
        }
        return Ok(());
    }
    let masked = py.import(intern!(py, "numpy.ma"))?;
    if value.is_instance(&masked.getattr(intern!(py, "MaskedArray"))?)?
        && masked.call_method1(intern!(py, "is_masked"), (value,))?.is_truthy()?
    {
        return Err(PyValueError::new_err(format!(
            "{name} is a masked array, and its hidden entries have no value here; pass {name}.filled(value), or \
             {name}.data to ignore the mask. Nothing was changed"
        )));
    }
    Ok(())
}

/// Deepest nesting of a network's dict.
const MAX_DEPTH: usize = 64;

/// A document as dicts, lists and scalars.
pub fn document_to_python<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    Ok(match &value.content {
        Content::Null => py.None().into_bound(py),
        Content::Bool(flag) => flag.into_pyobject(py)?.to_owned().into_any(),
        Content::Integer(number) => number.into_pyobject(py)?.into_any(),
        Content::Number(number) => number.into_pyobject(py)?.into_any(),
        Content::Text(text) => text.into_pyobject(py)?.into_any(),
        Content::List(items) => {
            let items = items.iter().map(|item| document_to_python(py, item));
            PyList::new(py, items.collect::<PyResult<Vec<_>>>()?)?.into_any()
        }
        Content::Map(entries) => {
            let map = PyDict::new(py);
            for (key, entry) in entries {
                map.set_item(document_to_python(py, key)?, document_to_python(py, entry)?)?;
            }
            map.into_any()
        }
    })
}

/// A tree of dicts, lists and scalars as a document without lines.
pub fn document(value: &Bound<'_, PyAny>) -> PyResult<Value> {
    document_at(value, 0)
}

fn document_at(value: &Bound<'_, PyAny>, depth: usize) -> PyResult<Value> {
    if depth > MAX_DEPTH {
        return Err(PyValueError::new_err(format!("the network is nested deeper than {MAX_DEPTH} levels")));
    }
    let document = |value: &Bound<'_, PyAny>| document_at(value, depth + 1);
    let content = if value.is_none() {
        Content::Null
    } else if let Ok(flag) = value.cast::<PyBool>() {
        Content::Bool(flag.is_true())
    } else if let Ok(text) = value.cast::<PyString>() {
        Content::Text(text.to_str()?.to_owned())
    } else if value.is_instance_of::<PyFloat>() {
        Content::Number(value.extract()?)
    } else if value.is_instance_of::<PyInt>() {
        value.extract().map_or_else(|_| value.extract().map(Content::Number), |n| Ok(Content::Integer(n)))?
    } else if let Ok(map) = value.cast::<PyDict>() {
        let entries = map.iter().map(|(key, entry)| Ok((document(&key)?, document(&entry)?)));
        Content::Map(entries.collect::<PyResult<_>>()?)
    } else if value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>() {
        Content::List(value.try_iter()?.map(|item| document(&item?)).collect::<PyResult<_>>()?)
    } else if let Ok(number) = value.extract::<i64>() {
        // numpy's integers
        Content::Integer(number)
    } else if let Ok(number) = value.extract::<f64>() {
        Content::Number(number)
    } else if let Ok(name) = value.getattr("name").and_then(|name| name.extract::<String>()) {
        // a law of scipy.stats stands for its name
        Content::Text(if name == "norm" { "normal".to_owned() } else { name })
    } else {
        return Err(PyValueError::new_err(format!(
            "found a {}; a network is made of dicts, lists, numbers and texts",
            value.get_type()
        )));
    };
    Ok(Value::new(content))
}
