//! `check`, `list`, help and version.

use crate::common::{fail, run, succeed};
use serde_json::Value;

#[test]
fn a_sound_file_is_summed_up_in_a_line() {
    let said = succeed(&["check", "python/gym_invmgmt/topologies/serial.yaml"]);
    assert_eq!(
        said,
        "python/gym_invmgmt/topologies/serial.yaml: ok: serial: 5 nodes (1 raw material, 1 factory, 1 distributor, \
         1 retailer, 1 market), 4 links\n"
    );
}

#[test]
fn every_mistake_of_a_file_is_shown_beside_its_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("bad.yaml");
    let text = "nodes:\n  - {id: 0}\n  - {id: 1, I0: 100, h: -0.03}\n  - {id: 2}\nedges:\n  \
                - {from: 1, to: 0, p: 2.0, b: 0.1, demand_dist: poisson, dist_param: {mu: 20}}\n  \
                - {from: 2, to: 1, L: 1.5, p: oops, g: 0.01}\n";
    std::fs::write(&path, text).expect("a file");
    let path = path.to_str().expect("a plain path");
    let message = fail(1, &["check", path]);
    assert!(message.contains(&format!("3 mistakes in {path}")), "{message}");
    assert!(message.contains("- {id: 1, I0: 100, h: -0.03}"), "the line itself: {message}");
    assert!(message.contains("nodes[1] (1): h: found -0.03; expected a finite number >= 0"), "{message}");
    assert!(message.contains("edges[1] (2 -> 1): L"), "{message}");
    assert!(message.contains("found text 'oops'"), "{message}");
    // Playing on it says the same.
    let again = fail(1, &["simulate", "--network", path]);
    assert!(again.contains("3 mistakes"), "{again}");
}

#[test]
fn sound_files_are_reported_beside_a_missing_one() {
    let run = run(&["check", "python/gym_invmgmt/topologies/diamond.yaml", "nowhere.yaml"]);
    assert_eq!(run.code, Some(1));
    assert!(run.stdout.contains("diamond.yaml: ok"), "{}", run.stdout);
    assert!(run.stderr.contains("not found: nowhere.yaml"), "{}", run.stderr);
}

#[test]
fn control_characters_of_a_file_do_not_reach_the_terminal() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("evil.yaml");
    let text = "name: \"\\e[2J\"\nnodes: [{id: \"a\\e[31m\", oops: 1}]\nedges: []  # \u{9b}31m\n";
    std::fs::write(&path, text).expect("a file");
    let message = fail(1, &["check", path.to_str().expect("a plain path")]);
    assert!(!message.chars().any(|c| c.is_control() && c != '\n'), "{message:?}");
}

#[test]
fn everything_there_is_can_be_listed() {
    let all = succeed(&["list"]);
    for name in
        ["network", "serial", "diamond", "constant:Q", "basestock:", "echelon:", "seasonal", "combined_chaos"]
    {
        assert!(all.contains(name), "{name} is missing:\n{all}");
    }
    assert!(succeed(&["list", "policies"]).starts_with("constant:Q or constant:Q1,Q2,..."));
    assert!(succeed(&["list", "presets"]).lines().count() >= 7);
    let document: Value = serde_json::from_str(&succeed(&["list", "--json"])).expect("one JSON document");
    assert_eq!(document["effects"][0]["name"], "trend");
    let sections: Vec<&String> = document.as_object().expect("an object").keys().collect();
    assert_eq!(sections, ["effects", "policies", "presets", "suites", "types"]);
}

/// The published programmes have no rows for goods that spoil; ours let the oldest go first.
#[test]
fn who_plays_on_a_network_is_listed_with_what_is_left_out_and_why_others_do_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("milk.yaml");
    let text = "life: 3\nnodes: [{id: farm}, {id: shop, I0: 9, h: 0.1}, {id: town}]\nedges:\n  \
                - {from: farm, to: shop, L: 1, p: 1, g: 0, K: 5}\n  \
                - {from: shop, to: town, p: 3, b: 1, demand_dist: poisson, dist_param: {mu: 4}}\n";
    std::fs::write(&path, text).expect("a file");
    let network = path.to_str().expect("a plain path");
    let listed = succeed(&["list", "policies", "--network", network]);
    let line = |name: &str| {
        let found = listed.lines().find(|line| line.starts_with(name));
        found.unwrap_or_else(|| panic!("{name} is missing:\n{listed}")).to_owned()
    };
    assert!(line("constant").ends_with("  plays"));
    assert!(line("dlp").ends_with("does not model shelf life (the network)"));
    assert!(line("mpc").contains("the oldest goods went first"), "{}", line("mpc"));
    let plain = succeed(&["list", "policies", "--network", "serial"]);
    assert!(plain.lines().filter(|line| line.contains("  plays")).count() > 15, "{plain}");
    let document: Value =
        serde_json::from_str(&succeed(&["list", "policies", "--network", network, "--json"])).expect("JSON");
    let policies = document["policies"].as_array().expect("a list");
    let dlp = policies.iter().find(|one| one["name"].as_str().is_some_and(|name| name.starts_with("dlp")));
    assert_eq!(dlp.expect("listed")["plays"], false);
    assert!(
        fail(2, &["list", "presets", "--network", "serial"]).contains("--network belongs to 'list policies'")
    );
    assert!(fail(1, &["list", "policies", "--network", "seriel"]).contains("did you mean 'serial'?"));
}

#[test]
fn every_listed_network_can_be_played() {
    for line in succeed(&["list", "presets"]).lines() {
        let name = line.split_whitespace().next().expect("a name");
        succeed(&["simulate", "--network", name, "--periods", "2"]);
    }
}

#[test]
fn help_and_version_are_no_errors() {
    assert_eq!(succeed(&["--version"]), format!("gym-invmgmt {}\n", env!("CARGO_PKG_VERSION")));
    for args in [["--help"].as_slice(), &["simulate", "--help"]] {
        let help = succeed(args);
        assert!(help.contains("Examples:"), "{help}");
        assert!(
            help.contains("Exit codes: 0 done, 1 an input was refused or a run failed, 2 wrong usage, 130")
        );
    }
    assert_eq!(run(&[]).code, Some(2));
    assert!(fail(2, &["simulat"]).contains("simulate"));
    assert!(fail(2, &["list", "polices"]).contains("policies"));
}

#[test]
fn the_dashboard_is_listed_and_said_to_be_in_the_python_package() {
    assert!(succeed(&["--help"]).contains("dashboard"));
    for rest in [&["dashboard"][..], &["dashboard", "--port", "8600"]] {
        let message = fail(1, rest);
        assert!(message.contains("the one that comes with the Python package does"), "{message}");
    }
}

#[test]
fn keys_without_effect_in_scenarios_and_suites_are_said_by_every_command_that_reads_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("a file");
        path.to_str().expect("a plain path").to_owned()
    };
    let serial = include_str!("../../../../python/gym_invmgmt/topologies/serial.yaml");
    write("serial.yaml", &serial.replacen("{id: 0}", "{id: 0, I0: 5}", 1));
    let scenario = write("week.yaml", "network: serial.yaml\ndemand: {shock_mag: 2}\nnum_periods: 5\n");
    let suite = write(
        "weeks.yaml",
        "name: weeks\nversion: 1\nseeds: [1]\nscenarios: [{id: only, scenario: week.yaml}]\n",
    );
    let out = folder.path().join("out");
    let out = out.to_str().expect("a plain path");
    let both = [
        "I0: 5 has no effect, because a market holds no stock and makes nothing\n",
        "demand: shock_mag: has no effect without 'shock' among the effects\n",
    ];
    let one_problem = format!("{suite}/only");
    for arguments in [
        &["check", &scenario] as &[&str],
        &["check", &suite],
        &["simulate", "--policy", "constant:5", "--scenario", &scenario],
        &["simulate", "--policy", "constant:5", "--scenario", &one_problem],
        &["optimize", "--policy", "basestock", "--budget", "5", "--scenario", &scenario],
        &["benchmark", "--suite", &suite, "--policies", "constant:5", "--out", out],
    ] {
        let found = run(arguments);
        assert_eq!(found.code, Some(0), "{arguments:?}: {}", found.stderr);
        for words in both {
            assert_eq!(found.stderr.matches(words).count(), 1, "{arguments:?}: {}", found.stderr);
        }
        assert!(found.stderr.starts_with("warning: "), "{}", found.stderr);
    }
}
