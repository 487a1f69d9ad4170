//! How the mistakes of a file are shown.

use std::fmt::Write as _;
use std::io::{IsTerminal, Write};
use std::path::Path;

use invmgmt_data::{Diagnostic, FileError, read_text};
use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, NamedSource, Report};

use crate::wording::counted;

/// Most mistakes shown with their lines of the file; of the others only the number is given.
const MOST_SHOWN: usize = 50;
/// Lines longer than this are not shown.
const LONGEST_LINE: usize = 300;
/// Messages are wrapped at this width.
const WIDTH: usize = 110;

/// Says on stderr what is wrong with a file, with the lines concerned where that helps.
pub(crate) fn report(path: &Path, error: &FileError) {
    let text = with_snippets(path, error).unwrap_or_else(|| format!("error: {error}\n"));
    let _ = std::io::stderr().write_all(text.as_bytes());
}

/// A path as it is printed.
pub(crate) fn shown(path: &Path) -> String {
    path.to_string_lossy().escape_debug().to_string()
}

/// The mistakes beside the lines they are on; none if the file has no lines to show or very long ones.
fn with_snippets(path: &Path, error: &FileError) -> Option<String> {
    let diagnostics = error.diagnostics();
    let shown_ones = &diagnostics[..diagnostics.len().min(MOST_SHOWN)];
    let source = tame(&read_text(path).ok()?);
    let lines: Vec<&str> = source.split('\n').collect();
    let mut labels = Vec::new();
    let mut elsewhere = String::new();
    for diagnostic in shown_ones {
        match span(&lines, diagnostic) {
            Span::Found { start, length } => {
                labels.push(LabeledSpan::at(start..start + length, diagnostic.to_string()));
            }
            Span::Unknown => {
                let _ = writeln!(elsewhere, "{diagnostic}");
            }
            Span::TooLong => return None,
        }
    }
    if labels.is_empty() {
        return None;
    }
    if diagnostics.len() > shown_ones.len() {
        let _ = writeln!(elsewhere, "... and {} more", diagnostics.len() - shown_ones.len());
    }
    let headline = format!("{} in {}", counted(diagnostics.len(), "mistake"), shown(path));
    let mut diagnostic = MietteDiagnostic::new(headline).with_labels(labels);
    if !elsewhere.is_empty() {
        diagnostic = diagnostic.with_help(elsewhere.trim_end());
    }
    let report = Report::new(diagnostic).with_source_code(NamedSource::new(shown(path), source.clone()));
    let mut text = String::new();
    handler().render_report(&mut text, report.as_ref()).ok()?;
    Some(text)
}

/// Colours and drawn lines on a terminal, plain text elsewhere.
fn handler() -> GraphicalReportHandler {
    let theme = if !std::io::stderr().is_terminal() {
        GraphicalTheme::none()
    } else if std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()) {
        GraphicalTheme::unicode_nocolor()
    } else {
        GraphicalTheme::unicode()
    };
    GraphicalReportHandler::new_themed(theme).with_links(false).with_width(WIDTH)
}

/// The text with control characters replaced one for one, so that showing it does nothing to a terminal and columns
/// stay where they are.
fn tame(text: &str) -> String {
    let harmless = |c: char| if c.is_control() && c != '\n' { ' ' } else { c };
    text.chars().map(harmless).collect()
}

/// Where a mistake stands in the text.
enum Span {
    /// Bytes from the start of the text, and length in bytes.
    Found { start: usize, length: usize },
    /// Nowhere in particular.
    Unknown,
    /// On a line too long to show.
    TooLong,
}

fn span(lines: &[&str], diagnostic: &Diagnostic) -> Span {
    let (Some(number), Some(column)) = (diagnostic.line, diagnostic.column) else { return Span::Unknown };
    let (before, column) = (number as usize - 1, column as usize - 1);
    let Some(line) = lines.get(before) else { return Span::Unknown };
    if line.chars().count() > LONGEST_LINE {
        return Span::TooLong;
    }
    let start_of_line: usize = lines[..before].iter().map(|line| line.len() + 1).sum();
    let offset = line.char_indices().nth(column).map_or(line.len(), |(offset, _)| offset);
    // A value ends where YAML goes on: at a comma, a bracket, a comment, a colon before a value.
    let rest = &line[offset..];
    let value = rest.split([',', ']', '}', '#']).next().unwrap_or(rest).trim_end();
    let value = value.split_once(": ").map_or(value, |(key, _)| key);
    let opening = rest.chars().next().map_or(0, char::len_utf8);
    Span::Found { start: start_of_line + offset, length: value.len().max(opening) }
}
