//! Columns of CSV files, and for each file that is refused what its message says.

use std::path::PathBuf;

use invmgmt_data::{FileError, SeriesError, read_column, read_demand};
use tempfile::TempDir;

fn file(content: &[u8]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("sales.csv");
    std::fs::write(&path, content).expect("a file");
    (folder, path)
}

fn read(content: &str) -> Vec<f64> {
    let (_folder, path) = file(content.as_bytes());
    read_column(&path.clone().into(), "units").unwrap_or_else(|error| panic!("{content:?}: {error}"))
}

/// The message for column `units` of a file, without the folder.
fn refused(content: &[u8]) -> String {
    let (folder, path) = file(content);
    let message = read_column(&path.clone().into(), "units").expect_err("refused").to_string();
    message.replace(&format!("{}/", folder.path().display()), "")
}

#[test]
fn a_column_is_read_in_order() {
    assert_eq!(read("day,units\n1,2\n2,0.5\n3,1e1\n"), [2.0, 0.5, 10.0]);
}

#[test]
fn marks_line_ends_quotes_and_spaces_are_understood() {
    assert_eq!(read("\u{feff}units,day\r\n1,a\r\n2,b\r\n"), [1.0, 2.0]);
    assert_eq!(read("day,units\n\"Monday, early\",1\n\"a\nb\", 2 "), [1.0, 2.0]);
    assert_eq!(read("\"units\"\n\"3\"\n"), [3.0]);
    assert_eq!(read(" units ,day\n\n3,a\n\n4,b\n\n"), [3.0, 4.0]);
}

/// In two columns an empty cell is seen; in one it is a blank line, which only the end of a file may have.
#[test]
fn a_blank_line_is_an_empty_cell_where_there_is_one_column() {
    assert_eq!(read(" units \n3\n4\n\n\n"), [3.0, 4.0]);
    let expected = "units: found an empty cell; expected a value in every row";
    for (content, line) in [
        ("units\n3\n\n4\n", 3),
        ("units\n\n3\n", 2),
        ("\nunits\r\n3\r\n \r\n4\r\n", 4),
        ("units\n\"\"\n4\n", 2),
    ] {
        assert_eq!(refused(content.as_bytes()), format!("sales.csv:{line}: {expected}"), "{content:?}");
    }
    let two = refused(b"day,units\n1,3\n2,\n3,4\n");
    assert_eq!(two, "sales.csv:3: units: found an empty cell; expected a finite number");
}

#[test]
fn the_shipped_sales_are_the_thirty_days() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../data/m5_foods_3_382_ca_3.csv");
    let units = read_column(&path.clone().into(), "units").expect("a good file");
    assert_eq!(units.len(), 30);
    // The published mean of these days.
    assert!((units.iter().sum::<f64>() / 30.0 - 16.0333).abs() < 1e-4);
}

#[test]
fn a_cell_that_is_no_number_is_shown_with_its_line() {
    for (cell, shown) in [
        ("", "an empty cell"),
        ("  ", "an empty cell"),
        ("n/a", "'n/a'"),
        ("NaN", "'NaN'"),
        ("inf", "'inf'"),
        ("1e999", "'1e999'"),
        ("\"1,5,\"", "'1,5,'"),
        ("\u{1b}[31m", "'\\u{1b}[31m'"),
    ] {
        let message = refused(format!("day,units\n1,5\n2,{cell}\n").as_bytes());
        assert_eq!(message, format!("sales.csv:3: units: found {shown}; expected a finite number"));
    }
}

#[test]
fn lines_are_counted_as_an_editor_counts_them() {
    let expected = "units: found 'x'; expected a finite number";
    for (content, line) in [
        ("units\r\n1\r\nx\r\n", 3),
        ("units,a\n\n\n1,b\n\nx,c", 6),
        ("\n\nunits\n1\nx\n2\n", 5),
        ("units,a\r\n\r\n1,b\r\nx,c", 4),
        ("units,a\n1,\"b\nc\"\nx,d\n", 4),
    ] {
        assert_eq!(refused(content.as_bytes()), format!("sales.csv:{line}: {expected}"), "{content:?}");
    }
}

#[test]
fn a_row_of_another_length_is_refused_with_its_line() {
    assert_eq!(refused(b"day,units\n1,2\n3\n"), "sales.csv:3: 1 cells; the header has 2");
    assert_eq!(refused(b"day,units\n1,2,3\n"), "sales.csv:2: 3 cells; the header has 2");
}

#[test]
fn a_missing_column_is_told_the_nearest_and_all() {
    let message = refused(b"day,Unit,\x1bprice\n1,2,3\n");
    assert_eq!(message, "sales.csv:1: no column 'units'; nearest: 'Unit'; columns: day, Unit, \\u{1b}price");
    let message = refused(b"units,units\n1,2\n");
    assert_eq!(message, "sales.csv:1: column 'units' stands more than once in the header");
}

#[test]
fn a_file_without_numbers_is_refused() {
    assert_eq!(refused(b""), "sales.csv: the file is empty; expected a header and rows of numbers");
    assert_eq!(refused(b"\n\n"), "sales.csv: the file is empty; expected a header and rows of numbers");
    assert_eq!(refused(b"day,units\n"), "sales.csv: no rows below the header");
}

#[test]
fn another_encoding_is_refused_with_its_line() {
    let message = refused(b"day,units\n1,2\n2,caf\xe9\n");
    assert_eq!(message, "sales.csv:3: column 2: not UTF-8 text (byte 0xE9); save it as UTF-8");
    assert!(refused(b"t\xe9,units\n1,2\n").starts_with("sales.csv:1: column 1: not UTF-8"));
    let message = refused(b"u\0n\0");
    assert!(message.contains("UTF-16 without its mark"), "{message}");
}

#[test]
fn a_missing_file_and_a_folder_are_errors_of_their_own() {
    let folder = tempfile::tempdir().expect("a folder");
    let missing = read_column(&folder.path().join("none.csv").into(), "units").expect_err("refused");
    assert!(matches!(missing, SeriesError::File(FileError::NotFound { .. })));
    assert!(missing.to_string().starts_with("Data file not found: "), "{missing}");
    let directory = read_column(&folder.path().into(), "units").expect_err("refused");
    assert!(matches!(directory, SeriesError::File(FileError::Directory { .. })));
}

#[test]
fn negative_demand_is_refused_with_its_line() {
    let (folder, path) = file(b"day,units\n1,2\n2,-3\n");
    let message = read_demand(&path.clone().into(), "units").expect_err("refused").to_string();
    let message = message.replace(&format!("{}/", folder.path().display()), "");
    assert_eq!(message, "sales.csv:3: units: found '-3'; expected a finite number >= 0");
    assert_eq!(read_column(&path.clone().into(), "units").expect("numbers"), [2.0, -3.0]);
}

#[test]
fn a_line_without_end_is_refused_before_it_fills_the_memory_and_a_long_one_is_read() {
    let words = "a line of more than 1 MB, the most that is read; is a line end or a closing quote missing?";
    let endless = vec![b'1'; 3 << 20];
    assert!(refused(&endless).ends_with(words));
    // A quote that nobody closes makes one cell of all that follows.
    let open = format!("day,units\n1,\"{}", "2\n3,".repeat(1 << 20));
    assert!(refused(open.as_bytes()).ends_with(words));
    let many = format!("day,units\n1,\"{}", ",".repeat(3 << 20));
    assert!(refused(many.as_bytes()).ends_with(words));
    let columns: Vec<String> = (0..20_000).map(|column| format!("d_{column}")).collect();
    let long = format!("{},units\n{}5\n{}6\n", columns.join(","), "0,".repeat(20_000), "0,".repeat(20_000));
    assert!(columns.join(",").len() > 100_000);
    assert_eq!(read(&long), [5.0, 6.0]);
    // However many such lines there are.
    let text = format!("note,units\n{}", format!("{},7\n", "x".repeat(100_000)).repeat(40));
    assert_eq!(read(&text), [7.0; 40]);
}
