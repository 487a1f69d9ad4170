//! Tables that a reader can sort by any column.

use std::fmt::Write;

use crate::text::escape;

/// What a page with such tables needs: how they look, and what sorts them.
pub(crate) const STYLE: &str = include_str!("sortable.css");
pub(crate) const SCRIPT: &str = include_str!("sortable.js");

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What it means, told to whoever points at it.
    pub meaning: String,
}

/// A cell: what is shown, and what it is sorted by.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// A text, sorted as such.
    Text(String),
    /// A number with its form for people; none is shown as a dash and sorted last.
    Number(Option<f64>, String),
}

/// A table.
#[derive(Clone, Debug, PartialEq)]
pub struct SortableTable {
    /// What it shows.
    pub title: String,
    /// How to read it.
    pub note: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows, in the order first shown.
    pub rows: Vec<Vec<Entry>>,
}

impl SortableTable {
    /// The table as HTML. The page's script sorts it; without the script it stands as it is.
    pub(crate) fn write(&self, html: &mut String) {
        let _ = write!(
            html,
            "<section><h2>{}</h2>\n<p class=\"note\">{}</p>\n<div class=\"wide tall\"><table class=\"sortable\"><thead><tr>",
            escape(&self.title),
            escape(&self.note)
        );
        for (position, column) in self.columns.iter().enumerate() {
            // A heading stands over its cells: texts on the left, numbers on the right.
            let is_text = matches!(self.rows.first().and_then(|row| row.get(position)), Some(Entry::Text(_)));
            let _ = write!(
                html,
                "<th scope=\"col\"{} title=\"{}\"><button type=\"button\">{}</button></th>",
                if is_text { " class=\"text\"" } else { "" },
                escape(&column.meaning),
                // The name of a policy may be broken where its information level begins.
                escape(&column.name).replace(':', ":<wbr>")
            );
        }
        html.push_str("</tr></thead>\n<tbody>");
        for row in &self.rows {
            html.push_str("<tr>");
            for entry in row {
                match entry {
                    Entry::Text(text) => {
                        let _ = write!(html, "<td class=\"text\">{}</td>", escape(text));
                    }
                    Entry::Number(Some(value), shown) => {
                        let _ = write!(html, "<td data-value=\"{value}\">{}</td>", escape(shown));
                    }
                    Entry::Number(None, _) => html.push_str("<td data-value=\"\">\u{2013}</td>"),
                }
            }
            html.push_str("</tr>\n");
        }
        html.push_str("</tbody></table></div></section>\n");
    }
}
