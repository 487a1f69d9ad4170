//! Ends from outside: readers that go away, Ctrl-C.

use std::process::Stdio;

use crate::common::command;

/// Runs with stdout a pipe whose reader is gone before the first byte.
fn with_closed_stdout(args: &[&str]) -> (Option<i32>, String) {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let output = command(args).stdout(writer).stderr(Stdio::piped()).output().expect("the command starts");
    (output.status.code(), String::from_utf8(output.stderr).expect("UTF-8"))
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    for args in [
        ["list"].as_slice(),
        &["list", "--json"],
        &["--help"],
        &["--version"],
        &["simulate", "--network", "serial"],
        &["simulate", "--network", "serial", "--json", "--seeds", "0..200"],
        &["check", "python/gym_invmgmt/topologies/serial.yaml"],
    ] {
        assert_eq!(with_closed_stdout(args), (Some(0), String::new()), "{args:?}");
    }
}

#[test]
fn a_bad_file_is_still_bad_when_nobody_reads_stdout() {
    let (code, message) = with_closed_stdout(&["check", "nowhere.yaml"]);
    assert_eq!(code, Some(1));
    assert!(message.contains("nowhere.yaml"), "{message}");
}

/// Also when stderr is closed as well, nothing panics.
#[test]
fn closed_stderr_does_not_change_the_exit_code() {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let status = command(&["check", "nowhere.yaml"]).stderr(writer).status().expect("the command starts");
    assert_eq!(status.code(), Some(1));
}

/// GNU `env` sets the signal's action back to its default, which a test runner in the background may have changed.
#[cfg(target_os = "linux")]
#[test]
fn ctrl_c_ends_a_long_run_within_a_second() {
    use std::os::unix::process::ExitStatusExt;
    use std::process::Command;
    use std::time::{Duration, Instant};

    const SIGINT: i32 = 2;
    let mut child = Command::new("env")
        .arg("--default-signal=INT")
        .arg(env!("CARGO_BIN_EXE_gym-invmgmt"))
        .args(["simulate", "--periods", "1000", "--seeds", "0..1000000"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the command starts");
    std::thread::sleep(Duration::from_millis(400));
    assert!(child.try_wait().expect("a status").is_none(), "the run is long enough to be stopped");
    let sent = Instant::now();
    let killed = Command::new("sh").args(["-c", &format!("kill -INT {}", child.id())]).status();
    assert!(killed.expect("sh starts").success());
    let status = loop {
        if let Some(status) = child.try_wait().expect("a status") {
            break status;
        }
        if sent.elapsed() > Duration::from_secs(1) {
            let _ = child.kill();
            panic!("still running a second after Ctrl-C");
        }
        std::thread::sleep(Duration::from_millis(10));
    };
    // A shell shows this as exit code 130.
    assert_eq!(status.signal(), Some(SIGINT));
}

/// A file may grow to eight kilobytes here: the report, the record and the files of a benchmark are larger.
#[cfg(target_os = "linux")]
#[test]
fn beyond_the_limit_of_a_file_the_run_fails_in_words_and_leaves_nothing_half_written() {
    use std::process::Command;

    for arguments in [
        "simulate --network serial --report report.html",
        "simulate --network serial --periods 2000 --trajectory record.csv",
        "simulate --network serial --periods 2000 --trajectory record.npz",
        "benchmark --suite published-26/S01 --policies constant:20,newsvendor:blind --out results",
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let kept = folder.path().join(arguments.split(' ').next_back().expect("a name"));
        let was_there = kept.extension().is_some();
        if was_there {
            std::fs::write(&kept, "kept").expect("written");
        }
        let run = Command::new("bash")
            .args(["-c", "ulimit -f 8; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_gym-invmgmt")])
            .args(arguments.split(' '))
            .current_dir(folder.path())
            .output()
            .expect("the command starts");
        let said = String::from_utf8(run.stderr).expect("UTF-8");
        assert_eq!(run.status.code(), Some(1), "{arguments}: {said}");
        assert!(said.contains("File too large"), "{arguments}: {said}");
        let mut folders = vec![folder.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                assert!(!path.to_string_lossy().contains(".writing-"), "{arguments}: {}", path.display());
                folders.extend(path.is_dir().then_some(path));
            }
        }
        assert!(!was_there || std::fs::read_to_string(&kept).is_ok_and(|text| text == "kept"));
    }
}
