//! YAML to [`Value`]s, with every line kept and every resource limited.

mod scalar;

pub(crate) use self::scalar::number_of_yaml_1_1;

use std::collections::{HashMap, HashSet};

use granit_parser::{Event, Parser, ScalarStyle, ScanError, Span, Tag};

use crate::error::Diagnostic;
use crate::text::MAX_FILE_BYTES;
use crate::value::{Content, Value};

/// Deepest nesting of lists and mappings accepted, aliases expanded.
pub const MAX_DEPTH: usize = 64;
/// Most values of a document; long texts count as several.
pub const MAX_VALUES: usize = 4_000_000;
/// Most values that anchors and aliases may copy.
pub const MAX_COPIED_VALUES: usize = 2_000_000;

/// Bytes of text that count as much as a value.
const BYTES_PER_VALUE: usize = 32;

/// The document of a text.
pub(crate) fn compose(text: &str) -> Result<Value, Diagnostic> {
    if text.len() as u64 > MAX_FILE_BYTES {
        let message = format!("larger than {} MB, the most that is read", MAX_FILE_BYTES >> 20);
        return Err(Diagnostic { path: String::new(), message, line: None, column: None });
    }
    let options = granit_parser::options! {
        emit_comments: false,
        flow_nesting_limit: MAX_DEPTH,
        block_nesting_limit: MAX_DEPTH,
    };
    let mut composer = Composer::default();
    for event in Parser::new_from_str_with_options(text, options) {
        let (event, span) = event.map_err(|error| syntax_error(text, &error))?;
        composer.take(event, span)?;
    }
    Ok(composer.root.unwrap_or_else(Value::null))
}

fn syntax_error(text: &str, error: &ScanError) -> Diagnostic {
    let info = match error.info().as_ref() {
        "recursion limit exceeded" => format!("nested deeper than {MAX_DEPTH} levels"),
        info => info.to_owned(),
    };
    // JSON is read as the YAML it is.
    let language = if text.trim_start().starts_with(['{', '[']) { "JSON or YAML" } else { "YAML" };
    fault(Span::empty(*error.marker()), format!("not valid {language}: {info}"))
}

fn fault(span: Span, message: String) -> Diagnostic {
    let Value { line, column, .. } = placed(Content::Null, span);
    Diagnostic { path: String::new(), message, line, column }
}

/// A value with the place where its text begins.
fn placed(content: Content, span: Span) -> Value {
    Value {
        content,
        line: u32::try_from(span.start.line()).ok(),
        column: u32::try_from(span.start.col() + 1).ok(),
        plain: false,
    }
}

/// A list or mapping whose end has not been seen.
struct Open {
    span: Span,
    /// What aliases call it, 0 for nothing.
    anchor: usize,
    /// The composer's count of values before this one.
    count_before: usize,
    /// Levels of nesting inside so far.
    height: usize,
    inside: Inside,
}

enum Inside {
    List(Vec<Value>),
    Map {
        entries: Vec<(Value, Value)>,
        /// A key whose value has not been seen, and whether it is the merge key.
        key: Option<(Value, bool)>,
        /// Values of merge keys.
        merged: Vec<Value>,
    },
}

/// A value that aliases may name.
struct Anchored {
    value: Value,
    count: usize,
    height: usize,
}

/// Builds the document event by event; its own stack, so that no input can exhaust the thread's.
#[derive(Default)]
struct Composer {
    open: Vec<Open>,
    anchors: HashMap<usize, Anchored>,
    /// Values so far.
    count: usize,
    /// How many of them anchors and aliases have copied.
    copied: usize,
    root: Option<Value>,
}

impl Composer {
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), Diagnostic> {
        match event {
            Event::DocumentStart(..) if self.root.is_some() => {
                Err(fault(span, "a second document begins; a file holds one".into()))
            }
            Event::Scalar(text, style, anchor, tag) => {
                let count = 1 + text.len() / BYTES_PER_VALUE;
                self.charge(count, span)?;
                let merge_key = style == ScalarStyle::Plain && tag.is_none() && text == "<<";
                let plain = style == ScalarStyle::Plain && tag.is_none();
                let value =
                    Value { plain, ..placed(scalar_content(&text, style, tag.as_deref(), span)?, span) };
                if anchor != 0 {
                    self.anchor(anchor, &value, count, 0, span)?;
                }
                self.place(value, 0, merge_key);
                Ok(())
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.begin(span, anchor, tag.as_deref(), "seq", Inside::List(Vec::new()))
            }
            Event::MappingStart(_, anchor, tag) => {
                let inside = Inside::Map { entries: Vec::new(), key: None, merged: Vec::new() };
                self.begin(span, anchor, tag.as_deref(), "map", inside)
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(),
            Event::Alias(anchor) => self.expand(anchor, span),
            _ => Ok(()),
        }
    }

    /// Counts values against the limit.
    fn charge(&mut self, count: usize, span: Span) -> Result<(), Diagnostic> {
        self.count = self.count.saturating_add(count);
        if self.count > MAX_VALUES {
            return Err(fault(span, format!("more than {MAX_VALUES} values, the most that is read")));
        }
        Ok(())
    }

    fn charge_copy(&mut self, count: usize, span: Span) -> Result<(), Diagnostic> {
        self.copied = self.copied.saturating_add(count);
        if self.copied > MAX_COPIED_VALUES {
            let message = format!("aliases copy more than {MAX_COPIED_VALUES} values, the most that is read");
            return Err(fault(span, message));
        }
        self.charge(count, span)
    }

    fn check_depth(&self, more: usize, span: Span) -> Result<(), Diagnostic> {
        if self.open.len() + more > MAX_DEPTH {
            return Err(fault(span, format!("nested more than {MAX_DEPTH} levels deep (aliases expanded)")));
        }
        Ok(())
    }

    fn begin(
        &mut self,
        span: Span,
        anchor: usize,
        tag: Option<&Tag>,
        own_tag: &str,
        inside: Inside,
    ) -> Result<(), Diagnostic> {
        if let Some(tag) = tag
            && tag.core_suffix() != Some(own_tag)
        {
            return Err(unknown_tag(tag, span));
        }
        self.check_depth(1, span)?;
        let count_before = self.count;
        self.charge(1, span)?;
        self.open.push(Open { span, anchor, count_before, height: 0, inside });
        Ok(())
    }

    fn end(&mut self) -> Result<(), Diagnostic> {
        let Some(open) = self.open.pop() else { return Ok(()) };
        let content = match open.inside {
            Inside::List(items) => Content::List(items),
            Inside::Map { entries, merged, .. } => Content::Map(merge(entries, merged)?),
        };
        let (value, height) = (placed(content, open.span), open.height + 1);
        if open.anchor != 0 {
            self.anchor(open.anchor, &value, self.count - open.count_before, height, open.span)?;
        }
        self.place(value, height, false);
        Ok(())
    }

    /// Keeps a copy for aliases.
    fn anchor(
        &mut self,
        anchor: usize,
        value: &Value,
        count: usize,
        height: usize,
        span: Span,
    ) -> Result<(), Diagnostic> {
        self.charge_copy(count, span)?;
        self.anchors.insert(anchor, Anchored { value: value.clone(), count, height });
        Ok(())
    }

    fn expand(&mut self, anchor: usize, span: Span) -> Result<(), Diagnostic> {
        let Some(anchored) = self.anchors.get(&anchor) else {
            return Err(fault(span, "an alias stands inside the value it names".into()));
        };
        let (count, height) = (anchored.count, anchored.height);
        self.check_depth(height, span)?;
        self.charge_copy(count, span)?;
        // What is inside keeps the lines of its definition; the value itself stands where the alias does.
        let Value { content, plain, .. } = self.anchors[&anchor].value.clone();
        let value = Value { plain, ..placed(content, span) };
        self.place(value, height, false);
        Ok(())
    }

    /// Puts a finished value where it belongs.
    fn place(&mut self, value: Value, height: usize, merge_key: bool) {
        let Some(open) = self.open.last_mut() else {
            self.root = Some(value);
            return;
        };
        open.height = open.height.max(height);
        match &mut open.inside {
            Inside::List(items) => items.push(value),
            Inside::Map { entries, key, merged } => match key.take() {
                None => *key = Some((value, merge_key)),
                Some((_, true)) => merged.push(value),
                Some((name, false)) => entries.push((name, value)),
            },
        }
    }
}

/// The entries of a mapping together with those of its merge keys, which give way to its own and to earlier ones.
fn merge(mut entries: Vec<(Value, Value)>, merged: Vec<Value>) -> Result<Vec<(Value, Value)>, Diagnostic> {
    if merged.is_empty() {
        return Ok(entries);
    }
    let mut taken: HashSet<String> =
        entries.iter().filter_map(|(key, _)| key.text().map(str::to_owned)).collect();
    for value in merged {
        let Value { content, line, column, .. } = value;
        let maps = match content {
            Content::List(items) => items.into_iter().map(|item| item.content).collect(),
            other => vec![other],
        };
        for map in maps {
            let Content::Map(more) = map else {
                let message = "the merge key << takes a mapping or a list of mappings".to_owned();
                return Err(Diagnostic { path: String::new(), message, line, column });
            };
            for (key, value) in more {
                if key.text().is_none_or(|name| taken.insert(name.to_owned())) {
                    entries.push((key, value));
                }
            }
        }
    }
    Ok(entries)
}

fn unknown_tag(tag: &Tag, span: Span) -> Diagnostic {
    let tag = crate::text::shown(&tag.original());
    fault(span, format!("the tag {tag} does not fit here; tags are not needed in a network file"))
}

fn scalar_content(
    text: &str,
    style: ScalarStyle,
    tag: Option<&Tag>,
    span: Span,
) -> Result<Content, Diagnostic> {
    let Some(tag) = tag else {
        return Ok(match style {
            ScalarStyle::Plain => scalar::resolve(text),
            _ => Content::Text(text.to_owned()),
        });
    };
    match (tag.core_suffix(), scalar::resolve(text)) {
        (Some("str"), _) => Ok(Content::Text(text.to_owned())),
        (Some("float"), Content::Integer(number)) => Ok(Content::Number(number as f64)),
        (Some("float"), content @ Content::Number(_))
        | (Some("int"), content @ Content::Integer(_))
        | (Some("bool"), content @ Content::Bool(_))
        | (Some("null"), content @ Content::Null) => Ok(content),
        _ => Err(unknown_tag(tag, span)),
    }
}
