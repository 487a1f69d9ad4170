//! The command `look`: what is understood of a table.

use std::io::Write;

use invmgmt_data::{ColumnLook, DecimalSign, Looked, look};
use serde_json::{Value, json};

use crate::args::files::LookArgs;
use crate::failure::Failure;
use crate::wording::counted;

/// Says what was understood of each column of a table.
pub(crate) fn run(given: &LookArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let looked = look(&given.form.source(&given.file)).map_err(Failure::refused)?;
    if given.json {
        serde_json::to_writer_pretty(&mut *out, &as_json(&looked))?;
        writeln!(out)?;
    } else {
        print(&looked, out)?;
    }
    let questions = looked.columns.iter().filter(|column| column.question.is_some()).count();
    if questions > 0 {
        let columns = counted(questions, "column");
        return Err(Failure::Refused(format!("{columns} can be read in two ways; nothing was guessed")));
    }
    Ok(())
}

fn decimal(sign: DecimalSign) -> &'static str {
    match sign {
        DecimalSign::Point => "point",
        DecimalSign::Comma => "comma",
    }
}

fn print(looked: &Looked, out: &mut dyn Write) -> std::io::Result<()> {
    let wrapping = looked.wrapping.iter().cloned();
    let separator = looked.separator.iter().map(|separator| format!("parted by {separator}s"));
    let sign = looked.decimal.map(|sign| format!("decimal {}", decimal(sign)));
    let facts: Vec<String> = wrapping.chain(separator).chain(sign).collect();
    writeln!(out, "{}, {}", counted(looked.rows, "row"), facts.join(", "))?;
    let width =
        looked.columns.iter().map(|column| column.name.chars().count()).max().unwrap_or(0).clamp(6, 40);
    writeln!(out, "\n{:<width$}  {:<13}  {:>7}  understood", "column", "holds", "empty")?;
    for column in &looked.columns {
        let ColumnLook { name, kind, empty, .. } = column;
        writeln!(out, "{name:<width$}  {:<13}  {empty:>7}  {}", kind.name(), understood(column))?;
    }
    Ok(())
}

fn understood(column: &ColumnLook) -> String {
    if let Some(question) = &column.question {
        return format!("two readings: {question}");
    }
    let range = column.range.as_ref().map(|(least, most)| format!("{least} to {most}"));
    let example = column.example.as_ref().map(|(text, read)| {
        if text == read { format!("as '{text}'") } else { format!("'{text}' is {read}") }
    });
    let parts: Vec<String> = range.into_iter().chain(example).chain(column.exception.clone()).collect();
    parts.join("; ")
}

fn as_json(looked: &Looked) -> Value {
    let columns: Vec<Value> = looked
        .columns
        .iter()
        .map(|column| {
            json!({
                "name": column.name,
                "holds": column.kind.name(),
                "empty": column.empty,
                "example": column.example.as_ref().map(|(text, _)| text),
                "read_as": column.example.as_ref().map(|(_, read)| read),
                "least": column.range.as_ref().map(|(least, _)| least),
                "most": column.range.as_ref().map(|(_, most)| most),
                "question": column.question,
                "exception": column.exception,
            })
        })
        .collect();
    json!({
        "rows": looked.rows,
        "wrapping": looked.wrapping,
        "separator": looked.separator,
        "decimal": looked.decimal.map(decimal),
        "columns": columns,
    })
}
