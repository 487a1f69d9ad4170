//! A document as plain values, each with the place it came from.

use std::fmt;

use crate::text::shown;
use crate::yaml::number_of_yaml_1_1;

/// A value of a document and where it stands, if it came from a text.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// What it is.
    pub content: Content,
    /// Its line, the first being 1.
    pub line: Option<u32>,
    /// Its column in characters, the first being 1.
    pub column: Option<u32>,
    /// Whether it was written as a plain word, without quotes.
    pub plain: bool,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// Nothing: an empty place, `~` or `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number written without a decimal point.
    Integer(i64),
    /// Any other number; also not-a-number and the infinities, which a file may spell `.nan` and `.inf`.
    Number(f64),
    /// A text.
    Text(String),
    /// Values in order.
    List(Vec<Value>),
    /// Keys with their values in order. A key written twice stands here twice: the reader reports it with its line.
    Map(Vec<(Value, Value)>),
}

impl Value {
    /// A value without a place.
    pub fn new(content: Content) -> Self {
        Self { content, line: None, column: None, plain: false }
    }

    /// Nothing.
    pub fn null() -> Self {
        Self::new(Content::Null)
    }

    /// A mapping without a place, from its keys and values in order.
    pub fn map<K: Into<Self>, V: Into<Self>>(entries: impl IntoIterator<Item = (K, V)>) -> Self {
        let entries = entries.into_iter().map(|(key, value)| (key.into(), value.into()));
        Self::new(Content::Map(entries.collect()))
    }

    /// Puts a value into a mapping, in place of the key's old one or behind the last.
    pub(crate) fn put(&mut self, key: &str, value: Self) {
        let Content::Map(entries) = &mut self.content else { return };
        match entries.iter_mut().find(|(known, _)| known.text() == Some(key)) {
            Some((_, old)) => *old = value,
            None => entries.push((key.into(), value)),
        }
    }

    /// The document of a YAML text.
    ///
    /// Plain words are read by the core schema of YAML 1.2, so `on` and `no` are texts and `1e-3` is a number; whole
    /// numbers with a leading zero (`007`), on which YAML's versions disagree, are texts. Merge keys (`<<`) are
    /// carried out. An empty text is [`Content::Null`].
    ///
    /// # Errors
    /// The first fault of the text with its line: broken syntax, a second document, an unknown tag, an alias to
    /// itself, nesting beyond [`MAX_DEPTH`](crate::MAX_DEPTH), more than [`MAX_VALUES`](crate::MAX_VALUES) values or
    /// more than
    /// [`MAX_COPIED_VALUES`](crate::MAX_COPIED_VALUES) copied by aliases.
    pub fn from_yaml(text: &str) -> Result<Self, crate::Diagnostic> {
        crate::yaml::compose(text)
    }

    /// The value of a key of a mapping, with the key; none if this is no mapping or has no such key.
    pub fn entry(&self, key: &str) -> Option<(&Self, &Self)> {
        let Content::Map(entries) = &self.content else { return None };
        entries.iter().find(|(name, _)| name.text() == Some(key)).map(|(name, value)| (name, value))
    }

    /// The number that YAML 1.1 reads in a plain word that is a text here, if it does.
    pub(crate) fn number_of_yaml_1_1(&self) -> Option<f64> {
        self.text().filter(|_| self.plain).and_then(number_of_yaml_1_1)
    }

    /// The text, if this is one.
    pub fn text(&self) -> Option<&str> {
        match &self.content {
            Content::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl fmt::Display for Value {
    /// The value as a message shows it: `found -1`, `found text '2 days'`, `found a list`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.content {
            Content::Null => write!(f, "nothing"),
            Content::Bool(value) => write!(f, "{value}"),
            Content::Integer(value) => write!(f, "{value}"),
            // The debug form keeps the decimal point that makes 2.0 something else than 2.
            Content::Number(value) => write!(f, "{value:?}"),
            Content::Text(text) => {
                write!(f, "text '{}'", shown(text))?;
                // Whoever wrote it may have meant a number.
                number_of_yaml_1_1(text).map_or(Ok(()), |number| {
                    write!(
                        f,
                        " (YAML 1.1, and with it gym-invmgmt 0.2.1, reads {number} here, YAML 1.2 a text: write the number \
                         plainly)"
                    )
                })
            }
            Content::List(_) => write!(f, "a list"),
            Content::Map(_) => write!(f, "a mapping"),
        }
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::new(Content::Bool(value))
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::new(Content::Integer(value))
    }
}

impl From<i32> for Value {
    fn from(value: i32) -> Self {
        Self::from(i64::from(value))
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Self::new(Content::Number(value))
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::new(Content::Text(value.to_owned()))
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::new(Content::Text(value))
    }
}

impl From<Vec<Value>> for Value {
    fn from(values: Vec<Value>) -> Self {
        Self::new(Content::List(values))
    }
}
