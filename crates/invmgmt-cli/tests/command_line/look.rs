//! The command `look`, and how tables are said to be written.

use crate::common::{fail, succeed};

fn file(name: &str, text: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    std::fs::write(&path, text).expect("a file");
    let path = path.to_string_lossy().into_owned();
    (folder, path)
}

#[test]
fn a_table_is_looked_at_before_it_is_used() {
    let (_folder, path) = file("till.csv", "day;units;price\n01.02.2026;1.234;0,50 €\n28.02.2026;7;1,25 €\n");
    assert_eq!(
        succeed(&["look", &path]),
        "\
2 rows, parted by semicolons, decimal comma

column  holds            empty  understood
day     dates                0  2026-02-01 to 2026-02-28; '01.02.2026' is 2026-02-01
units   whole numbers        0  7 to 1234; '1.234' is 1234
price   numbers              0  0.5 to 1.25; '0,50 €' is 0.5
"
    );
    assert!(succeed(&["look", &path, "--json"]).contains("\"separator\": \"semicolon\""));
    let fitted = succeed(&["fit", "data/m5_foods_3_382_ca_3.csv", "--column", "units", "--separator", ","]);
    assert_eq!(fitted, succeed(&["fit", "data/m5_foods_3_382_ca_3.csv", "--column", "units"]));
}

#[test]
fn two_readings_end_a_look_with_code_1() {
    let (_folder, path) = file("till.csv", "day,units\n03/04/2026,7\n");
    let shown = crate::common::run(&["look", &path]);
    assert_eq!(shown.code, Some(1));
    assert!(shown.stdout.contains("two readings: line 2: day: '03/04/2026' is 3 April 2026 read day first"));
    assert_eq!(shown.stderr, "error: 1 column can be read in two ways; nothing was guessed\n");
    assert!(succeed(&["look", &path, "--dates", "month-first"]).contains("2026-03-04"));
}

#[test]
fn an_option_on_tables_without_a_table_is_refused() {
    assert!(fail(2, &["simulate", "--decimal", ","]).contains("there is no --demand"));
    assert!(fail(2, &["look", "t.csv", "--decimal", ";"]).contains("expected '.' or ','"));
}
