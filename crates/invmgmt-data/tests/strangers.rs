//! What a scenario from a stranger may read on this machine, and what its messages tell of it.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use invmgmt_data::{load_scenario, load_suite};

/// The message for a scenario in this folder whose demand is this series.
fn refused(folder: &Path, series: &str) -> String {
    let path = folder.join("scenario.yaml");
    let text = format!("network: serial\nnum_periods: 3\ndemand: {{external_series: {series}}}\n");
    fs::write(&path, text).expect("written");
    load_scenario(&path).expect_err("refused").to_string()
}

const SECRETS: [(&str, &str); 5] = [
    ("passwd", "root:x:0:0:root:/root:/bin/sh\nhunter2:x:1:1::/:/bin/sh\n"),
    ("key.csv", "-----BEGIN PRIVATE KEY-----\nhunter2hunter2\n-----END PRIVATE KEY-----\n"),
    ("users.csv", "user,password\nalice,hunter2\n"),
    ("settings", "token=hunter2\n"),
    ("one_line", "hunter2"),
];

#[test]
fn nothing_is_quoted_of_a_file_that_is_no_table() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, content) in SECRETS {
        fs::write(folder.path().join(name), content).expect("written");
        // Whoever knows the first line can name it as a column.
        let header = content.lines().next().expect("a line").split(',').next_back().expect("a cell");
        for column in ["units", header] {
            let message = refused(folder.path(), &format!("{{file: {name}, column: '{column}'}}"));
            assert!(message.contains(name), "{message}");
            let told = message.replace(column, "");
            assert!(!told.contains("hunter2") && !told.contains("root:"), "{message}");
        }
    }
}

#[test]
fn what_belongs_to_a_table_is_quoted() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("sales.csv"), "day,units\n1,5\n2,many\n").expect("written");
    let message = refused(folder.path(), "'sales.csv:Units'");
    assert!(message.ends_with("no column 'Units'; nearest: 'units'; columns: day, units"), "{message}");
    let message = refused(folder.path(), "'sales.csv:units'");
    assert!(message.ends_with("sales.csv:3: units: found 'many'; expected a finite number"), "{message}");
}

#[test]
fn nothing_is_quoted_of_a_named_network_that_is_none_and_mistakes_of_one_that_is_are() {
    let folder = tempfile::tempdir().expect("a folder");
    let scenario = folder.path().join("scenario.yaml");
    fs::write(&scenario, "network: other.yaml\nnum_periods: 3\n").expect("written");
    let message = |content: &str| {
        fs::write(folder.path().join("other.yaml"), content).expect("written");
        load_scenario(&scenario).expect_err("refused").to_string()
    };
    let secret = message("password: hunter2\nhunter2: 5\n");
    assert!(
        secret.ends_with("other.yaml: is no such file; expected a mapping with nodes and edges"),
        "{secret}"
    );
    assert!(message("nodes: [{id: 1, I0: -4}]\nedges: []\n").contains("found -4"));
    let suite = folder.path().join("suite.yaml");
    fs::write(&suite, "name: mine\nscenarios: [{id: one, scenario: other.yaml}]\n").expect("written");
    fs::write(folder.path().join("other.yaml"), "hunter2: 5\n").expect("written");
    let told = load_suite(&suite).expect_err("refused").to_string();
    assert!(!told.contains("hunter2"), "{told}");
}

#[cfg(unix)]
#[test]
fn pipes_and_devices_are_refused_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipe = folder.path().join("pipe.yaml");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo").success());
    let begun = Instant::now();
    for name in ["pipe.yaml", "/dev/zero", "/dev/stdin"] {
        let message = refused(folder.path(), &format!("{{file: {name}, column: units}}"));
        assert!(message.contains("is no plain file; a document may name nothing else"), "{message}");
    }
    let message = refused(folder.path(), "{file: ., column: units}");
    assert!(message.contains("is a directory; expected a file"), "{message}");
    fs::write(folder.path().join("scenario.yaml"), "network: pipe.yaml\nnum_periods: 3\n").expect("written");
    let message = load_scenario(&folder.path().join("scenario.yaml")).expect_err("refused").to_string();
    assert!(message.contains("is no plain file"), "{message}");
    assert!(begun.elapsed() < Duration::from_secs(2));
}
