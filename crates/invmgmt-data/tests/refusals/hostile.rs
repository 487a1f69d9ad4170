//! Values of the wrong kind or far beyond what is sensible: refused with line, find and what is allowed, or played.

use std::time::Instant;

use invmgmt::Problem;
use invmgmt::demand::{DemandConfig, DemandModel};
use invmgmt::episode::Episode;
use invmgmt::network::{KeyForm, LINK_KEYS, NETWORK_KEYS, NODE_KEYS};
use invmgmt::period::Rules;
use invmgmt_data::network_from_yaml;

use super::places::{SOUND, line_of, with};
use super::{file_with, said};

/// No key of a mechanism takes any of these.
const NEVER: &[&str] =
    &["", "~", "text that is no word of ours", "{}", "{a: 1}", "[[]]", "-.inf", ".nan", "'3'"];
/// No number of anything is one of these, and no word, flag or structure.
const BEYOND: &[&str] = &["-1", "-1e300", ".inf", "[3]", "true", "yes"];
/// No whole number of periods is one of these.
const NOT_PERIODS: &[&str] =
    &["1.5", "2.0", "1e300", "100001", "9223372036854775807", "99999999999999999999", "0x1_0"];

fn form(key: &str) -> KeyForm {
    let network = NETWORK_KEYS.iter().map(|row| (row.key, row.form));
    let nodes = NODE_KEYS.iter().map(|row| (row.key, row.form));
    let mut all = network.chain(nodes).chain(LINK_KEYS.iter().map(|row| (row.key, row.form)));
    all.find(|(of, _)| *of == key).expect("a key").1
}

#[test]
fn a_value_of_the_wrong_kind_is_refused_with_its_line_and_what_is_allowed() {
    for row in SOUND {
        let form = form(row.key);
        let hostile = match form {
            // A target may be below 0.
            KeyForm::Number(_) if row.key == "target" => BEYOND[2..].to_vec(),
            KeyForm::Number(_) => BEYOND.to_vec(),
            KeyForm::Whole(_) => [BEYOND, NOT_PERIODS].concat(),
            KeyForm::Flag => vec!["1", "[true]"],
            // One quantity is the list of one.
            KeyForm::Structure(_) if ["ages", "in_transit", "requested"].contains(&row.key) => {
                [&["[-1]", "[.nan]", "[.inf]", "[x]", "3", "1e300"][..], &BEYOND[4..]].concat()
            }
            KeyForm::Word(_) | KeyForm::Numbers | KeyForm::Structure(_) | KeyForm::WholeOr(..) => {
                [BEYOND, NOT_PERIODS].concat()
            }
        };
        for value in NEVER.iter().chain(&hostile) {
            let (place, changes) = (row.places[0], with(row, row.places[0], value));
            let message =
                said(&changes).unwrap_or_else(|| panic!("accepted: {} at {place}: {value}", row.key));
            let line = line_of(place, row.key, &changes);
            let is_placed = message.contains(&format!("line {line}: ")) && message.contains(row.key);
            let says = |words: &[&str]| words.iter().any(|word| message.contains(word));
            let is_clear = says(&["found", "unknown key", "is missing"])
                && says(&["expected", "non-negative", "known keys"]);
            assert!(is_placed && is_clear, "{} at {place}, line {line}: {value}: {message}", row.key);
        }
    }
}

/// What is absurd and yet a number is played, soon, and without a panic.
#[test]
fn numbers_beyond_all_sense_are_played_or_refused_and_nothing_hangs() {
    let whole = ("file", "units", "whole");
    let cases: &[&[super::Change]] = &[
        &[("lane", "min", "1e300"), ("road", "min", "1e300"), ("haul", "min", "1e300")],
        &[("haul", "multiple", "1e-300"), ("haul", "min", "1e300")],
        &[("haul", "max", "1e-300"), ("haul", "cap", "1e-300")],
        &[("haul", "min", "1e300"), ("haul", "yield", "{binomial: 0.5}"), ("haul", "L", "0"), whole],
        &[("haul", "min", "1e16"), ("haul", "yield", "{binomial: 0.5}"), ("haul", "L", "0"), whole],
        &[("haul", "min", "1e300"), ("haul", "L", "{uniform: [0, 3]}"), ("haul", "draw", "unit"), whole],
        &[
            ("sale", "issue", "{fifo: 0.5}"),
            ("sale", "waiting", "1e300"),
            ("shop", "I0", "1e300"),
            ("file", "life", "3"),
            whole,
        ],
        &[("shop", "storage", "{space: 1e300, overflow: discard, cost: 1e300}")],
        &[("shop", "storage", "{space: 0, overflow: discard, cost: 1e300}"), ("lane", "min", "1e300")],
        &[
            ("depot", "allocation", "fair-share"),
            ("lane", "target", "-1e300"),
            ("lane", "min", "1e300"),
            whole,
        ],
        &[
            ("depot", "allocation", "proportional"),
            ("depot", "remainder", "largest"),
            ("lane", "min", "1e300"),
            whole,
        ],
        &[("lane", "owed", "1e300"), ("lane", "unmet", "wait"), ("lane", "b", "1e300")],
        &[
            ("haul", "L", "{poisson: 10000, most: 10000}"),
            ("haul", "draw", "order"),
            ("haul", "crossing", "fifo"),
        ],
        &[
            ("haul", "L", "{geometric: 1e-300, most: 10000}"),
            ("haul", "draw", "order"),
            ("haul", "crossing", "sweep"),
        ],
        &[("file", "disruptions", "[{where: mill, what: ship, periods: [[0, 1000000000]]}]")],
        &[("file", "life", "100000"), ("lane", "wait_at_most", "100000"), ("lane", "unmet", "wait")],
        &[("lane", "order_delay", "100000"), ("lane", "wait_at_most", "100000"), ("lane", "unmet", "wait")],
    ];
    for changes in cases {
        let begun = Instant::now();
        let network = network_from_yaml(&file_with(changes)).unwrap_or_else(|error| panic!("{error}"));
        let demand = DemandModel::new(DemandConfig::default()).expect("usable");
        let problem = Problem::new(network, demand, Rules::default(), 3);
        let mut episode = Episode::begin(&problem, 7).expect("an episode");
        for _ in 0..3 {
            episode.step(&[1e300, 7.5, 1.0]).expect("a step");
        }
        assert!(begun.elapsed().as_secs() < 5, "{changes:?}: {:?}", begun.elapsed());
    }
}
