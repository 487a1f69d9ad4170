//! JSON Schemas of the files, made from the tables of keys that their readers use.

use invmgmt::Range;
use serde_json::{Map, Value, json};

use crate::keys::{FILE as NETWORK, Form, Key};
use crate::scenario::keys::FILE as SCENARIO;
use crate::suite::keys::FILE as SUITE;

/// The kinds of file that have a schema, each with what it is.
pub const SCHEMAS: [(&str, &str); 3] = [
    ("network", "A supply network: nodes, and edges between them"),
    ("scenario", "A scenario: network, demand, rules of play and horizon"),
    ("suite", "A suite: a versioned list of scenarios with their seeds"),
];

/// The JSON Schema (draft 2020-12) of a kind of file among [`SCHEMAS`], as text; none for another name.
///
/// A schema knows every key, its type and its range; what holds between keys (roles, ids, lengths of series) only
/// reading the file can tell. Keys that begin with `meta_` are free.
pub fn schema(kind: &str) -> Option<String> {
    let (_, description) = SCHEMAS.iter().find(|(name, _)| *name == kind)?;
    let keys = match kind {
        "network" => NETWORK,
        "scenario" => SCENARIO,
        _ => SUITE,
    };
    let mut schema = mapping(keys);
    schema.insert("$schema".into(), json!("https://json-schema.org/draft/2020-12/schema"));
    schema.insert("title".into(), json!(format!("gym-invmgmt {kind}")));
    schema.insert("description".into(), json!(description));
    let text = serde_json::to_string_pretty(&Value::Object(schema)).expect("a schema has nothing JSON lacks");
    Some(text + "\n")
}

fn mapping(keys: &[Key]) -> Map<String, Value> {
    let properties: Map<String, Value> = keys
        .iter()
        .map(|key| {
            let mut value = value(key.form);
            value.insert("description".into(), json!(key.meaning));
            (key.name.to_owned(), Value::Object(value))
        })
        .collect();
    let required = |unless: Option<&str>| -> Vec<&str> {
        keys.iter().filter(|key| key.required && key.unless == unless).map(|key| key.name).collect()
    };
    let mut schema = object(json!({
        "type": "object",
        "properties": properties,
        "required": required(None),
        "patternProperties": { "^meta_": true },
        "additionalProperties": false,
    }));
    if let Some(other) = keys.iter().find_map(|key| key.unless) {
        schema
            .insert("anyOf".into(), json!([{ "required": [other] }, { "required": required(Some(other)) }]));
    }
    schema
}

fn value(form: Form) -> Map<String, Value> {
    object(match form {
        Form::Free => json!({}),
        Form::Title => json!({ "type": ["string", "number", "boolean", "null"] }),
        Form::Text => json!({ "type": "string" }),
        Form::Flag => json!({ "type": "boolean" }),
        Form::Id => json!({ "type": ["integer", "string"] }),
        Form::Number(range) => match range {
            Range::Finite => json!({ "type": "number" }),
            Range::NonNegative => json!({ "type": "number", "minimum": 0 }),
            Range::Positive => json!({ "type": "number", "exclusiveMinimum": 0 }),
            Range::Share => json!({ "type": "number", "exclusiveMinimum": 0, "maximum": 1 }),
            Range::Unit => json!({ "type": "number", "minimum": 0, "maximum": 1 }),
        },
        Form::PerProduct(range) => {
            let number = Value::Object(value(Form::Number(range)));
            let mapping = json!({ "type": "object", "minProperties": 1, "additionalProperties": number });
            json!({ "anyOf": [number, mapping] })
        }
        Form::Whole(least) => json!({ "type": "integer", "minimum": least }),
        Form::OneOf(names) => json!({ "type": "string", "enum": names }),
        Form::Parameters => json!({
            "type": "object",
            "additionalProperties": {
                "anyOf": [
                    { "type": "number" },
                    { "type": "boolean" },
                    { "type": "array", "items": { "type": "number", "minimum": 0 }, "minItems": 1 },
                ]
            }
        }),
        Form::Schema(schema) => written(schema),
        Form::WholeOr(schema) => json!({ "anyOf": [{ "type": "integer", "minimum": 0 }, written(schema)] }),
        Form::PerNode => {
            json!({ "type": "object", "additionalProperties": { "type": "number", "minimum": 0 } })
        }
        Form::Map(keys) => Value::Object(mapping(keys)),
        Form::List(least, item) => json!({ "type": "array", "minItems": least, "items": value(*item) }),
        Form::AnyOf(forms) => json!({ "anyOf": forms.iter().map(|&form| value(form)).collect::<Vec<_>>() }),
        Form::FileColumn => json!({ "type": "string", "pattern": "^.+:.+$" }),
        Form::SeedRange => json!({ "type": "string", "pattern": "^ *[0-9]+ *\\.\\. *[0-9]+ *$" }),
    })
}

/// A schema as the engine's table of keys has it.
fn written(schema: &str) -> Value {
    serde_json::from_str(schema).expect("a schema in the table of keys is JSON")
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
