//! Exercises: questions asked, answers checked.

use crate::common::{fail, run, succeed};

/// Each exercise with its published answer, and one that is wrong.
const KNOWN: [(&str, &str, &str); 12] = [
    ("newsvendor", "56.604", "58"),
    ("lot-sizing", "210,0,150,0", "360,0,0,0"),
    ("reorder-levels", "16,68", "16,67"),
    ("safety-stock", "22", "21"),
    ("lost-sales", "4.0407", "4.2"),
    ("clark-scarf", "15,20,31", "9,15,26"),
    ("risk-pooling", "236.25", "251.3"),
    ("bullwhip", "3.88", "1"),
    ("beer-game", "528", "204"),
    ("dual-sourcing", "23.0714", "25"),
    ("perishables", "7", "8"),
    ("joint-replenishment", "5", "4"),
];

#[test]
fn the_published_answer_of_every_exercise_is_right_and_another_is_not() {
    for (name, right, wrong) in KNOWN {
        let said = succeed(&["exercise", name, "--answer", right]);
        assert!(said.contains(": right\n") && said.contains("source: "), "{name}: {said}");
        let off = run(&["exercise", name, "--answer", wrong]);
        assert_eq!((off.code, off.stderr.as_str()), (Some(1), ""), "{name}");
        assert!(off.stdout.contains("too high") || off.stdout.contains("too low"), "{name}: {}", off.stdout);
        assert!(!off.stdout.contains("known"), "a wrong answer is not told the right one: {}", off.stdout);
    }
}

#[test]
fn every_exercise_asks_and_has_a_scenario_by_name() {
    let listed = succeed(&["exercise"]);
    let scenarios = succeed(&["list", "scenarios"]);
    for (name, ..) in KNOWN {
        assert!(listed.contains(name) && scenarios.contains(&format!("exercises/{name} ")), "{name}");
        let asked = succeed(&["exercise", name]);
        for words in ["asked for: ", &format!("scenario:  exercises/{name}\n"), "helps: ", "--answer ..."] {
            assert!(asked.contains(words), "{words}: {asked}");
        }
    }
    assert_eq!(listed.lines().count(), KNOWN.len());
}

#[test]
fn an_answer_that_is_none_is_refused_in_words() {
    assert!(fail(1, &["exercise", "newsvender"]).contains("did you mean 'newsvendor'?"));
    let count = fail(1, &["exercise", "lot-sizing", "--answer", "210,0"]);
    assert!(count.contains("found 2 numbers; 4 are asked for: order of period 1"), "{count}");
    assert!(fail(2, &["exercise", "newsvendor", "--answer", "many"]).contains("invalid value 'many'"));
    let told = succeed(&["exercise", "exercises/beer-game", "--solution"]);
    assert!(told.contains("known: cost of all stages: 528"), "{told}");
    assert_eq!(run(&["exercise", "newsvendor", "--answer", "nan"]).code, Some(1));
}
