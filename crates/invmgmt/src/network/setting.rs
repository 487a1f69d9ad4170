//! Values of keys that are more than one number: words, lists and mappings, as a file has them.

use std::fmt;

use super::KeyValue;

/// The value of a key as it was written, before anything is made of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Setting {
    /// `true` or `false`.
    Flag(bool),
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
    /// Values in order.
    List(Vec<Setting>),
    /// Keys with their values, in order of declaration.
    Map(Vec<(String, Setting)>),
}

impl Setting {
    /// The number, if it is one.
    pub fn number(&self) -> Option<f64> {
        if let Self::Number(number) = self { Some(*number) } else { None }
    }

    /// The text, if it is one.
    pub fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The values, if it is a list.
    pub fn list(&self) -> Option<&[Self]> {
        if let Self::List(values) = self { Some(values) } else { None }
    }

    /// The keys and values, if it is a mapping.
    pub fn map(&self) -> Option<&[(String, Self)]> {
        if let Self::Map(entries) = self { Some(entries) } else { None }
    }

    /// The value of a key of a mapping.
    pub fn entry(&self, key: &str) -> Option<&Self> {
        self.map()?.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }
}

impl fmt::Display for Setting {
    /// As a file in flow style has it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let joined = |f: &mut fmt::Formatter<'_>, texts: Vec<String>| write!(f, "{}", texts.join(", "));
        match self {
            Self::Flag(flag) => write!(f, "{flag}"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => write!(f, "{}", text.escape_debug()),
            Self::List(values) => {
                write!(f, "[")?;
                joined(f, values.iter().map(ToString::to_string).collect())?;
                write!(f, "]")
            }
            Self::Map(entries) => {
                write!(f, "{{")?;
                let text = |(key, value): &(String, Self)| format!("{}: {value}", key.escape_debug());
                joined(f, entries.iter().map(text).collect())?;
                write!(f, "}}")
            }
        }
    }
}

/// The keys that few networks have, each with its value, in order of declaration.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings(Vec<(&'static str, KeyValue)>);

impl Settings {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> &KeyValue {
        self.0.iter().find(|(name, _)| *name == key).map_or(&KeyValue::Absent, |(_, value)| value)
    }

    /// Sets the value of a key, or takes it away.
    pub fn put(&mut self, key: &'static str, value: KeyValue) {
        self.0.retain(|(name, _)| *name != key);
        if value != KeyValue::Absent {
            self.0.push((key, value));
        }
    }

    /// The number of a key.
    pub(super) fn number(&self, key: &str) -> Option<f64> {
        self.get(key).number()
    }

    /// The whole number of a key.
    pub(super) fn whole(&self, key: &str) -> Option<usize> {
        self.number(key).map(|number| number as usize)
    }

    /// The word of a key.
    pub(super) fn word(&self, key: &str) -> Option<&str> {
        if let KeyValue::Word(word) = self.get(key) { Some(word) } else { None }
    }

    /// Whether a key is `true`.
    pub(super) fn flag(&self, key: &str) -> bool {
        *self.get(key) == KeyValue::Flag(true)
    }

    /// The structure of a key.
    pub(super) fn structure(&self, key: &str) -> Option<&Setting> {
        if let KeyValue::Structure(setting) = self.get(key) { Some(setting) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_is_shown_as_a_file_has_it() {
        let law = Setting::Map(vec![
            ("values".into(), Setting::List(vec![Setting::Number(1.0), Setting::Number(2.5)])),
            ("never".into(), Setting::Flag(false)),
        ]);
        assert_eq!(law.to_string(), "{values: [1, 2.5], never: false}");
        assert_eq!(law.entry("values").and_then(Setting::list).map(<[_]>::len), Some(2));
        assert_eq!(law.entry("weights"), None);
    }

    #[test]
    fn a_key_set_anew_stands_once_and_absent_takes_it_away() {
        let mut settings = Settings::default();
        settings.put("min", KeyValue::Number(3.0));
        settings.put("min", KeyValue::Number(4.0));
        assert_eq!((settings.number("min"), settings.whole("min")), (Some(4.0), Some(4)));
        settings.put("min", KeyValue::Absent);
        assert!(settings.is_empty());
    }
}
