//! Mappings read key by key, and the mistakes found on the way.

use invmgmt::Range;

use crate::error::Diagnostic;
use crate::keys::Key;
use crate::mapping::{Entries, OddKey, plain_number};
use crate::value::{Content, Value};

/// Most mistakes that are kept.
const MAX_MISTAKES: usize = 1000;

/// The mistakes found so far.
#[derive(Default)]
pub(crate) struct Report {
    found: Vec<Diagnostic>,
    /// What is accepted and has no effect.
    pub notes: Vec<Diagnostic>,
}

impl Report {
    /// The mistakes, sorted by line.
    pub fn finish(mut self) -> Vec<Diagnostic> {
        self.found.sort_by_key(|diagnostic| (diagnostic.line, diagnostic.column));
        self.found
    }

    pub fn is_clean(&self) -> bool {
        self.found.is_empty()
    }

    pub fn count(&self) -> usize {
        self.found.len()
    }

    /// Adds a mistake that stands where `at` does.
    pub fn add(&mut self, path: impl Into<String>, at: &Value, message: impl Into<String>) {
        if self.found.len() < MAX_MISTAKES {
            let (path, message) = (path.into(), message.into());
            self.found.push(Diagnostic { path, message, line: at.line, column: at.column });
        }
    }

    /// Adds a mistake found by another reader, under a path of this one.
    pub fn adopt(&mut self, path: &str, diagnostic: Diagnostic) {
        if self.found.len() < MAX_MISTAKES {
            let path = match (path, diagnostic.path.as_str()) {
                ("", inner) => inner.to_owned(),
                (outer, "") => outer.to_owned(),
                (outer, inner) => format!("{outer}: {inner}"),
            };
            self.found.push(Diagnostic { path, ..diagnostic });
        }
    }

    /// Adds a mistake of a key, at its line if it is there, else at its owner's.
    pub fn at_key(&mut self, entries: &Entries<'_>, key: &'static str, message: impl Into<String>) {
        if entries.get(key).is_some() || entries.misses(key) {
            self.add(entries.path_of(key), entries.position(key), message);
        }
    }

    /// Notes that a key is accepted and has no effect.
    pub fn note(&mut self, entries: &Entries<'_>, key: &str, message: impl Into<String>) {
        if self.notes.len() < MAX_MISTAKES {
            let (at, message) = (entries.position(key), message.into());
            self.notes.push(Diagnostic {
                path: entries.path_of(key),
                message,
                line: at.line,
                column: at.column,
            });
        }
    }

    /// The entries of a mapping; unknown, repeated and missing keys are reported. None if it is no mapping.
    pub fn entries<'a>(
        &mut self,
        value: &'a Value,
        known: &'static [Key],
        path: String,
        expected: &str,
    ) -> Option<Entries<'a>> {
        let Content::Map(map) = &value.content else {
            let found = match value.content {
                Content::Null => "nothing".to_owned(),
                _ => value.to_string(),
            };
            self.add(path, value, format!("found {found}; expected {expected}"));
            return None;
        };
        let (entries, odd) = Entries::of(value, map, known, path);
        for OddKey { at, message, .. } in odd {
            self.add(entries.path.clone(), at, message);
        }
        let is_there = |name: &str| entries.get(name).is_some();
        let is_missing = |key: &Key| key.required && !is_there(key.name) && !key.unless.is_some_and(is_there);
        let missing: Vec<&Key> = known.iter().filter(|key| is_missing(key)).collect();
        for key in missing {
            self.at_key(&entries, key.name, format!("missing; expected {}", key.meaning));
        }
        Some(entries)
    }

    /// A number, if there is one; its range is not looked at.
    pub fn number(&mut self, entries: &Entries<'_>, key: &'static str) -> Option<f64> {
        let value = entries.get(key)?;
        let number = plain_number(value);
        if number.is_none() {
            self.at_key(entries, key, format!("found {value}; expected a number"));
        }
        number
    }

    /// A finite number, if there is one.
    pub fn finite(&mut self, entries: &Entries<'_>, key: &'static str) -> Option<f64> {
        let number = self.number(entries, key)?;
        if !number.is_finite() {
            self.at_key(entries, key, format!("found {number}; expected {}", Range::Finite.words()));
        }
        Some(number).filter(|number| number.is_finite())
    }

    /// A whole number in a range, if there is one.
    pub fn whole(
        &mut self,
        entries: &Entries<'_>,
        key: &'static str,
        least: usize,
        most: usize,
    ) -> Option<usize> {
        let value = entries.get(key)?;
        if let Content::Integer(number) = value.content
            && let Ok(number) = usize::try_from(number)
            && (least..=most).contains(&number)
        {
            return Some(number);
        }
        self.at_key(entries, key, format!("found {value}; expected a whole number from {least} to {most}"));
        None
    }

    /// A truth value, if there is one.
    pub fn flag(&mut self, entries: &Entries<'_>, key: &'static str) -> Option<bool> {
        let value = entries.get(key)?;
        if let Content::Bool(flag) = value.content {
            Some(flag)
        } else {
            self.at_key(entries, key, format!("found {value}; expected true or false"));
            None
        }
    }

    /// A text, if there is one.
    pub fn text<'a>(&mut self, entries: &Entries<'a>, key: &'static str) -> Option<&'a str> {
        let value = entries.get(key)?;
        if value.text().is_none() {
            self.at_key(entries, key, format!("found {value}; expected a text"));
        }
        value.text()
    }

    /// The items of a list, if there is one.
    pub fn list<'a>(&mut self, entries: &Entries<'a>, key: &'static str, what: &str) -> Option<&'a [Value]> {
        let value = entries.get(key)?;
        if let Content::List(items) = &value.content {
            Some(items)
        } else {
            self.at_key(entries, key, format!("found {value}; expected a list of {what}"));
            None
        }
    }
}
