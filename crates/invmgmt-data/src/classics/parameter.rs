//! What may be chosen about a classic.

use crate::mapping::plain_number;
use crate::value::{Content, Value};

/// One thing that may be chosen.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// What it is, with its unit.
    pub meaning: String,
    /// What it is where it is not given.
    pub default: Value,
    form: Form,
}

/// What a parameter may be.
#[derive(Clone, Debug)]
enum Form {
    Whole(i64, i64),
    Number(f64, f64),
    Word(Vec<String>),
    Flag,
    /// Numbers >= 0, so many at least and at most.
    Numbers(usize, usize),
    /// Something a network file has at that place, which its reader looks at.
    Written(String),
}

impl Parameter {
    /// A parameter as the file of its classic declares it.
    pub(super) fn read(name: &Value, form: &Value) -> Self {
        let name = name.text().expect("a name").to_owned();
        let value = |key: &str| form.entry(key).map(|(_, value)| value);
        let pair = |key: &str| match value(key).map(|value| &value.content) {
            Some(Content::List(items)) => match items.as_slice() {
                [low, high] => Some((plain_number(low)?, plain_number(high)?)),
                _ => None,
            },
            _ => None,
        };
        let words = |value: &Value| match &value.content {
            Content::List(items) => {
                Form::Word(items.iter().filter_map(|item| item.text().map(str::to_owned)).collect())
            }
            _ => Form::Flag,
        };
        let form = pair("whole")
            .map(|(low, high)| Form::Whole(low as i64, high as i64))
            .or_else(|| pair("number").map(|(low, high)| Form::Number(low, high)))
            .or_else(|| pair("numbers").map(|(low, high)| Form::Numbers(low as usize, high as usize)))
            .or_else(|| value("one_of").map(words))
            .or_else(|| value("written").and_then(Value::text).map(|text| Form::Written(text.to_owned())))
            .unwrap_or_else(|| panic!("{name} has no form"));
        let meaning =
            value("meaning").and_then(Value::text).unwrap_or_else(|| panic!("{name} has no meaning"));
        let default = super::placeless(value("default").unwrap_or_else(|| panic!("{name} has no default")));
        Self { name: name.clone(), meaning: meaning.to_owned(), default, form }
    }

    /// What it is where it is not given, as a file would write it.
    pub fn usual(&self) -> String {
        super::written(&self.default)
    }

    /// What it may be, in words.
    pub fn allowed(&self) -> String {
        let words = match &self.form {
            Form::Whole(low, high) => format!("a whole number from {low} to {high}"),
            Form::Number(low, high) => format!("a number from {low} to {high}"),
            Form::Word(words) => format!("one of {}", words.join(", ")),
            Form::Flag => "true or false".to_owned(),
            Form::Numbers(low, high) => format!("a list of {low} to {high} numbers >= 0"),
            Form::Written(words) => words.clone(),
        };
        if self.default.content == Content::Null { format!("{words}, or nothing") } else { words }
    }

    /// Why a value cannot be used, in words; none if it can.
    pub(super) fn fault(&self, value: &Value) -> Option<String> {
        let within = |value: &Value, low: f64, high: f64| {
            plain_number(value).is_some_and(|number| number >= low && number <= high)
        };
        let fits = match (&self.form, &value.content) {
            (_, Content::Null) => self.default.content == Content::Null,
            (Form::Whole(low, high), _) => {
                within(value, *low as f64, *high as f64)
                    && plain_number(value).is_some_and(|number| number.fract() == 0.0)
            }
            (Form::Number(low, high), _) => within(value, *low, *high),
            (Form::Word(words), _) => value.text().is_some_and(|text| words.iter().any(|word| word == text)),
            (Form::Flag, content) => matches!(content, Content::Bool(_)),
            (Form::Numbers(low, high), Content::List(items)) => {
                (*low..=*high).contains(&items.len()) && items.iter().all(|item| within(item, 0.0, f64::MAX))
            }
            (Form::Numbers(..), _) => false,
            (Form::Written(_), _) => true,
        };
        (!fits).then(|| format!("found {value}; expected {}", self.allowed()))
    }

    /// A value as it is written if the same is meant: 4, not 4.0.
    pub(super) fn canonical(value: &Value) -> Value {
        Value::new(match &value.content {
            Content::Number(number) if number.fract() == 0.0 && number.abs() < 1e15 => {
                Content::Integer(*number as i64)
            }
            Content::List(items) => Content::List(items.iter().map(Self::canonical).collect()),
            Content::Map(entries) => Content::Map(
                entries.iter().map(|(key, value)| (Self::canonical(key), Self::canonical(value))).collect(),
            ),
            other => other.clone(),
        })
    }
}
