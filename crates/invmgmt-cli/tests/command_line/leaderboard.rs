//! The command `leaderboard`: results that check are merged, all others refused.

use std::path::Path;

use sha2::{Digest, Sha256};

use crate::common::{fail, run, succeed};

fn results(parent: &Path, name: &str, suite: &str, policies: &str, more: &[&str]) -> String {
    let folder = parent.join(name).to_string_lossy().into_owned();
    let mut arguments = vec!["benchmark", "--suite", suite, "--policies", policies, "--out", &folder];
    arguments.extend(more);
    assert_eq!(run(&arguments).code, Some(0));
    folder
}

/// Puts a text in place of another in `episodes.csv`, and its hash into the manifest, as somebody may who wants to win.
fn forge(folder: &str, from: &str, to: &str) {
    let path = Path::new(folder).join("episodes.csv");
    let text = std::fs::read_to_string(&path).expect("a table");
    assert!(text.contains(from), "{text}");
    let forged = text.replacen(from, to, 1);
    std::fs::write(&path, &forged).expect("written");
    let manifest = Path::new(folder).join("manifest.json");
    let mut facts: serde_json::Value =
        serde_json::from_slice(&std::fs::read(&manifest).expect("there")).expect("JSON");
    facts["files"][0]["bytes"] = forged.len().into();
    let hash: String =
        Sha256::digest(&forged).iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    facts["files"][0]["sha256"] = hash.into();
    std::fs::write(&manifest, facts.to_string()).expect("written");
}

const PROBLEM: &str = "classics-1/lost-sales-poisson-L1-p4";

#[test]
fn results_of_several_people_become_one_board() {
    let parent = tempfile::tempdir().expect("a folder");
    let mine = results(parent.path(), "mine", PROBLEM, "basestock:12,constant:5", &[]);
    let theirs = results(
        parent.path(),
        "theirs",
        "classics-1/newsvendor-poisson-6,lost-sales-poisson-L1-p4",
        "basestock:12,basestock:8",
        &[],
    );
    let board = parent.path().join("board.json");
    let text = succeed(&["leaderboard", &mine, &theirs, "--out", &board.to_string_lossy()]);
    let board: serde_json::Value =
        serde_json::from_slice(&std::fs::read(&board).expect("written")).expect("JSON");
    let rows: Vec<(&str, &str)> = board["entries"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|row| (row["problem"].as_str().expect("text"), row["policy"].as_str().expect("text")))
        .collect();
    let (papers, sales) = ("newsvendor-poisson-6", "lost-sales-poisson-L1-p4");
    assert_eq!(
        rows,
        [
            (papers, "basestock:8"),
            (papers, "basestock:12"),
            (sales, "basestock:12"),
            (sales, "basestock:8"),
            (sales, "constant:5"),
        ]
    );
    // The best base-stock level costs 4.1628, the optimum 4.0407.
    let percent = board["entries"][2]["percent"].as_f64().expect("a number");
    assert!((percent - 3.0).abs() < 1.5, "{percent}");
    assert!(board["entries"].as_array().expect("a list").iter().all(|row| row["replayed"] == true));
    assert!(text.contains("lost-sales-poisson-L1-p4: 4.04"), "{text}");
}

#[test]
fn results_that_do_not_check_are_refused() {
    let parent = tempfile::tempdir().expect("a folder");
    let refused = |folder: &str| fail(1, &["leaderboard", folder]);
    let few = results(parent.path(), "few", PROBLEM, "basestock:12", &["--seeds", "3"]);
    assert!(
        refused(&few)
            .contains("it played 3 seeds from 10000 on; a board compares those of the suite, all 20")
    );
    let mine = results(parent.path(), "mine", PROBLEM, "basestock:12", &[]);
    let other = results(parent.path(), "other", "standard-1/N01", "constant:5", &[]);
    assert!(fail(1, &["leaderboard", &mine, &other]).contains("a board is of one"));
    let episodes = std::fs::read_to_string(Path::new(&mine).join("episodes.csv")).expect("a table");
    let profit = episodes.lines().nth(1).expect("a row").split(',').nth(5).expect("a profit").to_owned();
    // A better profit for the first seed, with hashes that match: the policy is played again.
    forge(&mine, &profit, "-3500");
    assert!(
        refused(&mine).contains("seed 10000: it says a profit of -3500, and played here the policy earns")
    );
    forge(&mine, "-3500", &profit);
    // The same for the last seed, and what is no number, an episode twice, and knowledge that the policy has not.
    let last = episodes.lines().nth(20).expect("a row").to_owned();
    let other = last.split(',').nth(5).expect("a profit").to_owned();
    let forged = |to: &str, expected: &str| {
        forge(&mine, &last, to);
        let message = refused(&mine);
        assert!(message.contains(expected), "{expected}: {message}");
        forge(&mine, to, &last);
    };
    forged(
        &last.replace(&other, "-4000"),
        "seed 10019: it says a profit of -4000, and played here the policy earns",
    );
    forged(&last.replace(&other, "nan"), "profit is 'nan'");
    forged(&last.replace(&other, "-inf"), "profit is '-inf'");
    forged(&format!("{last}\n{last}"), "says the same episode once more");
    forged(&last.replace(",blind,", ",informed,"), "says another 'information' than the rows");
    assert!(succeed(&["leaderboard", &mine]).contains("replayed"));
    let all = std::fs::read_to_string(Path::new(&mine).join("episodes.csv")).expect("a table");
    let own: Vec<String> = all
        .lines()
        .map(|line| {
            if line.contains("basestock:12") {
                line.replace(",blind,", ",informed,")
            } else {
                line.to_owned()
            }
        })
        .collect();
    forge(&mine, &all, &(own.join("\n") + "\n"));
    assert!(refused(&mine).contains("it says that it knows 'informed', and here it knows 'blind'"));
    let text = std::fs::read_to_string(Path::new(&mine).join("episodes.csv")).expect("a table");
    std::fs::write(Path::new(&mine).join("episodes.csv"), text + " ").expect("written");
    assert!(refused(&mine).contains("does not match its hash in manifest.json"));
    assert!(refused("nowhere").contains("cannot be read"));
}
