//! The command `fit`.

use crate::common::{fail, succeed};

const FILE: &str = "data/m5_foods_3_382_ca_3.csv";

/// What the command says of a file with this content.
fn refused(content: &[u8]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("sales.csv");
    std::fs::write(&path, content).expect("a file");
    let message = fail(1, &["fit", path.to_str().expect("a plain path"), "--column", "units"]);
    message.replace(&format!("{}/", folder.path().display()), "")
}

#[test]
fn a_fit_says_what_it_found_and_what_it_did_not() {
    let text = succeed(&["fit", FILE, "--column", "units"]);
    for line in [
        "history        data/m5_foods_3_382_ca_3.csv:units, 30 periods, mean 16.03",
        "trend          none found",
    ] {
        assert!(text.contains(line), "{text}");
    }
    assert!(text.contains("level shift    time 22, factor 16.7 "), "{text}");
    let config = text.lines().find_map(|line| line.strip_prefix("demand_config ")).expect("a demand");
    let config: serde_json::Value = serde_json::from_str(config).expect("JSON");
    assert_eq!(config["effects"], serde_json::json!(["shock"]));
    assert_eq!(config["shock_time"], 22.0);
}

#[test]
fn json_and_report_hold_the_same_fit() {
    let folder = tempfile::tempdir().expect("a folder");
    let report = folder.path().join("fit.html");
    let args =
        ["fit", FILE, "--column", "units", "--json", "--report", report.to_str().expect("a plain path")];
    let document: serde_json::Value = serde_json::from_str(&succeed(&args)).expect("JSON");
    assert_eq!(document["effects"]["shock"]["found"], true);
    assert_eq!(document["effects"]["seasonal"]["found"], false);
    assert_eq!(document["fitted"].as_array().map(Vec::len), Some(30));
    let page = std::fs::read_to_string(&report).expect("a page");
    assert!(page.contains("class=\"line s0\"") && page.contains("none found"));
    assert_eq!(page.matches("class=\"line faint\"").count(), 5);
    assert!(!page.contains("NaN") && !page.contains("http"));
}

#[test]
fn a_history_that_cannot_be_used_is_refused_by_place() {
    assert_eq!(
        refused(b"day,units\n1,2\n2,many\n"),
        "error: sales.csv:3: units: found 'many'; expected a finite number >= 0\n"
    );
    assert_eq!(
        refused(b"day,units\n1,2\n2,-3\n"),
        "error: sales.csv:3: units: found '-3'; expected a finite number >= 0\n"
    );
    assert_eq!(
        refused(b"day,units\n1,nan\n"),
        "error: sales.csv:2: units: found 'nan'; expected a finite number >= 0\n"
    );
    assert_eq!(
        refused(b"units\n1\n2\n"),
        "error: sales.csv: the history has 2 periods; expected at least 4: fewer give neither a level nor its \
         scatter\n"
    );
    assert_eq!(
        refused(b"day,unit\n1,2\n"),
        "error: sales.csv:1: no column 'units'; nearest: 'unit'; columns: day, unit\n"
    );
    assert_eq!(refused(b""), "error: sales.csv: the file is empty; expected a header and rows of numbers\n");
    assert!(refused(b"day,units\n1,2\n\xff,3\n").contains("sales.csv:3: column 1: not UTF-8 text"));
    assert!(refused(b"units\n0\n0\n0\n0\n").contains("all 4 values of the history are 0"));
}

#[test]
fn a_folder_a_missing_file_and_a_false_probability_are_refused() {
    assert_eq!(
        fail(1, &["fit", "data", "--column", "units"]),
        "error: data: is a directory; expected a file\n"
    );
    assert_eq!(fail(1, &["fit", "none.csv", "--column", "units"]), "error: Data file not found: none.csv\n");
    let message = fail(1, &["fit", FILE, "--column", "units", "--false-alarm", "2"]);
    assert!(message.contains("false_alarm is 2; expected a probability"), "{message}");
    assert!(fail(2, &["fit", FILE]).contains("--column <NAME>"));
}
