//! Tables as people have them: each read as it is meant, or refused in words that say what to do.

use std::io::{Read as _, Write};
use std::path::PathBuf;

use flate2::Compression;
use flate2::write::GzEncoder;
use invmgmt_data::{ColumnKind, DateOrder, DecimalSign, Source, TableForm, look, read_column};
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};
use tempfile::TempDir;
use zip::write::SimpleFileOptions;

struct Table {
    _folder: TempDir,
    path: PathBuf,
}

fn table(bytes: impl AsRef<[u8]>) -> Table {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("t.csv");
    std::fs::write(&path, bytes).expect("a file");
    Table { _folder: folder, path }
}

impl Table {
    fn source(&self, form: TableForm) -> Source {
        Source::File { path: self.path.clone(), form }
    }

    fn units_in(&self, form: TableForm) -> Result<Vec<f64>, String> {
        read_column(&self.source(form), "units").map_err(|error| {
            error.to_string().replace(&format!("{}/", self.path.parent().unwrap().display()), "")
        })
    }

    fn units(&self) -> Result<Vec<f64>, String> {
        self.units_in(TableForm::default())
    }

    /// What the dates of column `day` were understood as: first and last; or the question.
    fn days_in(&self, form: TableForm) -> Result<(String, String), String> {
        let looked = look(&self.source(form)).map_err(|error| error.to_string())?;
        let day = looked.columns.iter().find(|column| column.name == "day").expect("a column");
        match &day.question {
            Some(question) => Err(question.clone()),
            None => day.range.clone().ok_or_else(|| format!("{:?}", day.kind)),
        }
    }

    fn days(&self) -> Result<(String, String), String> {
        self.days_in(TableForm::default())
    }
}

/// Texts whose column `units` is read as these numbers.
#[test]
fn separators_decimal_signs_thousands_and_currencies_are_found() {
    let cases: [(&str, &str, &[f64]); 22] = [
        ("plain", "day,units\n1,2\n2,3.5\n", &[2.0, 3.5]),
        ("semicolons and decimal commas", "day;units\n1;2\n2;3,5\n", &[2.0, 3.5]),
        ("tabs", "day\tunits\n1\t2\n", &[2.0]),
        ("bars", "day|units\n1|2\n", &[2.0]),
        ("excel's own line", "sep=;\nday;units\n1;2,5\n", &[2.5]),
        ("german thousands", "units;x\n1.234,50;a\n12;b\n", &[1234.5, 12.0]),
        ("thousands without fraction, told by another row", "units;x\n1.234;a\n0,5;b\n", &[1234.0, 0.5]),
        ("thousands told by another column", "units;price\n1.234;0,5\n", &[1234.0]),
        ("american thousands in quotes", "units,x\n\"1,234.50\",a\n", &[1234.5]),
        ("thousands told by a later fraction", "units,x\n\"1,234\",a\n2.5,b\n", &[1234.0, 2.5]),
        ("millions", "units;x\n1.234.567;a\n", &[1_234_567.0]),
        ("swiss thousands", "units;x\n1'234.50;a\n", &[1234.5]),
        ("french thousands", "units;x\n1\u{202f}234,5;a\n", &[1234.5]),
        ("currency behind", "units;x\n12,50 €;a\n", &[12.5]),
        ("currency before", "units,x\n$12.50,a\nUSD 3,b\n", &[12.5, 3.0]),
        ("accountants' brackets", "units,x\n(12),a\n", &[-12.0]),
        ("minus behind", "units,x\n12-,a\n", &[-12.0]),
        ("percent", "units;x\n97 %;a\n", &[0.97]),
        ("one column of decimal commas", "units\n1,5\n2,5\n", &[1.5, 2.5]),
        ("old line ends", "day,units\r1,2\r2,3\r", &[2.0, 3.0]),
        ("rows of separators at the end", "day;units\r\n1;2\r\n;\r\n;\r\n", &[2.0]),
        ("three decimals in a program's file", "day,units\n1,1.234\n", &[1.234]),
    ];
    for (what, text, expected) in cases {
        assert_eq!(table(text).units().as_deref(), Ok(expected), "{what}");
    }
}

#[test]
fn a_byte_order_mark_and_utf_16_are_read() {
    assert_eq!(table("\u{feff}units;x\n1,5;ä\n").units(), Ok(vec![1.5]));
    let text = "day\tunits\n1\t2,5\nü\t3\n";
    let units: Vec<u16> = std::iter::once(0xfeff).chain(text.encode_utf16()).collect();
    let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
    let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
    assert_eq!(table(little).units(), Ok(vec![2.5, 3.0]));
    assert_eq!(table(big).units(), Ok(vec![2.5, 3.0]));
}

#[test]
fn what_can_be_read_in_two_ways_is_refused_with_both() {
    let cases = [
        (
            "units;x\n1.234;a\n",
            "t.csv:2: units: found '1.234', which is 1234 or 1.234; no number in the file tells which; say --decimal . or --decimal ,",
        ),
        (
            "units,x\n\"1,234\",a\n950,b\n",
            "t.csv:2: units: found '1,234', which is 1234 or 1.234; no number in the file tells which; say --decimal . or --decimal ,",
        ),
        (
            "units;x\n1.234;a\n0,5;b\n0.5;c\n",
            "t.csv:2: units: found '1.234', which is 1234 or 1.234; the file has fractions with a point ('0.5', line 4) and with a comma ('0,5', line 3); say --decimal . or --decimal ,",
        ),
        (
            "units;x,y\n1;2,5\n3;4,5\n",
            "t.csv:1: the header and the rows below are 2 columns parted by commas and as well 2 columns parted by semicolons; say --separator comma or --separator semicolon",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(table(text).units().unwrap_err(), expected);
    }
}

#[test]
fn what_is_said_decides() {
    let comma = TableForm { decimal: Some(DecimalSign::Comma), ..TableForm::default() };
    let point = TableForm { decimal: Some(DecimalSign::Point), ..TableForm::default() };
    assert_eq!(table("units;x\n1.234;a\n").units_in(comma.clone()), Ok(vec![1234.0]));
    assert_eq!(table("units;x\n1.234;a\n").units_in(point), Ok(vec![1.234]));
    let message = table("units;x\n1.5;a\n").units_in(comma).unwrap_err();
    assert_eq!(message, "t.csv:2: units: found '1.5'; expected a finite number");
    let semicolon = TableForm { separator: Some("semicolon".parse().unwrap()), ..TableForm::default() };
    assert_eq!(table("units;x,y\n1;2,5\n").units_in(semicolon), Ok(vec![1.0]));
}

#[test]
fn other_encodings_and_other_kinds_of_files_are_refused_with_what_to_do() {
    for (bytes, words) in [
        (&b"name,units\ncaf\xe9,2\n"[..], "t.csv:2: column 1: not UTF-8 text (byte 0xE9); save it as UTF-8"),
        (b"u\0n\0i\0t\0s\0", "UTF-16 without its mark, or no table; save it as UTF-8"),
        (b"\xff\xfeu\0n\0x", "begins as UTF-16 does and is not; save it as UTF-8"),
        (b"PAR1....", "a Parquet file; read it as a frame in Python"),
        (b"PK\x03\x04 torn", "a zip archive that cannot be read"),
        (b"\x1f\x8b torn", "its gzip packing is torn or cut short"),
        (b"<html><table><tr><td>units</td></tr></table></html>", "a page of HTML or XML"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><Workbook/>", "save it as CSV or as a spreadsheet (.xlsx)"),
        (b"Sales of last year\nday,units\n1,2\n", "no column 'units'"),
        (b"\xd0\xcf\x11\xe0 torn", "a spreadsheet that cannot be read"),
        (b" [\n {\"units\": 1}]", "JSON, not a table; read it as a frame in Python"),
        (b"{\"units\": [1, 2]}", "JSON, not a table"),
    ] {
        let message = table(bytes).units().unwrap_err();
        assert!(message.contains(words), "{message}");
    }
    let sheet = TableForm { sheet: Some("Sales".into()), ..TableForm::default() };
    let message = table("units\n1\n").units_in(sheet).unwrap_err();
    assert!(message.contains("--sheet is for spreadsheets, and this is none"), "{message}");
}

#[test]
fn packed_tables_are_read() {
    assert_eq!(table(gzipped(b"units;x\n1,5;a\n")).units(), Ok(vec![1.5]));
    assert_eq!(table(zipped(&[("till.csv", "units;x\n1,5;a\n")])).units(), Ok(vec![1.5]));
    assert_eq!(
        table(zipped(&[("__MACOSX/._t.csv", "?"), ("d/t.csv", "units,x\n2,a\n")])).units(),
        Ok(vec![2.0])
    );
    let message = table(zipped(&[("a.csv", "units\n1\n"), ("b.csv", "units\n2\n")])).units().unwrap_err();
    assert!(
        message.contains("a zip archive of 2 files (a.csv, b.csv); unpack it and name the one to read"),
        "{message}"
    );
    assert!(table(zipped(&[])).units().unwrap_err().contains("a zip archive without a file"));
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

#[test]
fn tables_packed_more_than_once_are_read_and_those_cut_short_are_refused() {
    let text = b"units;x\n1,5;a\n";
    assert_eq!(table(zipped_bytes(&[("t.csv.gz", &gzipped(text))])).units(), Ok(vec![1.5]));
    assert_eq!(table(zipped_bytes(&[("in.zip", &zipped_bytes(&[("t.csv", text)]))])).units(), Ok(vec![1.5]));
    assert_eq!(table(gzipped(&zipped_bytes(&[("t.csv", text)]))).units(), Ok(vec![1.5]));
    let mut book = Workbook::new();
    book.add_worksheet().write(0, 0, "units").unwrap().write(1, 0, 7).unwrap();
    assert_eq!(table(gzipped(&book.save_to_buffer().unwrap())).units(), Ok(vec![7.0]));
    let four = (0..4).fold(text.to_vec(), |inner, _| gzipped(&inner));
    assert!(table(four).units().unwrap_err().contains("packed more than 3 times over; unpack it"));
    let rows: Vec<String> = (0..5000).map(|n| format!("{n},{}", n * n)).collect();
    let long = format!("units,x\n{}\n", rows.join("\n"));
    let whole = gzipped(long.as_bytes());
    let message = table(&whole[..whole.len() / 2]).units().unwrap_err();
    assert!(message.contains("its gzip packing is torn or cut short"), "{message}");
    // Two packings one behind the other, as some programs append them.
    let both = [gzipped(b"units,x\n1,a\n"), gzipped(b"2,b\n")].concat();
    assert_eq!(table(both).units(), Ok(vec![1.0, 2.0]));
}

#[test]
fn a_title_above_the_header_is_refused_with_what_to_do() {
    let looked = look(&table("Sales of last year\nday,units\n1,2\n").source(TableForm::default()));
    let message = looked.expect_err("refused").to_string();
    assert!(
        message.ends_with(
            "2 cells; the header has 1; a title? Take out what stands above the table, or say --separator"
        ),
        "{message}"
    );
}

#[test]
fn titles_of_several_cells_and_lines_between_are_refused_with_the_line_of_the_header() {
    let text = "Sales of last year\nAcme;;\n\nday;units;note\n1;2;a\n";
    let message = table(text).units().unwrap_err();
    assert!(message.ends_with("line 4 has it: take out what stands above the table"), "{message}");
    let message = look(&table(text).source(TableForm::default())).expect_err("refused").to_string();
    assert!(message.contains("a title? Take out what stands above the table"), "{message}");
}

/// Each of these numbers can be read in one way only, whatever stands beside it.
#[test]
fn a_look_takes_fractions_with_points_and_with_commas_for_the_numbers_they_are() {
    let looked = look(&table("day;units\n1;3,5\n2;2.25\n").source(TableForm::default())).expect("a table");
    assert_eq!(looked.columns[1].kind, ColumnKind::Numbers);
    assert_eq!(looked.columns[1].range, Some(("2.25".to_owned(), "3.5".to_owned())));
}

#[test]
fn a_law_whose_commas_part_cells_is_refused_with_what_to_do() {
    let text = "item,lead_time,units\ntea,{values: [2, 3], weights: [8, 2]},1\n";
    let message = table(text).units().unwrap_err();
    assert_eq!(
        message,
        "t.csv:2: 6 cells; the header has 3; what has the separator in it, as a law, stands in quotes: \"{...}\""
    );
}

/// Cells that people put where there is no number, and a row of totals.
#[test]
fn a_look_names_the_cell_that_keeps_a_column_from_being_numbers_or_dates() {
    let text = "day;units;note\n2026-01-01;3;a\n2026-01-02;n/a;b\n2026-01-03;5;7\nTotal;8;c\n";
    let looked = look(&table(text).source(TableForm::default())).expect("a table");
    let exceptions: Vec<Option<&str>> =
        looked.columns.iter().map(|column| column.exception.as_deref()).collect();
    assert_eq!(
        exceptions,
        [
            Some("3 of 4 cells are dates, but 'Total' (line 5) is none"),
            Some("3 of 4 cells are numbers, but 'n/a' (line 3) is none"),
            None
        ]
    );
}

fn zipped(files: &[(&str, &str)]) -> Vec<u8> {
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    zipped_bytes(&files)
}

fn zipped_bytes(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    for (name, bytes) in files {
        zip.start_file(*name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A sheet with a title above its table: numbers with a fraction of three digits, dates, a text that looks like a
/// number.
fn book(sheets: &[&str]) -> Vec<u8> {
    let mut book = Workbook::new();
    for name in sheets {
        let sheet = book.add_worksheet().set_name(*name).unwrap();
        sheet.write(0, 0, "Sales of last year").unwrap();
        for (column, name) in ["day", "units", "code"].into_iter().enumerate() {
            sheet.write(2, column as u16, name).unwrap();
        }
        let days = Format::new().set_num_format("dd.mm.yyyy");
        for (row, units) in [(3, 1.234), (4, 12.0)] {
            let day = ExcelDateTime::from_ymd(2026, 1, row as u8).unwrap();
            sheet.write_with_format(row, 0, &day, &days).unwrap();
            sheet.write(row, 1, units).unwrap();
            sheet.write(row, 2, "007").unwrap();
        }
    }
    book.save_to_buffer().unwrap()
}

#[test]
fn spreadsheets_are_read_by_sheet_and_range() {
    let cells = TableForm { range: Some("A3:C5".parse().unwrap()), ..TableForm::default() };
    let one = table(book(&["Sales"]));
    assert_eq!(one.units_in(cells.clone()), Ok(vec![1.234, 12.0]));
    assert_eq!(one.days_in(cells.clone()), Ok(("2026-01-03".into(), "2026-01-04".into())));
    let message = one.units().unwrap_err();
    assert!(message.contains("no column 'units'"), "{message}");
    let nowhere = TableForm { range: Some("X3:Z5".parse().unwrap()), ..TableForm::default() };
    assert!(one.units_in(nowhere).unwrap_err().contains("--range: no filled cell lies there"));
    let two = table(book(&["Sales", "Old"]));
    let message = two.units_in(cells.clone()).unwrap_err();
    assert!(
        message
            .contains("a spreadsheet of 2 sheets with cells ('Sales', 'Old'); say which with --sheet NAME"),
        "{message}"
    );
    for sheet in ["Old", "2"] {
        assert_eq!(
            two.units_in(TableForm { sheet: Some(sheet.into()), ..cells.clone() }),
            Ok(vec![1.234, 12.0])
        );
    }
    let message = two.units_in(TableForm { sheet: Some("old".into()), ..cells }).unwrap_err();
    assert!(message.contains("no sheet 'old'; sheets: 'Sales', 'Old'"), "{message}");
}

/// A sheet with a formula for a number, and one that gives an empty text.
fn formulas() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write(0, 0, "units").unwrap();
    sheet.write(0, 1, "note").unwrap();
    sheet.write_formula(1, 0, Formula::new("=2*3").set_result("6")).unwrap();
    sheet.write_formula(1, 1, Formula::new("=IF(A2>9,\"much\",\"\")").set_result("")).unwrap();
    book.save_to_buffer().unwrap()
}

/// What many programs write who do not calculate: the formula alone. To read it as nothing would lose a number.
#[test]
fn a_formula_without_its_value_is_refused_by_its_cell_and_one_with_a_value_is_read() {
    assert_eq!(table(formulas()).units(), Ok(vec![6.0]));
    let mut packed = zip::ZipArchive::new(std::io::Cursor::new(formulas())).unwrap();
    let names: Vec<String> = packed.file_names().map(str::to_owned).collect();
    let mut parts: Vec<(&str, Vec<u8>)> = Vec::new();
    for name in &names {
        let mut text = String::new();
        packed.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        parts.push((name, text.replace("<v>6</v>", "").into_bytes()));
    }
    let parts: Vec<(&str, &[u8])> = parts.iter().map(|(name, bytes)| (*name, bytes.as_slice())).collect();
    let message = table(zipped_bytes(&parts)).units().unwrap_err();
    assert!(message.contains("sheet 'Sheet1', row 2, column 1: a formula without a value"), "{message}");
    assert!(message.contains("Open the file in a spreadsheet program and save it"), "{message}");
}

/// Sheets with this column `units` from row 1 + `above` on, numbers or texts as given.
fn column_of(above: u32, cells: &[Result<f64, &str>]) -> Table {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write(above, 0, "units").unwrap();
    for (row, cell) in (above + 1..).zip(cells) {
        match cell {
            Ok(number) => sheet.write(row, 0, *number).unwrap(),
            Err(text) => sheet.write(row, 0, *text).unwrap(),
        };
    }
    table(book.save_to_buffer().unwrap())
}

/// 1.234 as a text is 1234 where commas are decimal; that a number of the sheet is 2.5 says nothing of it.
#[test]
fn numbers_as_texts_of_a_sheet_are_a_question_that_its_own_numbers_do_not_answer() {
    for first in [Ok(2.5), Ok(3.0), Err("7")] {
        let asked = column_of(0, &[first, Err("1.234")]).units().unwrap_err();
        assert!(asked.contains("t.csv:3: units: found '1.234', which is 1234 or 1.234"), "{asked}");
        assert!(asked.contains("say --decimal . or --decimal ,"), "{asked}");
    }
    assert_eq!(column_of(0, &[Err("1.234"), Err("1,5"), Ok(2.5)]).units(), Ok(vec![1234.0, 1.5, 2.5]));
    let form = TableForm { decimal: Some(DecimalSign::Comma), ..TableForm::default() };
    assert_eq!(
        column_of(0, &[Ok(2.5), Ok(1.234), Err("1.234")]).units_in(form),
        Ok(vec![2.5, 1.234, 1234.0])
    );
}

#[test]
fn messages_name_the_rows_of_a_sheet_also_below_empty_ones() {
    for above in [0, 1, 4] {
        let message = column_of(above, &[Ok(1.0), Err("many")]).units().unwrap_err();
        assert!(message.contains(&format!("t.csv:{}: units: found 'many'", above + 3)), "{message}");
        assert_eq!(column_of(above, &[Ok(1.0), Err("2")]).units(), Ok(vec![1.0, 2.0]));
    }
    // Of a range, too.
    let cells = TableForm { range: Some("A3:C5".parse().unwrap()), ..TableForm::default() };
    let code = read_column(&table(book(&["Sales"])).source(cells), "day").unwrap_err().to_string();
    assert!(code.contains("t.csv:4: day"), "{code}");
}

/// Spreadsheets keep a cell somebody once filled at their far end: a place for every cell between would take 500 GB.
#[test]
fn a_cell_far_from_the_table_takes_no_memory() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_string(0, 0, "units").expect("a cell");
    sheet.write_number(1, 0, 3.0).expect("a cell");
    sheet.write_string(1_048_575, 16_383, " ").expect("a cell");
    let far = table(book.save_to_buffer().expect("a book"));
    let message = far.units().unwrap_err();
    assert!(
        message.contains("3 filled cells lie in 1048576 rows and 16384 columns, down to row 1048576")
            && message.contains("--range"),
        "{message}"
    );
    let cells = TableForm { range: Some("A1:A2".parse().unwrap()), ..TableForm::default() };
    assert_eq!(far.units_in(cells), Ok(vec![3.0]));
}

#[test]
fn dates_are_read_in_the_usual_forms() {
    let expected = Ok(("2026-01-02".to_owned(), "2026-01-31".to_owned()));
    for (first, last) in [
        ("2026-01-02", "2026-01-31"),
        ("02.01.2026", "31.01.2026"),
        ("2/1/2026", "31/1/2026"),
        ("01/02/2026", "01/31/2026"),
        ("20260102", "20260131"),
        ("2 Jan 2026", "31 Jan 2026"),
        ("\"Jan 2, 2026\"", "\"January 31, 2026\""),
        ("2026-01-02 08:30:00", "2026-01-31T23:59:59Z"),
    ] {
        assert_eq!(table(format!("day,units\n{first},1\n{last},2\n")).days(), expected, "{first}");
    }
}

#[test]
fn days_and_months_that_cannot_be_told_apart_are_a_question() {
    let either = table("day,units\n03/04/2026,1\n05/06/2026,2\n");
    assert_eq!(
        either.days(),
        Err("line 2: day: '03/04/2026' is 3 April 2026 read day first and 4 March 2026 read month first, and no row \
             tells which; say --dates day-first or --dates month-first"
            .to_owned())
    );
    let form = |order| TableForm { dates: Some(order), ..TableForm::default() };
    assert_eq!(either.days_in(form(DateOrder::DayFirst)), Ok(("2026-04-03".into(), "2026-06-05".into())));
    assert_eq!(either.days_in(form(DateOrder::MonthFirst)), Ok(("2026-03-04".into(), "2026-05-06".into())));
    let short = table("day,units\n02-01-26,1\n31-01-26,2\n");
    assert!(short.days().unwrap_err().ends_with("say --dates day-first or --dates year-first"));
    assert_eq!(short.days_in(form(DateOrder::DayFirst)), Ok(("2026-01-02".into(), "2026-01-31".into())));
    let mixed = table("day,units\n25/04/2026,1\n04/26/2026,2\n").days().unwrap_err();
    assert!(
        mixed.contains("its dates are not in one order: '04/26/2026' (line 3) cannot be day first"),
        "{mixed}"
    );
    let wrong = table("day,units\n25/04/2026,1\n").days_in(form(DateOrder::MonthFirst)).unwrap_err();
    assert!(wrong.contains("'25/04/2026' is no date read month-first"), "{wrong}");
}

#[test]
fn a_look_says_what_each_column_holds() {
    let looked = look(
        &table("sku;day;units;price;note\nA1;01.02.2026;1.234;0,5;\nB2;28.02.2026;7;1,25;\n")
            .source(TableForm::default()),
    )
    .expect("a table");
    assert_eq!(
        (looked.rows, looked.separator.as_deref(), looked.decimal),
        (2, Some("semicolon"), Some(DecimalSign::Comma))
    );
    let kinds: Vec<ColumnKind> = looked.columns.iter().map(|column| column.kind).collect();
    let expected = [
        ColumnKind::Texts,
        ColumnKind::Dates,
        ColumnKind::WholeNumbers,
        ColumnKind::Numbers,
        ColumnKind::Empty,
    ];
    assert_eq!(kinds, expected);
    assert_eq!(looked.columns[2].range, Some(("7".into(), "1234".into())));
    assert_eq!(looked.columns[4].empty, 2);
}
