//! The command `benchmark`: files, refusals, and runs that are killed.

use std::hash::{BuildHasher, RandomState};
use std::path::Path;
use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::common::command;

/// Files that are the same in every run.
const FILES: [&str; 5] = ["episodes.csv", "constants.csv", "summary.csv", "comparisons.csv", "report.html"];

fn bytes(folder: &Path, name: &str) -> Vec<u8> {
    std::fs::read(folder.join(name)).expect("written")
}

/// The manifest without its times.
fn manifest(folder: &Path) -> serde_json::Value {
    let mut manifest: serde_json::Value =
        serde_json::from_slice(&bytes(folder, "manifest.json")).expect("JSON");
    manifest["times"].take();
    manifest
}

/// Ten times SIGKILL at random moments of the run; then it is let go to its end.
#[cfg(unix)]
#[test]
fn a_run_killed_ten_times_ends_with_the_files_of_an_undisturbed_one() {
    let parent = tempfile::tempdir().expect("a folder");
    // Both runs get the same command, which stands in the report: each is played in a folder of its own.
    let [undisturbed, killed] = ["undisturbed", "killed"].map(|name| parent.path().join(name));
    let arguments = "benchmark --policies newsvendor:blind,ss:informed,exp-smoothing:blind --seeds 30 --threads 2 --out results";
    let arguments: Vec<&str> = arguments.split(' ').collect();
    for folder in [&undisturbed, &killed] {
        std::fs::create_dir(folder).expect("made");
    }
    let run = || {
        let mut run = command(&arguments);
        run.stdout(Stdio::null()).stderr(Stdio::null());
        run
    };
    let begun = Instant::now();
    assert!(run().current_dir(&undisturbed).status().expect("runs").success());
    let moments = kill_ten_times(&run, &killed, begun.elapsed());
    assert!(run().current_dir(&killed).status().expect("runs").success());
    let [undisturbed, killed] = [undisturbed, killed].map(|folder| folder.join("results"));
    for name in FILES {
        assert!(
            bytes(&undisturbed, name) == bytes(&killed, name),
            "{name} differs after kills at {moments:?}"
        );
    }
    assert_eq!(manifest(&undisturbed), manifest(&killed));
    let lines = |folder| String::from_utf8(bytes(folder, "timings.csv")).expect("text").lines().count();
    assert_eq!((lines(&undisturbed), lines(&killed)), (1 + 26 * 3 * 30, 1 + 26 * 3 * 30));
    let names = |folder: &Path| -> Vec<_> {
        let mut names: Vec<_> =
            std::fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.file_name()).collect();
        names.sort();
        names
    };
    assert_eq!(names(&undisturbed), names(&killed), "no journal and no half-written file is left");
}

/// Kills ten runs that go on from each other; returns when, and what each had left behind: a run that was over before
/// its kill does not count, and the next begins anew. Together they take about as long as an undisturbed one.
#[cfg(unix)]
fn kill_ten_times(
    run: &dyn Fn() -> std::process::Command,
    folder: &Path,
    whole: Duration,
) -> Vec<(Duration, usize)> {
    let mut moments: Vec<(Duration, usize)> = Vec::new();
    let journal = folder.join("results").join("journal.log");
    let size = |file: &Path| std::fs::metadata(file).map_or(0, |known| known.len());
    while moments.len() < 10 {
        // The standard library has no other source of chance than the keys of its hash maps.
        let chance = RandomState::new().hash_one(moments.len()) as f64 / u64::MAX as f64;
        let moment = whole.mul_f64(chance / 4.0);
        let mut child = run().current_dir(folder).spawn().expect("runs");
        // Every other kill falls into the playing, however long a busy machine takes to begin.
        let before = size(&journal);
        while moments.len().is_multiple_of(2)
            && size(&journal) <= before
            && child.try_wait().expect("asked").is_none()
        {
            sleep(Duration::from_millis(1));
        }
        sleep(moment);
        child.kill().expect("SIGKILL");
        if child.wait().expect("ends").code().is_some() {
            std::fs::remove_dir_all(folder.join("results")).expect("removed");
            continue;
        }
        let kept = std::fs::read(&journal).map_or(0, |text| text.split(|&byte| byte == b'\n').count());
        moments.push((moment, kept));
    }
    // The journal grew and was cut short again and again, not just at the start or the end.
    let grew = moments.windows(2).filter(|pair| pair[1].1 > pair[0].1).count();
    assert!(grew >= 3, "kills at {moments:?} hardly fell into the run");
    moments
}

#[test]
fn the_files_hold_the_columns_promised_and_the_ranking_is_printed() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("results");
    let out = out.to_str().expect("text");
    let arguments = [
        "benchmark",
        "--policies",
        "newsvendor:blind,basestock:1,2,3,constant:20",
        "--seeds",
        "42,123",
        "--out",
        out,
    ];
    let output = command(&arguments).output().expect("runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let printed = String::from_utf8(output.stdout).expect("text");
    assert!(printed.contains("constant:20 is no better than a constant"), "{printed}");
    let episodes = std::fs::read_to_string(Path::new(out).join("episodes.csv")).expect("written");
    let head = episodes.lines().next().expect("a head");
    assert!(head.starts_with(
        "problem,key,policy,information,seed,profit,fill_rate,service_level,avg_inventory,unfulfilled,revenue,\
         procurement_cost,holding_cost,operating_cost,backlog_penalty,fixed_order_cost,bullwhip_ratio,"
    ));
    assert_eq!(episodes.lines().count(), 1 + 3 * 26 * 2);
    assert!(episodes.contains(",\"basestock:1,2,3\",,42,"), "a row for the network it has no levels for");
    let report = std::fs::read_to_string(Path::new(out).join("report.html")).expect("written");
    for elsewhere in ["http://", "https://", "<link", "@import", "src="] {
        assert!(!report.contains(elsewhere), "{elsewhere}");
    }
}

/// Two products at the works of a classic: a list of two policies, one with levels by the names of its stock points.
#[test]
fn levels_by_name_stand_in_a_list_of_policies() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().to_str().expect("text");
    let named = "basestock:{store, one}=8,{store, two}=5";
    let list = format!("{named},basestock:8,5");
    let arguments =
        ["benchmark", "--suite", "classics-1/trucks-01", "--policies", &list, "--seeds", "2", "--out", out];
    let output = command(&arguments).output().expect("runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let episodes = std::fs::read_to_string(folder.path().join("episodes.csv")).expect("written");
    let profits = |policy: &str| -> Vec<String> {
        let policy = format!(",\"{policy}\",");
        let rows = episodes.lines().filter_map(|row| row.split_once(&policy));
        rows.filter_map(|(_, behind)| behind.split(',').nth(2).map(str::to_owned)).collect()
    };
    assert_eq!(profits(named).len(), 2, "{episodes}");
    assert_eq!(profits(named), profits("basestock:8,5"));
}

#[test]
fn another_run_in_the_same_folder_needs_force() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().to_str().expect("text");
    let run = |policy: &str, more: &[&str]| {
        let arguments = [&["benchmark", "--policies", policy, "--seeds", "1", "--out", out], more].concat();
        command(&arguments).output().expect("runs")
    };
    assert!(run("constant:20", &[]).status.success());
    let before = bytes(folder.path(), "episodes.csv");
    let refused = run("constant:10", &[]);
    assert_eq!(refused.status.code(), Some(1));
    let message = String::from_utf8(refused.stderr).expect("text");
    assert!(message.contains("belongs to another run") && message.contains("--force"), "{message}");
    assert_eq!(bytes(folder.path(), "episodes.csv"), before);
    assert!(run("constant:10", &["--force"]).status.success());
    assert_ne!(bytes(folder.path(), "episodes.csv"), before);
}

/// One problem alone is ranked; a list and a slash name the same part, in the order given.
#[test]
fn a_part_of_a_suite_is_played_alone_and_says_so() {
    let parent = tempfile::tempdir().expect("a folder");
    let run = |arguments: &[&str]| {
        let fixed = ["benchmark", "--policies", "newsvendor:informed,constant:20", "--seeds", "2"];
        let output =
            command(&[&fixed, arguments].concat()).current_dir(parent.path()).output().expect("runs");
        (output.status.code(), String::from_utf8([output.stdout, output.stderr].concat()).expect("text"))
    };
    let (code, printed) = run(&["--suite", "standard-1/N01", "--out", "one"]);
    assert_eq!(code, Some(0), "{printed}");
    assert!(printed.contains("newsvendor:informed"), "{printed}");
    assert!(
        String::from_utf8(bytes(&parent.path().join("one"), "report.html"))
            .expect("text")
            .contains("standard-1/N01")
    );
    for (folder, arguments) in [
        ("slash", vec!["--suite", "standard-1/N03,N01"]),
        ("list", vec!["--suite", "standard-1", "--only", "N03,N01"]),
    ] {
        assert_eq!(run(&[&arguments[..], &["--out", folder]].concat()).0, Some(0));
    }
    let [slash, list] = ["slash", "list"].map(|folder| bytes(&parent.path().join(folder), "episodes.csv"));
    assert!(slash == list);
    assert_eq!(String::from_utf8(list).expect("text").lines().count(), 1 + 2 * 2 * 2);
    let (code, refused) = run(&["--suite", "standard-1", "--only", "n03", "--out", "none"]);
    assert_eq!(code, Some(1));
    assert!(refused.contains("--only: suite standard-1 has no problem 'n03'; it has: N01, N02"), "{refused}");
    assert!(refused.contains("(did you mean 'N03'?)"), "{refused}");
}

#[test]
fn an_unknown_suite_and_an_unknown_policy_are_refused() {
    let refused = |arguments: &[&str]| {
        let output =
            command(&[&["benchmark", "--out", "unused"], arguments].concat()).output().expect("runs");
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stderr).expect("text")
    };
    let suite = refused(&["--suite", "published", "--policies", "constant:1"]);
    assert!(suite.contains("unknown suite 'published'; known: published-26"), "{suite}");
    let policy = refused(&["--policies", "newsvendor:clever"]);
    assert!(policy.contains("--policies") && policy.contains("no information level 'clever'"), "{policy}");
}

#[test]
fn a_cluster_needs_the_python_package_and_nothing_is_played_without_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("results");
    let run = |more: &[&str]| {
        let mut arguments =
            vec!["benchmark", "--policies", "constant:20", "--out", out.to_str().expect("text")];
        arguments.extend(more);
        let output = command(&arguments).output().expect("runs");
        (output.status.code(), String::from_utf8(output.stderr).expect("text"))
    };
    let (code, message) = run(&["--executor", "ray", "--address", "auto"]);
    assert!(message.contains("pip install 'gym-invmgmt[ray]'"), "{message}");
    assert_eq!(code, Some(1));
    let (code, message) = run(&["--address", "auto"]);
    assert!(message.contains("--address"), "{message}");
    assert_eq!(code, Some(2));
    assert!(!out.exists(), "something was played");
}
