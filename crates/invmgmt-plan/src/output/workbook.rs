//! Plan and orders as workbooks: formats, filters, a header that stays, a sheet of assumptions.

use rust_xlsxwriter::{Color, Format, FormatBorder, Workbook, Worksheet, XlsxError};

use super::table::Cell;
use super::{Plan, orders, table};

pub(super) fn plan(plan: &Plan) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("Plan")?;
    fill(sheet, &table::COLUMNS, table::rows(plan).map(|row| row.to_vec()))?;
    sheet.set_freeze_panes(1, 2)?;
    let said: Vec<(&str, &[String])> =
        vec![("Taken for granted", &plan.loaded.assumptions), ("Left out or changed", &plan.loaded.notes)];
    let sheet = book.add_worksheet().set_name("Assumptions")?;
    let title = Format::new().set_bold();
    let mut row = 0;
    sheet.set_column_width(0, 28)?;
    sheet.set_column_width(1, 110)?;
    for (heading, sentences) in said {
        for sentence in sentences {
            sheet.write_with_format(row, 0, heading, &title)?;
            sheet.write_string(row, 1, sentence)?;
            row += 1;
        }
    }
    for (name, meaning) in table::COLUMNS {
        sheet.write_with_format(row, 0, name, &title)?;
        sheet.write_string(row, 1, meaning)?;
        row += 1;
    }
    for warning in crate::Warning::ALL {
        sheet.write_with_format(row, 0, format!("warning {}", warning.name()), &title)?;
        sheet.write_string(row, 1, warning.meaning())?;
        row += 1;
    }
    sheet.write_with_format(row, 0, "made by", &title)?;
    sheet.write_string(row, 1, &plan.generator)?;
    sheet.write_with_format(row + 1, 0, "command", &title)?;
    sheet.write_string(row + 1, 1, &plan.command)?;
    book.save_to_buffer()
}

pub(super) fn orders(plan: &Plan) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("Orders")?;
    fill(sheet, &orders::COLUMNS, orders::rows(plan).into_iter().map(|row| row.to_vec()))?;
    sheet.set_freeze_panes(1, 0)?;
    book.save_to_buffer()
}

/// Writes a table with its header, formats and a filter.
fn fill(
    sheet: &mut Worksheet,
    columns: &[(&str, &str)],
    rows: impl Iterator<Item = Vec<Cell>>,
) -> Result<(), XlsxError> {
    let header = Format::new()
        .set_bold()
        .set_background_color(Color::RGB(0x00DD_E6F0))
        .set_border_bottom(FormatBorder::Thin)
        .set_text_wrap();
    let formats: Vec<Format> =
        columns.iter().map(|(name, _)| Format::new().set_num_format(format_of(name))).collect();
    for (column, (name, meaning)) in columns.iter().enumerate() {
        let column = column as u16;
        sheet.write_with_format(0, column, *name, &header)?;
        sheet.insert_note(0, column, &rust_xlsxwriter::Note::new(*meaning).add_author_prefix(false))?;
        sheet.set_column_width(column, if column < 2 { 18.0 } else { 13.0 })?;
    }
    let mut last = 0;
    for (row, cells) in rows.enumerate() {
        last = row as u32 + 1;
        for (column, cell) in cells.into_iter().enumerate() {
            match cell {
                Cell::Text(text) => sheet.write_string(last, column as u16, text)?,
                Cell::Number(number) => {
                    sheet.write_with_format(last, column as u16, number, &formats[column])?
                }
                Cell::Nothing => sheet,
            };
        }
    }
    sheet.autofilter(0, 0, last, columns.len() as u16 - 1)?;
    Ok(())
}

fn format_of(name: &str) -> &'static str {
    match name {
        "immediate_fill_rate"
        | "immediate_fill_rate_low"
        | "immediate_fill_rate_high"
        | "cycle_service"
        | "target" => "0.0%",
        "reorder_point" | "order_up_to" | "order_now" | "units" | "packs" | "pack_size" | "multiple"
        | "review" => "#,##0.##",
        "cost_per_year" | "value" => "#,##0.00",
        _ => "#,##0.0",
    }
}
