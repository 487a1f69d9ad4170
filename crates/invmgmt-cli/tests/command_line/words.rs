//! What is said to words in the wrong place or the wrong form: what to write instead.

use crate::common::command;

const SHOP: &str = "nodes: [{id: town}, {id: shop, I0: 9, h: 1}, {id: farm}]\nedges:\n  - {from: shop, to: town, p: 3, b: 1, demand_dist: poisson, dist_param: {mu: 4}}\n  - {from: farm, to: shop, L: 1, p: 1, g: 0}\n";

/// What a command says on stderr in a folder with a network, a scenario, a suite and a table.
fn said(arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in [
        ("item.yaml", SHOP),
        ("week.yaml", "network: item.yaml\nnum_periods: 7\n"),
        ("two.yaml", "name: two\nversion: 1\nseeds: [1]\nscenarios: [{id: week, scenario: week.yaml}]\n"),
        ("master.csv", "item,units\nbun,4\n"),
    ] {
        std::fs::write(folder.path().join(name), text).expect("written");
    }
    let output = command(arguments).current_dir(folder.path()).output().expect("runs");
    assert!(!output.status.success(), "{arguments:?}");
    String::from_utf8(output.stderr).expect("text")
}

#[test]
fn a_word_without_its_option_is_told_which_it_may_belong_to() {
    for (arguments, meant) in [
        (vec!["simulate", "item.yaml"], "you may mean '--network item.yaml'"),
        (vec!["optimize", "item.yaml"], "you may mean '--network item.yaml'"),
        (vec!["simulate", "week.yaml"], "you may mean '--scenario week.yaml'"),
        (vec!["simulate", "two.yaml"], "you may mean 'gym-invmgmt benchmark --suite two.yaml'"),
        (vec!["simulate", "standard-1/N01"], "you may mean '--scenario standard-1/N01'"),
        (vec!["simulate", "serial"], "you may mean '--network serial'"),
        (vec!["simulate", "ss:blind"], "you may mean '--policy ss:blind'"),
        (vec!["simulate", "master.csv"], "you may mean '--demand master.csv:COLUMN'"),
        (vec!["benchmark", "two.yaml"], "you may mean '--suite two.yaml'"),
        (vec!["benchmark", "standard-1"], "you may mean '--suite standard-1'"),
        (vec!["benchmark", "constant:3"], "you may mean '--policies constant:3'"),
    ] {
        let said = said(&arguments);
        assert!(said.contains(meant), "{arguments:?}: {said}");
    }
}

#[test]
fn a_range_of_seeds_in_another_manner_is_told_how_it_is_written() {
    for command in [vec!["simulate"], vec!["benchmark", "--policies", "constant:1", "--out", "o"]] {
        for range in ["0-100", "0:100", "0 to 100"] {
            let said = said(&[&command[..], &["--seeds", range]].concat());
            assert!(
                said.contains("is not a whole number >= 0; the seeds 0 to 100 are 0..101, the end left out"),
                "{said}"
            );
        }
    }
    assert!(!said(&["simulate", "--seeds", "9-5"]).contains(".."));
}

#[test]
fn a_policy_in_another_manner_is_told_how_it_is_written() {
    for (policy, meant) in [
        ("ss:14", "ss: entry 1 is '14'; expected two numbers s/S (ss:s1/S1,s2/S2,...)"),
        ("ss:14,20", "ss: entry 1 is '14'; expected two numbers s/S"),
        ("ss:clever", "ss has no information level 'clever'"),
        ("basestock 100,100,40", "(did you mean 'basestock:100,100,40'?)"),
        ("basestock=100,100,40", "(did you mean 'basestock:100,100,40'?)"),
        ("basestock(100, 100, 40)", "(did you mean 'basestock:100,100,40'?)"),
        ("newsvendor informed", "(did you mean 'newsvendor:informed'?)"),
    ] {
        let said = said(&["simulate", "--network", "serial", "--policy", policy]);
        assert!(said.contains(meant), "{policy}: {said}");
    }
}

#[test]
fn a_file_of_another_kind_is_told_what_it_is_for() {
    let table = "a network file must end in .yaml, .yml or .json; sales and demand in a table go to 'simulate --demand FILE:COLUMN'";
    for (arguments, meant) in [
        (vec!["check", "master.csv"], table),
        (vec!["simulate", "--network", "master.csv"], table),
        (
            vec!["simulate", "--scenario", "item.yaml"],
            "item.yaml is a network and no scenario: play it as a network",
        ),
        (
            vec!["simulate", "--scenario", "two.yaml"],
            "two.yaml is a suite; name one of its problems, as in two.yaml/week",
        ),
    ] {
        let said = said(&arguments);
        assert!(said.contains(meant), "{arguments:?}: {said}");
    }
}

#[test]
fn optimize_takes_its_policy_by_the_same_letter_as_simulate() {
    let arguments = [
        "optimize",
        "-n",
        "serial",
        "-p",
        "basestock",
        "--budget",
        "2",
        "--seeds",
        "1,2",
        "--held-out",
        "3,4",
    ];
    let output = command(&arguments).output().expect("runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
