//! Files as such: those that cannot be read at all, and what their messages say.

use std::path::PathBuf;

use invmgmt_data::{FileError, TOPOLOGIES, load_network, network_from_yaml};
use tempfile::TempDir;

const SERIAL: &str = TOPOLOGIES[4].1;

fn file(name: &str, content: &[u8]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    std::fs::write(&path, content).expect("a file");
    (folder, path)
}

#[test]
fn a_missing_file_is_an_error_of_its_own() {
    for name in ["nowhere.yaml", "nowhere.txt"] {
        let error =
            load_network(&std::env::temp_dir().join("no such folder").join(name)).expect_err("refused");
        assert!(matches!(error, FileError::NotFound { .. }));
        assert!(error.to_string().starts_with("Config file not found: /"), "{error}");
        assert!(error.to_string().ends_with(name), "{error}");
    }
}

#[test]
fn a_network_file_ends_in_yaml_or_yml() {
    let (_folder, path) = file("shop.toml", SERIAL.as_bytes());
    let error = load_network(&path).expect_err("refused");
    assert!(matches!(error, FileError::Extension { .. }));
    assert!(
        error.to_string().ends_with("shop.toml: a network file must end in .yaml, .yml or .json"),
        "{error}"
    );
}

#[test]
fn a_folder_is_not_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("shop.yaml");
    std::fs::create_dir(&path).expect("a folder");
    let error = load_network(&path).expect_err("refused");
    assert!(matches!(error, FileError::Directory { .. }));
    assert!(error.to_string().ends_with("shop.yaml: is a directory; expected a file"), "{error}");
}

#[test]
fn a_file_in_another_encoding_is_refused_with_its_line() {
    let (_folder, path) = file("shop.yaml", b"# one\nname: caf\xe9\n");
    let error = load_network(&path).expect_err("refused").to_string();
    assert!(
        error.ends_with("shop.yaml:2: not UTF-8 text (byte 15 of the file); save it as UTF-8"),
        "{error}"
    );
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_are_understood() {
    let text = format!("\u{feff}{}", SERIAL.replace('\n', "\r\n"));
    let (_folder, path) = file("shop.yaml", text.as_bytes());
    assert_eq!(load_network(&path).expect("a good file"), network_from_yaml(SERIAL).expect("a good file"));
}

#[test]
fn an_empty_file_and_a_huge_one_are_refused() {
    let (_folder, path) = file("shop.yaml", b"");
    let error = load_network(&path).expect_err("refused").to_string();
    assert!(
        error.ends_with("shop.yaml: the file is empty; expected a mapping with 'nodes' and 'edges'"),
        "{error}"
    );
    let huge = std::fs::File::create(&path).expect("a file");
    huge.set_len(invmgmt_data::MAX_FILE_BYTES + 1).expect("a sparse file");
    let error = load_network(&path).expect_err("refused").to_string();
    assert!(error.ends_with("shop.yaml: larger than 8 MB, the most that is read"), "{error}");
}

#[test]
fn a_name_cannot_disturb_a_terminal() {
    let path = PathBuf::from("no\u{1b}[31m\nsuch.yaml");
    let message = load_network(&path).expect_err("refused").to_string();
    assert_eq!(message, "Config file not found: no\\u{1b}[31m\\nsuch.yaml");
}

#[test]
fn a_network_of_25000_links_is_read_and_a_longer_text_than_the_limit_is_not() {
    use std::fmt::Write as _;
    let mut text = String::from("nodes:\n  - {id: 0}\n  - {id: 1, I0: 10, h: 0.1}\n");
    for node in 2..=25_000 {
        writeln!(text, "  - id: {node}\n    I0: 10\n    h: 0.125").expect("a string");
    }
    text.push_str("edges:\n");
    let market = "p: 2, b: 0.1, demand_dist: poisson, dist_param: {mu: 3}";
    writeln!(text, "  - {{from: 1, to: 0, {market}}}").expect("a string");
    for node in 2..=25_000 {
        writeln!(text, "  - from: {node}\n    to: {}\n    L: 2\n    p: 1.25\n    g: 0.0625", node - 1)
            .expect("a string");
    }
    text = text.replace("  - id: 25000\n    I0: 10\n    h: 0.125", "  - id: 25000");
    let (_folder, path) = file("large.yaml", text.as_bytes());
    let begun = std::time::Instant::now();
    assert_eq!(load_network(&path).expect("a good file").links.len(), 25_000);
    assert!(begun.elapsed().as_secs() < 5);
    let padded = text + &"# padding\n".repeat(1 << 20);
    let error = network_from_yaml(&padded).expect_err("refused").to_string();
    assert!(error.ends_with("larger than 8 MB, the most that is read"), "{error}");
}
